/* One HTTP exchange with an issuer: what is sent, what comes back whole, and the cookies between.
 */
#ifndef CONFORMANCE_PROVIDER_HTTP_H
#define CONFORMANCE_PROVIDER_HTTP_H

#include <jansson.h>
#include <stddef.h>

/* An answer with a bigger body or head is not read further: an ERROR that says so. */
#define CF_REPLY_BODY_MAX ((size_t)1 << 20)
#define CF_REPLY_HEAD_MAX ((size_t)64 << 10)

/* struct cf_call is one request; strings are borrowed. */
struct cf_call {
    const char *method;
    const char *url;
    const char *body;         /* NULL: none */
    const char *content_type; /* of the body */
    const json_t *headers;    /* array of "Name: value" lines, or NULL */
};

/* struct cf_reply is an answer; zeroed is empty. */
struct cf_reply {
    int status;
    char *head; /* the header lines, as they came */
    char *body; /* ends with NUL; may hold others before */
    size_t head_len;
    size_t body_len;
};
void cf_reply_cleanup(struct cf_reply *reply);

/* struct cf_client keeps a connection and cookies. One thread at a time. */
struct cf_client;

/* cf_client_new returns a new client; `ca_file` is trusted instead of the system's CAs when it is
 * given. NULL without memory. curl_global_init is the program's. */
struct cf_client *cf_client_new(const char *ca_file, long timeout_ms);
void cf_client_free(struct cf_client *client);

/* cf_client_forget drops all cookies: another browser. */
void cf_client_forget(struct cf_client *client);

/* cf_client_call sends; redirects are not followed, proxies not used. -1 with a sentence in `why`
 * when there is no whole answer. */
int cf_client_call(struct cf_client *client, const struct cf_call *call, struct cf_reply *reply,
                   char *why, size_t cap);

#endif
