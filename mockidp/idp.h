/* The mock Entra as a library: what mockidp and the conformance suite start, stop and steer. */
#ifndef MOCKIDP_IDP_H
#define MOCKIDP_IDP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * struct idp_options: zeroed is a working default (demo directory, real clock), save that at least
 * one listener must be given. Strings are borrowed during idp_start only.
 */
struct idp_options {
    const char *config_file; /* NULL: the demo directory, compiled in */
    const char *listen;      /* "127.0.0.1:8080"; port 0 picks one; NULL: no HTTP */
    const char *listen_tls;  /* "localhost:8443": on 127.0.0.1 and ::1; NULL: no HTTPS */
    const char *tls_cert;    /* PEM; NULL: a leaf from our own CA */
    const char *tls_key;
    const char *public_url;  /* fixes every URL; NULL: they follow the Host the client used */
    const char *as;          /* host names that it serves and speaks of, with commas between */
    const char *state_dir;   /* keeps the CA; NULL: a temporary folder, removed at the end */
    const char *seed;        /* NULL: real randomness */
    const char *clock;       /* "now" (or NULL), ISO 8601 to freeze at, "+SECONDS", "-SECONDS" */
    const char *rotate;      /* "EVERY[,publish-ahead=D][,retire-after=D]", or NULL */
    const char *faults_file; /* JSON array of fault rules, or NULL */
    const char *sign_in;     /* "page" (or NULL), "auto", "auto:USER" */
    const char *log;         /* "off" (or NULL), "text", "json": one line a request on stderr */
    const char *admin;       /* "on" (or NULL), "off", "token" */
    bool allow_remote;       /* listeners beyond loopback are refused without it */
    unsigned threads;        /* 0: 2 */
};

struct idp;

/*
 * idp_start starts listeners and background work and returns a newly allocated server, or NULL with
 * a sentence in `why` that names the option, file and JSON pointer at fault. A sentence about a bad
 * option begins with it: "--clock: …".
 */
struct idp *idp_start(const struct idp_options *options, char *why, size_t cap);

/*
 * idp_reload reads the configuration file again. On a fault it returns -1 with a sentence that
 * names the file and the JSON pointer, and the old directory stays. Any thread.
 */
int idp_reload(struct idp *idp, char *why, size_t cap);

/* idp_stop drains, closes and frees everything. NULL is fine. */
void idp_stop(struct idp *idp);

/* Borrowed URLs without a final slash ("http://127.0.0.1:40123", "https://localhost:40124"), NULL
 * without that listener. */
const char *idp_http_url(const struct idp *idp);
const char *idp_https_url(const struct idp *idp);

/* idp_as_url returns the origin of the first name of `as`, without a final slash, or NULL. */
const char *idp_as_url(const struct idp *idp);

/* idp_ca_file returns the path of the PEM file of the CA that signed the TLS leaf, or NULL. */
const char *idp_ca_file(const struct idp *idp);

/* idp_write_ready_file writes {"http","https","ca","pid"} (with `as` also "as", with admin "token"
 * also "admin_token") atomically; -1 with errno set on failure. */
int idp_write_ready_file(const struct idp *idp, const char *path);

/* idp_now returns the time of the mock's clock, Unix seconds. Any thread. */
int64_t idp_now(const struct idp *idp);

/*
 * idp_admin does one admin call without HTTP: the same table that serves /_admin/… (contracts:
 * method, path with query, JSON body or NULL). Returns the JSON answer, a new reference, and its
 * HTTP status in *status. Any thread.
 */
json_t *idp_admin(struct idp *idp, const char *method, const char *path, const json_t *body,
                  int *status);

/*
 * idp_ask answers one request without a connection, as mockidp/ask.h says. Any thread.
 */
struct ask;
struct http_response;
void idp_ask(struct idp *idp, const struct ask *ask, struct http_response *response);

#endif
