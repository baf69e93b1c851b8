/* The only place of the library that knows libcurl. */
#include "validator/keys/fetch_curl.h"

#include "validator/keys/origin.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How soon a fetch that is cancelled ends. */
#define CANCEL_POLL_MS 50

struct transfer {
    const struct btv_fetch_request *request;
    struct btv_fetch_response *response;
    size_t cap;
    int64_t age_s;       /* of the header Age, 0 without */
    const char *refused; /* why the transfer was broken off, or NULL */
};

static size_t on_body(char *data, size_t one, size_t len, void *ctx)
{
    (void)one;
    struct transfer *t = ctx;
    struct btv_fetch_response *r = t->response;
    if (len > t->request->max_body - r->body_len) {
        t->refused = "the answer is too large";
        return 0;
    }
    if (r->body_len + len + 1 > t->cap) {
        size_t cap = (r->body_len + len + 1) * 2;
        char *grown = realloc(r->body, cap);
        if (!grown) {
            return 0;
        }
        r->body = grown;
        t->cap = cap;
    }
    memcpy(r->body + r->body_len, data, len);
    r->body_len += len;
    r->body[r->body_len] = '\0';
    return len;
}

/* Reads a whole number of seconds (RFC 9111 §1.2.2), which may be quoted; -1 when it is none. */
static int64_t seconds_of(const char *text)
{
    text += *text == '"';
    return *text >= '0' && *text <= '9' ? strtoll(text, NULL, 10) : -1;
}

/* Finds max-age among the directives of Cache-Control (RFC 9111 §5.2); no-store and no-cache count
 * as 0. */
static int64_t max_age_of(const char *value)
{
    int64_t age = -1;
    while (*value) {
        value += strspn(value, " \t,");
        size_t len = strcspn(value, ",");
        if (strncasecmp(value, "no-store", 8) == 0 || strncasecmp(value, "no-cache", 8) == 0) {
            return 0;
        }
        if (strncasecmp(value, "max-age=", 8) == 0) {
            age = seconds_of(value + 8);
        }
        value += len;
    }
    return age;
}

/* Retry-After is seconds or a date (RFC 9110 §10.2.3); a date is answered as the back-off is. */
static void read_header(struct transfer *t, const char *line)
{
    struct btv_fetch_response *r = t->response;
    const char *colon = strchr(line, ':');
    size_t name = colon ? (size_t)(colon - line) : 0;
    const char *value = colon ? colon + 1 + strspn(colon + 1, " \t") : line;
    if (name == 13 && strncasecmp(line, "cache-control", name) == 0) {
        r->max_age_s = max_age_of(value);
    } else if (name == 3 && strncasecmp(line, "age", name) == 0) {
        t->age_s = seconds_of(value) > 0 ? seconds_of(value) : 0;
    } else if (name == 4 && strncasecmp(line, "date", name) == 0) {
        time_t date = curl_getdate(value, NULL);
        r->date_s = date > 0 ? (int64_t)date : 0;
    } else if (name == 11 && strncasecmp(line, "retry-after", name) == 0) {
        r->retry_after_s = seconds_of(value);
    } else if (name == 4 && strncasecmp(line, "etag", name) == 0) {
        if (strlen(value) < sizeof r->etag) {
            snprintf(r->etag, sizeof r->etag, "%s", value);
        }
    } else if (name == 16 && strncasecmp(line, "content-encoding", name) == 0 && *value &&
               strcasecmp(value, "identity") != 0) {
        t->refused = "the answer is encoded, though \"identity\" was asked for";
    }
}

/* What the head of an answer says; a new head, after 100 Continue, starts afresh. */
static void forget_head(struct transfer *t)
{
    t->response->max_age_s = -1;
    t->response->retry_after_s = -1;
    t->response->date_s = 0;
    t->response->etag[0] = '\0';
    t->age_s = 0;
}

static size_t on_header(char *data, size_t one, size_t len, void *ctx)
{
    (void)one;
    struct transfer *t = ctx;
    char line[512];
    if (len >= sizeof line) {
        return len;
    }
    memcpy(line, data, len);
    line[len] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (strncasecmp(line, "HTTP/", 5) == 0) {
        forget_head(t);
    } else {
        read_header(t, line);
    }
    return t->refused ? 0 : len;
}

static bool is_cancelled(const struct transfer *t)
{
    return t->request->cancel && __atomic_load_n(t->request->cancel, __ATOMIC_RELAXED);
}

/* Appends to a list, or frees it when memory is short. */
static struct curl_slist *add_header(struct curl_slist *list, const char *line)
{
    struct curl_slist *longer = list ? curl_slist_append(list, line) : NULL;
    if (!longer) {
        curl_slist_free_all(list);
    }
    return longer;
}

/* No Accept-Encoding at all would allow any coding (RFC 9110 §12.5.3); what is not decompressed
 * cannot be a bomb. */
static struct curl_slist *request_headers(const struct btv_fetch_request *request)
{
    char line[160];
    struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
    list = add_header(list, "Accept-Encoding: identity");
    if (request->etag && request->etag[0]) {
        snprintf(line, sizeof line, "If-None-Match: %s", request->etag);
        list = add_header(list, line);
    }
    return list;
}

static void set_options(CURL *curl, struct transfer *t, const char *ca_file,
                        struct curl_slist *headers, char *error)
{
    curl_easy_setopt(curl, CURLOPT_URL, t->request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)t->request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->request->max_body);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "libbtv/" ETB_VERSION);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
    if (ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    }
    if (btv_url_is_loopback(t->request->url)) {
        curl_easy_setopt(curl, CURLOPT_PROXY,
                         ""); /* a proxy would look for the mock on its own machine */
    }
}

/* As curl_easy_perform, which asks whether to go on once a second while nothing comes: too seldom
 * for a process that is told to end. */
static CURLcode perform(CURL *curl, const struct transfer *t)
{
    CURLM *multi = curl_multi_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    int running = 1;
    int left = 0;
    if (!multi || curl_multi_add_handle(multi, curl) != CURLM_OK) {
        curl_multi_cleanup(multi);
        return code;
    }
    code = CURLE_ABORTED_BY_CALLBACK;
    while (!is_cancelled(t) && curl_multi_perform(multi, &running) == CURLM_OK && running > 0) {
        (void)curl_multi_poll(multi, NULL, 0, CANCEL_POLL_MS, NULL);
    }
    const CURLMsg *done = running == 0 ? curl_multi_info_read(multi, &left) : NULL;
    if (done && done->msg == CURLMSG_DONE) {
        code = done->data.result;
    }
    curl_multi_remove_handle(multi, curl);
    curl_multi_cleanup(multi);
    return code;
}

int btv_fetch_curl(void *ca_file, const struct btv_fetch_request *request,
                   struct btv_fetch_response *response, char *why, size_t cap)
{
    char error[CURL_ERROR_SIZE] = "";
    struct transfer t = {.request = request, .response = response};
    long status = 0;
    forget_head(&t);
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl ? request_headers(request) : NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (headers) {
        set_options(curl, &t, ca_file, headers, error);
        code = perform(curl, &t);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK) {
        snprintf(why, cap, "%s: %s", request->url,
                 t.refused  ? t.refused
                 : error[0] ? error
                            : curl_easy_strerror(code));
        free(response->body);
        memset(response, 0, sizeof *response);
        return -1;
    }
    response->status = (int)status;
    if (response->max_age_s > 0) { /* what is left of it (RFC 9111 §4.2) */
        response->max_age_s = response->max_age_s > t.age_s ? response->max_age_s - t.age_s : 0;
    }
    return 0;
}
