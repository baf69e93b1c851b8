/* libcurl makes the connection, TLS too; the octets are ours. */
#include "conformance/adapters/http_raw.h"

#include "conformance/adapters/http_answer.h"

#include <ctype.h>
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RECEIVED_MAX 131072
/* libcurl makes no request of a MiB or more. */
#define CURL_REQUEST_MAX 1000000

/* struct exchange is one connection. */
struct exchange {
    CURL *curl;
    int64_t end_ms;
    bool closed;
    char *data; /* RECEIVED_MAX + 1, terminated */
    size_t len;
    char *why;
    size_t cap;
};

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int fail(struct exchange *x, const char *what, const char *detail)
{
    (void)snprintf(x->why, x->cap, "%s%s", what, detail);
    return -1;
}

/* Waits until the socket can be read or written; -1 when the time is over. */
static int await(struct exchange *x, short events)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    (void)curl_easy_getinfo(x->curl, CURLINFO_ACTIVESOCKET, &fd);
    struct pollfd look = {.fd = fd, .events = events};
    int64_t left = x->end_ms - now_ms();
    if (left <= 0 || poll(&look, 1, (int)left) <= 0) {
        return fail(x, "no whole answer in time", x->len > 0 ? ", only a part of one" : "");
    }
    return 0;
}

static int send_all(struct exchange *x, const char *data, size_t len)
{
    while (len > 0) {
        size_t n = 0;
        CURLcode code = curl_easy_send(x->curl, data, len, &n);
        if (code == CURLE_AGAIN) {
            if (await(x, POLLOUT) != 0) {
                return -1;
            }
        } else if (code != CURLE_OK) {
            return 0; /* it was closed early; there may be an answer still */
        }
        data += n;
        len -= n;
    }
    return 0;
}

/* Reads some more; -1 when the time is over or there is too much. At the end `closed`. */
static int receive(struct exchange *x)
{
    size_t n = 0;
    CURLcode code = CURLE_AGAIN;
    if (x->len >= RECEIVED_MAX) {
        return fail(x, "an answer without end", "");
    }
    while ((code = curl_easy_recv(x->curl, x->data + x->len, RECEIVED_MAX - x->len, &n)) ==
           CURLE_AGAIN) {
        if (await(x, POLLIN) != 0) {
            return -1;
        }
    }
    x->closed = code != CURLE_OK || n == 0;
    x->len += code == CURLE_OK ? n : 0;
    x->data[x->len] = '\0';
    return 0;
}

/* Reads one answer and takes it from the front of what was received. A close before it is status 0.
 */
static int read_answer(struct exchange *x, bool head_only, struct cf_answer *answer)
{
    enum cf_parsed parsed = CF_PARSED_MORE;
    const char *fault = "";
    size_t used = 0;
    while ((parsed = cf_answer_parse(x->data, x->len, x->closed, head_only, answer, &used,
                                     &fault)) == CF_PARSED_MORE) {
        if (receive(x) != 0) {
            return -1;
        }
    }
    if (parsed == CF_PARSED_FAULT) {
        return fail(x, fault, "");
    }
    memmove(x->data, x->data + used, x->len - used + 1);
    x->len -= used;
    return 0;
}

/* Where the path of a URL begins, and where its host. */
static const char *path_of(const char *url, const char **host, size_t *host_len)
{
    const char *scheme = strstr(url, "://");
    *host = scheme ? scheme + 3 : url;
    *host_len = strcspn(*host, "/?");
    return (*host)[*host_len] == '/' ? *host + *host_len : "/";
}

/* `text` with {path}, {host}, {authorization} and {nul} replaced. */
static void write_text(FILE *out, const char *text, const char *url, const char *authorization)
{
    const char *host = NULL;
    size_t host_len = 0;
    const char *path = path_of(url, &host, &host_len);
    while (*text) {
        if (strncmp(text, "{path}", 6) == 0) {
            (void)fputs(path, out);
            text += 6;
        } else if (strncmp(text, "{PATH}", 6) == 0) {
            for (const char *p = path; *p; p++) {
                (void)fputc(toupper((unsigned char)*p), out);
            }
            text += 6;
        } else if (strncmp(text, "{path%}", 7) == 0) {
            /* the first letter of the last segment in hexadecimal */
            const char *last = strrchr(path, '/') + 1;
            (void)fprintf(out, "%.*s%%%02X%s", (int)(last - path), path, (unsigned char)*last,
                          *last ? last + 1 : "");
            text += 7;
        } else if (strncmp(text, "{host}", 6) == 0) {
            (void)fwrite(host, 1, host_len, out);
            text += 6;
        } else if (strncmp(text, "{authorization}", 15) == 0) {
            (void)fputs(authorization, out);
            text += 15;
        } else if (strncmp(text, "{nul}", 5) == 0) {
            (void)fputc('\0', out);
            text += 5;
        } else {
            (void)fputc(*text++, out);
        }
    }
}

/* The request as a text of its own, when it brings none. */
static void write_request(FILE *out, const struct cf_request *r, const char *url)
{
    (void)fprintf(out, "%s ", r->method ? r->method : "GET");
    write_text(out, r->path ? r->path : "{path}", url, "");
    write_text(out, " HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", url, "");
    for (size_t i = 0; i < r->header_count; i++) {
        (void)fprintf(out, "%s\r\n", r->headers[i]);
    }
    for (size_t i = 0; i < r->count; i++) {
        (void)fprintf(out, "%s: %s\r\n", r->field ? r->field : "Authorization", r->lines[i]);
    }
    (void)fputs("\r\n", out);
}

static int ask_all(struct exchange *x, const char *url, const struct cf_request *r,
                   struct cf_answer *answer)
{
    bool head_only = r->method && strcmp(r->method, "HEAD") == 0;
    size_t texts = r->raw_count > 0 ? r->raw_count : 1;
    int status = 0;
    for (size_t i = 0; i < texts && status == 0 && !x->closed; i++) {
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        if (!out) {
            return fail(x, "out of memory", "");
        }
        if (r->raw_count > 0) {
            write_text(out, r->raw[i], url, r->count > 0 ? r->lines[0] : "");
        } else {
            write_request(out, r, url);
        }
        status = fclose(out) == 0 ? send_all(x, text, len) : fail(x, "out of memory", "");
        free(text);
        int answers = r->answers > 0 ? r->answers : 1;
        for (int k = 0; k < answers && status == 0; k++) {
            do {
                status = read_answer(x, head_only, answer);
            } while (status == 0 && answer->status >= 100 && answer->status < 200);
        }
    }
    return status;
}

int cf_raw_ask(const char *url, long timeout_ms, const struct cf_request *request,
               struct cf_answer *answer, char *why, size_t cap)
{
    struct exchange x = {.end_ms = now_ms() + timeout_ms, .why = why, .cap = cap};
    int status = -1;
    x.curl = curl_easy_init();
    x.data = calloc(1, RECEIVED_MAX + 1);
    if (!x.curl || !x.data) {
        (void)fail(&x, "out of memory", "");
        goto out;
    }
    (void)curl_easy_setopt(x.curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(x.curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(x.curl, CURLOPT_CONNECT_ONLY, 1L);
    (void)curl_easy_setopt(x.curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    (void)curl_easy_setopt(x.curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    (void)curl_easy_setopt(x.curl, CURLOPT_NOSIGNAL, 1L);
    CURLcode code = curl_easy_perform(x.curl);
    status = code == CURLE_OK ? ask_all(&x, url, request, answer)
                              : fail(&x, "cannot connect: ", curl_easy_strerror(code));
out:
    free(x.data);
    curl_easy_cleanup(x.curl);
    return status;
}

bool cf_raw_needed(const struct cf_request *r)
{
    bool plain = r->count <= 1;
    for (size_t i = 0; i < r->count; i++) {
        plain = plain && strlen(r->lines[i]) < CURL_REQUEST_MAX;
        for (const char *p = r->lines[i]; *p; p++) {
            plain = plain && *p >= ' ' && *p < 0x7f;
        }
    }
    bool elsewhere = r->query || r->form || r->cookie;
    return !elsewhere && (!plain || cf_needs_socket(r));
}
