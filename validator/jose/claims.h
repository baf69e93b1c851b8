/* The payload of a token (RFC 7519 §4), parsed only after its signature was verified. */
#ifndef VALIDATOR_JOSE_CLAIMS_H
#define VALIDATOR_JOSE_CLAIMS_H

#include "btv/error.h"
#include "validator/jose/json.h"

/* The claims that a policy asks for by name; every other one is found with jose_claims_find. */
#define JOSE_CLAIMS(X)                                                                             \
    X(iss) X(aud) X(exp) X(nbf) X(iat) X(tid) X(ver) X(scp) X(roles) X(azp) X(appid) X(idtyp)

struct jose_claims {
    struct jose_span json; /* the whole payload */
    size_t count;
    struct jose_json_member members[JOSE_JSON_MEMBERS];
#define X(name) const struct jose_json_value *name; /* into `members`, or NULL when absent */
    JOSE_CLAIMS(X)
#undef X
};

/*
 * jose_claims_parse reads a decoded payload; everything points into `json`. BTV_CLAIMS_MALFORMED
 * when it is not one strict JSON object. Types of claims are for the policy to check.
 */
enum btv_error jose_claims_parse(struct jose_span json, struct jose_claims *out);

/* jose_claims_find returns the claim `name`, or NULL. */
const struct jose_json_value *jose_claims_find(const struct jose_claims *claims, const char *name);

#endif
