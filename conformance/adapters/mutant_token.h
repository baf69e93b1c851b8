/* The toy validator's reading of a token: base64url and JSON, strict unless the flaw at hand says
 * otherwise. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_TOKEN_H
#define CONFORMANCE_ADAPTERS_MUTANT_TOKEN_H

#include "conformance/adapters/mutant_flaws.h"

#include <jansson.h>
#include <stddef.h>

/*
 * struct mutant_token is a token taken apart. `text` is borrowed and must outlive it; the rest is
 * owned. The signature covers the first `signed_len` bytes of `text`. `payload` is NULL until
 * mutant_token_payload has read it.
 */
struct mutant_token {
    const char *text;
    size_t signed_len;
    size_t payload_at, payload_len;
    json_t *header;
    json_t *payload;
    unsigned char *signature;
    size_t signature_len;
};

/*
 * mutant_token_split takes `text` of `len` bytes apart: three parts (RFC 7515 §7.1), a header that
 * is one JSON object, and the octets of the signature. Returns -1 on any other input. Clear with
 * mutant_token_clear in both cases.
 */
int mutant_token_split(enum mutant_flaw flaw, const char *text, size_t len,
                       struct mutant_token *token);

/* mutant_token_payload reads the claims, after the signature was checked. Returns -1 unless they
 * are one JSON object. */
int mutant_token_payload(enum mutant_flaw flaw, struct mutant_token *token);

void mutant_token_clear(struct mutant_token *token);

/*
 * mutant_base64url_decode returns the newly allocated octets of `in` (RFC 7515 §2: no padding, no
 * other characters, no stray bits), their count in *out_len, or NULL.
 */
unsigned char *mutant_base64url_decode(enum mutant_flaw flaw, const char *in, size_t len,
                                       size_t *out_len);

#endif
