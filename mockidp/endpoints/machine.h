/* A program asks the machine that it runs on for a token ("What are managed identities for Azure
 * resources?"): what the endpoints of all such machines have in common. */
#ifndef MOCKIDP_ENDPOINTS_MACHINE_H
#define MOCKIDP_ENDPOINTS_MACHINE_H

#include "mockidp/grants/grant.h"
#include "mockidp/http/response.h"

#include <stdbool.h>
#include <stddef.h>

/* struct machine_visit is one request to such an endpoint. Borrowed, save the grant's buffers. */
struct machine_visit {
    struct grant grant;
    struct http_response *response;
    const char *api_version; /* NULL: the request names none */
};

/* machine_open makes a visit of a request whose parameters stand in the query, and notes it in the
 * journal. */
struct machine_visit machine_open(struct idp_context *context, const struct http_request *request,
                                  struct http_response *response);

/* machine_parameter and machine_header return a value, NULL when it is missing (a parameter: or
 * empty). */
const char *machine_parameter(const struct machine_visit *visit, const char *name);
const char *machine_header(const struct machine_visit *visit, const char *name);

/* machine_is_version says whether api-version is `version`. */
bool machine_is_version(const struct machine_visit *visit, const char *version);

/* machine_has_metadata says whether the header Metadata is true: without it a request may have been
 * tricked out of a program. */
bool machine_has_metadata(const struct machine_visit *visit);

/* machine_find_parameter returns the only one of the names (NULL-terminated) that is there, with
 * its *value; "" and NULL when none is, NULL when there are several. */
const char *machine_find_parameter(const struct machine_visit *visit, const char *const *names,
                                   const char **value);

/*
 * machine_find_identity sets client and tenant of the grant: the identity whose `name` (a parameter
 * of machine_find_parameter) is `value`, or with a NULL value the machine's own, or else the only
 * one that it has. Returns how many may be meant: 1 is good.
 */
size_t machine_find_identity(struct machine_visit *visit, const char *name, const char *value);

/* machine_issue returns a token for the grant's client, newly allocated, and opens the oven; NULL
 * with the grant's refusal, or without memory (`response->failed`). */
char *machine_issue(struct machine_visit *visit, struct mint_context *oven);

/* machine_bake is the second half of machine_issue: the token of a grant that was checked. Its
 * issuer is the mock's default origin, whatever the address of the metadata service. */
char *machine_bake(struct machine_visit *visit, struct mint_context *oven);

/* machine_pass_on answers with what Entra refuses, as it is; nothing without a refusal. */
void machine_pass_on(struct machine_visit *visit);

#endif
