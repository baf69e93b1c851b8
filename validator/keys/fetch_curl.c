/* The only place of the library that knows libcurl. */
#include "validator/keys/fetch_curl.h"

#include "validator/keys/origin.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct transfer {
    const struct btv_fetch_request *request;
    struct btv_fetch_response *response;
    size_t cap;
    bool too_large;
};

static size_t on_body(char *data, size_t one, size_t len, void *ctx)
{
    (void)one;
    struct transfer *t = ctx;
    struct btv_fetch_response *r = t->response;
    if (len > t->request->max_body - r->body_len) {
        t->too_large = true;
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

/* Finds max-age among the directives of Cache-Control (RFC 9111 §5.2); no-store and no-cache count
 * as 0. */
static int64_t max_age_of(const char *value)
{
    const char *age = strcasestr(value, "max-age=");
    if (strcasestr(value, "no-store") || strcasestr(value, "no-cache")) {
        return 0;
    }
    return age ? strtoll(age + strlen("max-age="), NULL, 10) : -1;
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
    if (strncasecmp(line, "HTTP/", 5) == 0) { /* a new head, after 100 Continue */
        t->response->max_age_s = -1;
        t->response->etag[0] = '\0';
    } else if (strncasecmp(line, "cache-control:", 14) == 0) {
        t->response->max_age_s = max_age_of(line + 14);
    } else if (strncasecmp(line, "etag:", 5) == 0) {
        const char *value = line + 5 + strspn(line + 5, " \t");
        if (strlen(value) < sizeof t->response->etag) {
            snprintf(t->response->etag, sizeof t->response->etag, "%s", value);
        }
    }
    return len;
}

static int on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total,
                       curl_off_t up_now)
{
    (void)total, (void)now, (void)up_total, (void)up_now;
    const struct transfer *t = ctx;
    return t->request->cancel && __atomic_load_n(t->request->cancel, __ATOMIC_RELAXED) ? 1 : 0;
}

static struct curl_slist *request_headers(const struct btv_fetch_request *request)
{
    char line[160];
    struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
    if (list && request->etag && request->etag[0]) {
        snprintf(line, sizeof line, "If-None-Match: %s", request->etag);
        struct curl_slist *longer = curl_slist_append(list, line);
        if (!longer) {
            curl_slist_free_all(list);
        }
        list = longer;
    }
    return list;
}

static void set_options(CURL *curl, struct transfer *t, const char *ca_file,
                        struct curl_slist *headers, char *error)
{
    curl_easy_setopt(curl, CURLOPT_URL, t->request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
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
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    if (ca_file) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    }
    if (btv_url_is_loopback(t->request->url)) {
        curl_easy_setopt(curl, CURLOPT_PROXY,
                         ""); /* a proxy would look for the mock on its own machine */
    }
}

int btv_fetch_curl(void *ca_file, const struct btv_fetch_request *request,
                   struct btv_fetch_response *response, char *why, size_t cap)
{
    char error[CURL_ERROR_SIZE] = "";
    struct transfer t = {request, response, 0, false};
    long status = 0;
    response->max_age_s = -1;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl ? request_headers(request) : NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (headers) {
        set_options(curl, &t, ca_file, headers, error);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK) {
        snprintf(why, cap, "%s: %s", request->url,
                 t.too_large ? "the answer is too large"
                 : error[0]  ? error
                             : curl_easy_strerror(code));
        free(response->body);
        memset(response, 0, sizeof *response);
        return -1;
    }
    response->status = (int)status;
    return 0;
}
