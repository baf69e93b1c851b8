/* The compact serialization of a JWS (RFC 7515 §7.1): header, payload and signature between two
 * dots. */
#ifndef VALIDATOR_JOSE_COMPACT_H
#define VALIDATOR_JOSE_COMPACT_H

#include "btv/error.h"
#include "validator/jose/span.h"

/* All spans point into the token; the parts are still base64url. */
struct jose_compact {
    struct jose_span header;
    struct jose_span payload;
    struct jose_span signature;
    struct jose_span signing_input; /* "header.payload" */
};

/*
 * jose_compact_split cuts a token of at most `max` bytes into its parts. BTV_TOKEN_TOO_LARGE beyond
 * that; BTV_TOKEN_ENCRYPTED for five parts, which is a JWE (RFC 7516 §9); BTV_TOKEN_MALFORMED for
 * any other number of parts or an empty header or payload. An empty signature passes: the algorithm
 * is what refuses it.
 */
enum btv_error jose_compact_split(struct jose_span token, size_t max, struct jose_compact *out);

#endif
