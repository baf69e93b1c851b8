/* What a fault rule does to a request that it strikes. */
#ifndef MOCKIDP_FAULTS_ACT_H
#define MOCKIDP_FAULTS_ACT_H

#include "mockidp/faults/reading.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FAULT_DELAY_MAX_MS = 600 * 1000,
    FAULT_PAD_MAX = 64 * 1024 * 1024,
    FAULT_DECOYS_MAX = 100 * 1000,
    FAULT_BOMB_BYTES = 32 * 1024 * 1024 /* what a gzip bomb decodes to */
};

/* "gzip" for who accepts it; "gzip-bomb" for everybody. */
enum fault_encoding { FAULT_GZIP = 1, FAULT_GZIP_BOMB };
enum fault_tls {
    FAULT_TLS_EXPIRED = 1,
    FAULT_TLS_WRONG_HOST,
    FAULT_TLS_UNKNOWN_CA,
    FAULT_TLS_RESET
};
enum fault_framing { FAULT_CHUNKED = 1, FAULT_HTTP_1_0 };

/* struct fault_act is what happens; members at their zero (or -1 where said) do nothing. Strings
 * are borrowed from the rule. */
struct fault_act {
    int status;      /* 0: none */
    int retry_after; /* seconds, with or without a status; -1: none */
    int64_t delay_ms;
    double truncate;  /* 0..1 of the body is sent under the full Content-Length, then the connection
                         is cut; -1: none */
    const char *body; /* NULL: none */
    const char *content_type; /* of `body`, or of the endpoint's answer; "": none */
    const char *redirect;     /* Location of a 302, or of the 3xx in `status` */
    bool empty_keys;
    bool stale_keys;
    bool reset;        /* a TCP reset instead of an answer */
    size_t drip_bytes; /* so many at a time; 0: no drip */
    int64_t drip_every_ms;
    int tls;            /* enum fault_tls; 0: none */
    bool half_close;    /* the server ends its side without an answer, and keeps the other open */
    int aadsts;         /* a refusal of aadsts.def; 0: none */
    int encoding;       /* enum fault_encoding; 0: none */
    int framing;        /* enum fault_framing; 0: as usual */
    json_t *headers;    /* lines that replace those of their names; "" takes one away */
    json_t *members;    /* merged into a JSON answer (RFC 7396) */
    int64_t pad_bytes;  /* blanks before the body's last octet; 0: none */
    int64_t decoy_keys; /* keys added to a key set, each under a kid of its own */
};

/* fault_act_read reads one member of "act", borrowed; false with the pointer in the reading. */
bool fault_act_read(const struct fault_reading *r, const char *member, json_t *value,
                    struct fault_act *act);

/* fault_act_merge adds what `more` does to `act`, where `act` does nothing of the kind yet. */
void fault_act_merge(struct fault_act *act, const struct fault_act *more);

#endif
