/* The first segment of a path: a tenant, or one of the words that stand for many. */
#ifndef MOCKIDP_ENDPOINTS_TENANT_H
#define MOCKIDP_ENDPOINTS_TENANT_H

#include "mockidp/config/directory.h"
#include "mockidp/context.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

/* struct tenant_choice is what the segment stands for. */
struct tenant_choice {
    const struct directory_tenant *tenant; /* NULL: common or organizations */
    const char *segment;                   /* for URLs: the GUID, or the word that was asked */
    const char *issuer_id;                 /* the GUID, or "{tenantid}" */
    bool work_only;                        /* organizations: no personal accounts */
};

/* tenant_find is tenant_choose without an answer: false when there is none. */
bool tenant_find(struct idp_context *context, const struct http_request *request,
                 struct tenant_choice *out);

/* tenant_refuse fills the refusal of a segment that is no tenant: 90002, or 900023 for what cannot
 * be the name of one. */
void tenant_refuse(const struct http_request *request, struct oauth_refusal *refusal);

/*
 * tenant_choose reads {tenant} of the route, in any case: a GUID, a domain, common, organizations,
 * consumers. Returns false when there is none: then the refusal is answered, with `error` for its
 * error unless NULL.
 */
bool tenant_choose(struct idp_context *context, const struct http_request *request,
                   const char *error, struct tenant_choice *out, struct http_response *response);

/* tenant_choose_on_page is the same for people: the refusal is a page. */
bool tenant_choose_on_page(struct idp_context *context, const struct http_request *request,
                           struct tenant_choice *out, struct http_response *response);

#endif
