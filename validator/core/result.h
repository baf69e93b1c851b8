/* What one validation leaves behind, and the buffers and contexts that the next one reuses. */
#ifndef VALIDATOR_CORE_RESULT_H
#define VALIDATOR_CORE_RESULT_H

#include "btv/validator.h"
#include "validator/jose/claims.h"
#include "validator/jose/header.h"
#include "validator/jose/verify.h"
#include "validator/policy/policy.h"

#define BTV_CHALLENGE_CAP 1024
#define BTV_EVENT_KID_CAP 64

struct btv_result {
    enum btv_error error;
    bool validated; /* the token itself is good; btv_authorize may refuse it still */
    const struct btv_policy *policy;       /* by which it was validated */
    const struct btv_authority *authority; /* whose key signed; set with the claims */
    char tenant[40];                       /* of an accepted token, "" without one */
    int retry_after_s;
    struct btv_detail detail;
    char challenge[BTV_CHALLENGE_CAP];
    bool challenged;
    char kid[BTV_EVENT_KID_CAP];
    struct jose_verifier *verifier;
    struct jose_header header;
    struct jose_claims claims;
    unsigned char header_json[JOSE_HEADER_BYTES];
    unsigned char *payload_json; /* terminated */
    size_t payload_cap;
    /* The claims that were asked for, terminated, one after the other. As large as the payload,
     * where each takes more room: two quotes or a colon and a comma against one terminator. */
    char *decoded;
    size_t decoded_used;
    const char *decoded_claims[JOSE_JSON_MEMBERS]; /* of the member at that place, or NULL */
};

/* btv_result_reset forgets the last verdict. */
void btv_result_reset(struct btv_result *r);

/* btv_result_conclude records the verdict `e` and makes its challenge, which names the scopes or
 * the authentication context that were needed; returns `e`. */
enum btv_error btv_result_conclude(struct btv_result *r, enum btv_error e,
                                   const struct btv_words *scopes, const char *acrs);

/* btv_result_reserve makes room for a payload of `bytes`. Returns 0, or -1 when memory is short. */
int btv_result_reserve(struct btv_result *r, size_t bytes);

#endif
