/* Forms that ask for a token, or for codes that become one: from the request to a grant, from the
 * grant to the answer or the refusal. */
#ifndef MOCKIDP_ENDPOINTS_FORM_H
#define MOCKIDP_ENDPOINTS_FORM_H

#include "mockidp/grants/grant.h"

#include <jansson.h>
#include <stdint.h>

/* What an endpoint does with its form: `read` returns -1 with the grant's refusal set. */
struct form_steps {
    int (*read)(struct grant *grant);
    void (*answer)(struct grant *grant, struct http_response *response);
};

/* form_serve answers a request to endpoint version 1 or 2. */
void form_serve(struct idp_context *context, const struct http_request *request,
                struct http_response *response, int version, const struct form_steps *steps);

/* form_set_number sets a number, which v1 endpoints write as a string. */
void form_set_number(const struct grant *grant, json_t *body, const char *name, int64_t value);

#endif
