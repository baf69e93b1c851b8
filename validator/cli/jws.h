/* Signatures alone: a compact JWS against a key set from a file, no claims and no network. */
#ifndef VALIDATOR_CLI_JWS_H
#define VALIDATOR_CLI_JWS_H

#include "validator/jose/jwks.h"
#include "validator/jose/verify.h"

/* Zeroed is empty; one thread at a time. */
struct jws_checker {
    struct jose_jwks jwks;
    struct jose_verifier *verifier;
    unsigned algorithms; /* a bit for each enum jose_alg_id that may sign */
};

/* jws_algorithms reads names separated by commas into bits; -1 when a name is not known (`none` and
 * HMAC are not). */
int jws_algorithms(const char *names, unsigned *bits);

/* jws_open reads the key set; returns -1 with a sentence in `why`. jws_close is due in any case. */
int jws_open(struct jws_checker *checker, const char *jwks_file, char *why, size_t cap);
void jws_close(struct jws_checker *checker);

/* jws_check decides on one compact JWS; a JWS without kid is checked against the set's only key. */
enum btv_error jws_check(struct jws_checker *checker, struct jose_span token);

#endif
