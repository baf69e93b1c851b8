/* The `claims` parameter (OpenID Connect Core 1.0 §5.5; "Claims challenges, claims requests, and
 * client capabilities"): what a resource's challenge asks for, and what the client can do. */
#ifndef MOCKIDP_GRANTS_CLAIMS_REQUEST_H
#define MOCKIDP_GRANTS_CLAIMS_REQUEST_H

#include <stdbool.h>

enum { CLAIMS_CONTEXTS_CAP = 200 };

/* What is asked of the access token; other claims are passed over. */
struct claims_request {
    bool cp1;           /* xms_cc: the client copes with a token that is withdrawn */
    bool second_factor; /* polids: the challenge of a policy is answered */
    char contexts[CLAIMS_CONTEXTS_CAP]; /* acrs: "c1 c2" */
};

/* claims_request_read reads the JSON text; what is none (or NULL) asks for nothing. */
void claims_request_read(const char *text, struct claims_request *out);

#endif
