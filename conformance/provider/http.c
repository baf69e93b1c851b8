/* libcurl, for the identity-provider half. */
#include "conformance/provider/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cf_client {
    CURL *curl;
    char *ca_file;
    long timeout_ms;
};

void cf_reply_cleanup(struct cf_reply *reply)
{
    free(reply->head);
    free(reply->body);
    *reply = (struct cf_reply){0};
}

struct cf_client *cf_client_new(const char *ca_file, long timeout_ms)
{
    struct cf_client *client = calloc(1, sizeof *client);
    if (!client) {
        return NULL;
    }
    client->curl = curl_easy_init();
    client->ca_file = ca_file ? strdup(ca_file) : NULL;
    client->timeout_ms = timeout_ms;
    if (!client->curl || (ca_file && !client->ca_file)) {
        cf_client_free(client);
        return NULL;
    }
    (void)curl_easy_setopt(client->curl, CURLOPT_COOKIEFILE, ""); /* cookies are kept */
    return client;
}

void cf_client_free(struct cf_client *client)
{
    if (client) {
        curl_easy_cleanup(client->curl);
        free(client->ca_file);
        free(client);
    }
}

void cf_client_forget(struct cf_client *client)
{
    (void)curl_easy_setopt(client->curl, CURLOPT_COOKIELIST, "ALL");
}

/* append adds to a text; false when it would be longer than `most`. */
static int append(char **text, size_t *len, size_t most, const char *data, size_t more)
{
    char *grown = *len + more <= most ? realloc(*text, *len + more + 1) : NULL;
    if (!grown) {
        return -1;
    }
    memcpy(grown + *len, data, more);
    grown[*len + more] = '\0';
    *text = grown;
    *len += more;
    return 0;
}

static size_t take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct cf_reply *reply = ctx;
    return append(&reply->body, &reply->body_len, CF_REPLY_BODY_MAX, data, size * count) == 0
               ? size * count
               : 0;
}

static size_t take_header(char *data, size_t size, size_t count, void *ctx)
{
    struct cf_reply *reply = ctx;
    if (size * count >= 5 && strncmp(data, "HTTP/", 5) == 0) {
        reply->head_len = 0; /* another answer, behind 100 (Continue) */
        return size * count;
    }
    return append(&reply->head, &reply->head_len, CF_REPLY_HEAD_MAX, data, size * count) == 0
               ? size * count
               : 0;
}

static struct curl_slist *lines_of(const struct cf_call *call)
{
    struct curl_slist *lines = curl_slist_append(NULL, "Expect:");
    const json_t *line = NULL;
    size_t i = 0;
    char type[256];
    json_array_foreach(call->headers, i, line)
    {
        lines = curl_slist_append(lines, json_string_value(line));
    }
    if (call->body) {
        (void)snprintf(type, sizeof type, "Content-Type: %s", call->content_type);
        lines = curl_slist_append(lines, type);
    }
    return lines;
}

static void set_up(struct cf_client *client, const struct cf_call *call, struct cf_reply *reply)
{
    CURL *curl = client->curl;
    (void)curl_easy_setopt(curl, CURLOPT_URL, call->url);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, client->timeout_ms);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, reply);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "conform/" ETB_VERSION);
    if (client->ca_file) {
        (void)curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca_file);
    }
    (void)curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L); /* nothing of the call before */
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
    if (call->body) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
    }
    if (strcmp(call->method, "HEAD") == 0) {
        (void)curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else {
        (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
    }
}

int cf_client_call(struct cf_client *client, const struct cf_call *call, struct cf_reply *reply,
                   char *why, size_t cap)
{
    struct curl_slist *lines = lines_of(call);
    long status = 0;
    *reply = (struct cf_reply){0};
    set_up(client, call, reply);
    (void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, lines);
    CURLcode code = curl_easy_perform(client->curl);
    (void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(lines);
    if (code == CURLE_OK &&
        (append(&reply->body, &reply->body_len, CF_REPLY_BODY_MAX, "", 0) != 0 ||
         append(&reply->head, &reply->head_len, CF_REPLY_HEAD_MAX, "", 0) != 0)) {
        code = CURLE_OUT_OF_MEMORY;
    }
    reply->status = (int)status;
    if (code == CURLE_OK) {
        return 0;
    }
    size_t shown = strcspn(call->url, "?#");
    if (code == CURLE_WRITE_ERROR) {
        (void)snprintf(
            why, cap, "%s %.*s: the answer is bigger than %zu KiB (or its head than %zu)",
            call->method, (int)shown, call->url, CF_REPLY_BODY_MAX >> 10, CF_REPLY_HEAD_MAX >> 10);
    } else {
        (void)snprintf(why, cap, "%s %.*s: %s", call->method, (int)shown, call->url,
                       curl_easy_strerror(code));
    }
    cf_reply_cleanup(reply);
    return -1;
}
