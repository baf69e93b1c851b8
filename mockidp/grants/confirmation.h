/* Proof of possession (RFC 7800): the key that an access token is bound to, as MSAL names it
 * ("SignedHttpRequest", AuthScheme/PoP of MSAL.NET): token_type=pop with req_cnf. */
#ifndef MOCKIDP_GRANTS_CONFIRMATION_H
#define MOCKIDP_GRANTS_CONFIRMATION_H

enum { CONFIRMATION_TEXT_CAP = 120 };

/* The claim `cnf` of a token; empty texts are absent, and without `kid` the token is a bearer's. */
struct confirmation {
    char kid[CONFIRMATION_TEXT_CAP];     /* the thumbprint of the client's key (RFC 7638) */
    char storage[CONFIRMATION_TEXT_CAP]; /* xms_ksl: where the client keeps it */
};

struct grant;

/* confirmation_read reads token_type and req_cnf of a request into its `confirmation`. 0, or -1
 * with the refusal: 900144, 9002313, or 392200 for mtls_pop, since nobody shows a certificate. */
int confirmation_read(struct grant *grant);

#endif
