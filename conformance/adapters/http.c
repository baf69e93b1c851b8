/* An API behind a URL: started by the suite, or running already. */
#include "conformance/adapters/adapter.h"
#include "conformance/adapters/http_answer.h"
#include "conformance/adapters/http_raw.h"
#include "conformance/adapters/http_start.h"
#include "conformance/adapters/process.h"
#include "conformance/target.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cf_subject {
    const struct cf_target *target;
    struct cf_started started;
    CURL *kept; /* with its connection, for the next request of a flood; atomic */
};

static void http_close(struct cf_subject *s)
{
    if (s) {
        curl_easy_cleanup(s->kept);
        cf_started_stop(&s->started);
        free(s);
    }
}

static struct cf_subject *http_open(const struct cf_adapter *adapter, struct cf_world *world,
                                    const struct cf_profile *profile, bool cold, char *why,
                                    size_t cap)
{
    struct cf_subject *s = calloc(1, sizeof *s);
    if (!s) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    s->target = adapter->settings;
    if (cf_started_open(&s->started, s->target, world, profile, cold, why, cap) == 0) {
        return s;
    }
    http_close(s);
    return NULL;
}

static size_t take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct cf_answer *answer = ctx;
    size_t len = strlen(answer->body);
    size_t room = sizeof answer->body - 1 - len;
    size_t n = size * count < room ? size * count : room;
    memcpy(answer->body + len, data, n);
    answer->body[len + n] = '\0';
    return size * count;
}

static size_t take_header(char *data, size_t size, size_t count, void *ctx)
{
    struct cf_answer *answer = ctx;
    size_t len = size * count;
    size_t n = len;
    while (n > 0 && (data[n - 1] == '\r' || data[n - 1] == '\n')) {
        n--;
    }
    if (strncmp(data, "HTTP/", n < 5 ? n : 5) == 0) {
        answer->head[0] = '\0'; /* another answer, behind 100 (Continue) */
    } else if (n > 0) {
        cf_answer_take_header(answer, data, n);
    }
    return len;
}

/* "Authorization: value"; an empty value needs curl's own spelling. */
static struct curl_slist *add_line(struct curl_slist *list, const char *name, const char *value)
{
    char *line = NULL;
    if (asprintf(&line, *value ? "%s: %s" : "%s;", name, value) < 0) {
        return list;
    }
    struct curl_slist *longer = curl_slist_append(list, line);
    free(line);
    return longer ? longer : list;
}

static char *url_of(const struct cf_subject *s, const struct cf_request *request)
{
    char *url = NULL;
    if (!request->query) {
        return strdup(s->started.url);
    }
    return asprintf(&url, "%s%caccess_token=%s", s->started.url,
                    strchr(s->started.url, '?') ? '&' : '?', request->query) < 0
               ? NULL
               : url;
}

/* The target's own word for the error, and libbtv's for that. */
static void read_code(const struct cf_target *target, struct cf_answer *answer)
{
    json_t *body = json_loads(answer->body, 0, NULL);
    const char *own = json_string_value(json_object_get(body, "error"));
    const char *mapped = own ? json_string_value(json_object_get(target->error_map, own)) : NULL;
    if (own && answer->status >= 400 && (mapped || cf_has(target->capabilities, "codes"))) {
        (void)snprintf(answer->code, sizeof answer->code, "%s", mapped ? mapped : own);
    }
    json_decref(body);
}

/* The handle that was kept, as if it were new, or a new one. */
static CURL *take_handle(struct cf_subject *s)
{
    CURL *curl = __atomic_exchange_n(&s->kept, NULL, __ATOMIC_ACQ_REL);
    if (!curl) {
        return curl_easy_init();
    }
    curl_easy_reset(curl);
    return curl;
}

/* A connection is kept while more requests follow, and no longer: an API may have room for one. */
static void leave_handle(struct cf_subject *s, const struct cf_request *request, CURL *curl)
{
    CURL *other = curl;
    if (request->more > 0) {
        other = __atomic_exchange_n(&s->kept, curl, __ATOMIC_ACQ_REL);
    }
    curl_easy_cleanup(other);
}

static int ask_curl(struct cf_subject *s, const struct cf_request *request,
                    struct cf_answer *answer, char *why, size_t cap)
{
    struct curl_slist *lines = NULL;
    char *form = NULL;
    char *cookie = NULL;
    long status = 0;
    CURL *curl = take_handle(s);
    char *url = url_of(s, request);
    for (size_t i = 0; i < request->count; i++) {
        lines = add_line(lines, "Authorization", request->lines[i]);
    }
    if (request->form && asprintf(&form, "access_token=%s", request->form) > 0) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
        (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "GET");
    }
    if (request->cookie && asprintf(&cookie, "access_token=%s", request->cookie) > 0) {
        (void)curl_easy_setopt(curl, CURLOPT_COOKIE, cookie);
    }
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, s->target->timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
    CURLcode code = curl ? curl_easy_perform(curl) : CURLE_OUT_OF_MEMORY;
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    leave_handle(s, request, curl);
    curl_slist_free_all(lines);
    free(url);
    free(form);
    free(cookie);
    /* an answer is an answer, even when the connection broke behind it */
    if (code != CURLE_OK && status == 0) {
        (void)snprintf(why, cap, "%s: %s", s->started.url, curl_easy_strerror(code));
        return -1;
    }
    answer->status = (int)status;
    return 0;
}

/* {second} and {optional} are paths of the target file; where it names none, the target's own. */
static const char *path_of(const struct cf_target *target, const char *path)
{
    static const char *const names[][2] = {{"{second}", "second"}, {"{optional}", "optional"}};
    for (size_t i = 0; path && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(path, names[i][0]) == 0) {
            const char *own = json_string_value(json_object_get(target->paths, names[i][1]));
            return own ? own : "{path}";
        }
    }
    return path;
}

static int http_ask(struct cf_subject *s, const struct cf_request *request,
                    struct cf_answer *answer, char *why, size_t cap)
{
    char fault[256] = "";
    if (!cf_raw_needed(request)) {
        if (ask_curl(s, request, answer, why, cap) != 0) {
            return -1;
        }
        read_code(s->target, answer);
        return 0;
    }
    struct cf_request raw = *request;
    raw.path = path_of(s->target, request->path);
    if (cf_raw_ask(s->started.url, s->target->timeout_ms, &raw, answer, fault, sizeof fault) != 0) {
        (void)snprintf(why, cap, "%s: %s", s->started.url, fault);
        return -1;
    }
    read_code(s->target, answer);
    return 0;
}

static int64_t http_memory_kib(struct cf_subject *s)
{
    return s->started.pid > 0 ? cf_process_memory_kib(s->started.pid) : -1;
}

static char *http_log(struct cf_subject *s)
{
    return s->started.pid > 0 ? cf_process_said(s->started.log) : NULL;
}

const struct cf_adapter cf_adapter_http = {
    .name = "http",
    .capabilities = "http",
    .open = http_open,
    .close = http_close,
    .ask = http_ask,
    .memory_kib = http_memory_kib,
    .log = http_log,
};
