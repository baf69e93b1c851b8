/* The JOSE header (RFC 7515 §4): what it says, and what it must not ask for. */
#ifndef VALIDATOR_JOSE_HEADER_H
#define VALIDATOR_JOSE_HEADER_H

#include "btv/error.h"
#include "validator/jose/json.h"

/* A header of more members, or of more bytes once decoded, is malformed. */
#define JOSE_HEADER_MEMBERS 32
#define JOSE_HEADER_BYTES 8192

/* Values point into the text that was parsed; NULL text (`data`) marks what is absent. */
struct jose_header {
    struct jose_json_value alg; /* always a string */
    struct jose_json_value kid; /* a string, or absent */
    struct jose_json_value typ; /* of any type, or absent: the policy decides */
    bool has_kid;
    bool has_typ;
};

/*
 * jose_header_parse reads a decoded header. BTV_HEADER_MALFORMED: not a strict JSON object, no
 * `alg` or one that is no string, a `kid` that is no string, `b64` other than true (RFC 7797),
 * `zip`. BTV_TOKEN_ENCRYPTED: `enc`. BTV_CRIT_UNSUPPORTED: `crit` in any form, since no extension
 * is known here (§4.1.11). `jku`, `jwk`, `x5u`, `x5c` and `x5t` are ignored: keys come from the
 * configured authority, never from the token.
 */
enum btv_error jose_header_parse(struct jose_span json, struct jose_header *out);

#endif
