/* What one validation leaves behind, and the buffers and contexts that the next one reuses. */
#ifndef VALIDATOR_CORE_RESULT_H
#define VALIDATOR_CORE_RESULT_H

#include "btv/validator.h"
#include "validator/jose/claims.h"
#include "validator/jose/header.h"
#include "validator/jose/verify.h"
#include "validator/policy/policy.h"

#define BTV_CHALLENGE_CAP 1024
#define BTV_CLAIM_CAP 8192
#define BTV_EVENT_KID_CAP 64

struct btv_result {
    enum btv_error error;
    bool validated; /* the token itself is good; btv_authorize may refuse it still */
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
    char *decoded; /* the claims that were asked for, one after the other */
    size_t decoded_used;
};

/* btv_result_reset forgets the last verdict. */
void btv_result_reset(struct btv_result *r);

/* btv_result_conclude records the verdict `e` and makes its challenge; returns `e`. */
enum btv_error btv_result_conclude(struct btv_result *r, enum btv_error e,
                                   const struct btv_words *scopes);

/* btv_result_reserve makes room for a payload of `bytes`. Returns 0, or -1 when memory is short. */
int btv_result_reserve(struct btv_result *r, size_t bytes);

#endif
