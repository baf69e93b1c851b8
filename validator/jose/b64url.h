/* Strict base64url: one spelling per value. */
#ifndef VALIDATOR_JOSE_B64URL_H
#define VALIDATOR_JOSE_B64URL_H

#include "validator/jose/span.h"

/* JOSE_B64URL_CAP(n) is the capacity that decoding `n` characters needs. */
#define JOSE_B64URL_CAP(n) ((n) / 4 * 3 + 2)

/*
 * jose_b64url_decode decodes unpadded base64url (RFC 7515 §2) from `in` into `out` and stores the
 * byte count in
 * `*out_len`. Padding, white space, the other alphabet, an impossible length and non-zero trailing
 * bits fail, as does a result longer than `cap`. Returns false on bad input, and then `*out_len` is
 * 0.
 */
bool jose_b64url_decode(struct jose_span in, unsigned char *out, size_t cap, size_t *out_len);

#endif
