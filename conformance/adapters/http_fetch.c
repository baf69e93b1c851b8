/* One GET, for the toy validator's keys. */
#include "conformance/adapters/adapter.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX ((size_t)1 << 20)

struct received {
    char *data;
    size_t len;
};

static size_t take(char *data, size_t size, size_t count, void *ctx)
{
    struct received *r = ctx;
    size_t len = size * count;
    char *grown = r->len + len < BODY_MAX ? realloc(r->data, r->len + len + 1) : NULL;
    if (!grown) {
        return 0;
    }
    memcpy(grown + r->len, data, len);
    r->data = grown;
    r->len += len;
    r->data[r->len] = '\0';
    return len;
}

char *cf_http_get(const char *url, const struct cf_get *how, size_t *len)
{
    struct received r = {0};
    long status = 0;
    CURL *curl = curl_easy_init();
    if (!curl) {
        return NULL;
    }
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, how->timeout_ms);
    if (how->ca_file) {
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, how->ca_file);
    }
    if (how->any_certificate) {
        (void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        (void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &r);
    CURLcode code = curl_easy_perform(curl);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK || status != 200) {
        free(r.data);
        return NULL;
    }
    *len = r.len;
    return r.data;
}
