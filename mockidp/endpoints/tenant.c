/* Who is asked for. */
#include "mockidp/endpoints/tenant.h"

#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/authorize.h"
#include "mockidp/errors/oauth_error.h"

#include <string.h>
#include <strings.h>

bool tenant_find(struct idp_context *context, const struct http_request *request,
                 struct tenant_choice *out)
{
    static const char *const many[] = {"common", "organizations"};
    const char *segment = http_request_capture(request, "tenant");
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        if (strcasecmp(segment, many[i]) == 0) {
            *out = (struct tenant_choice){NULL, many[i], "{tenantid}", i == 1};
            journal_note_tenant(context->journal, many[i]);
            return true;
        }
    }
    bool consumers = strcasecmp(segment, "consumers") == 0;
    const char *name = consumers ? DIRECTORY_CONSUMERS_ID : segment;
    const struct directory_tenant *tenant = directory_tenant(context->directory, name);
    /* an alias is a word of recipes, not of URLs */
    if (!tenant || strcasecmp(tenant->alias, name) == 0) {
        return false;
    }
    *out = (struct tenant_choice){tenant, consumers ? "consumers" : tenant->id, tenant->id, false};
    journal_note_tenant(context->journal, tenant->id);
    return true;
}

/* A tenant is named by a GUID, by a domain, or by the word for personal accounts. */
static bool could_be_name(const char *segment)
{
    bool guid = strlen(segment) == 36 && strspn(segment, "0123456789abcdefABCDEF-") == 36;
    return guid || strcasecmp(segment, "consumers") == 0 ||
           (strchr(segment, '.') && !strpbrk(segment, " /\\@?&"));
}

void tenant_refuse(const struct http_request *request, struct oauth_refusal *refusal)
{
    const char *segment = http_request_capture(request, "tenant");
    (void)oauth_refuse(refusal, could_be_name(segment) ? 90002 : 900023, segment, NULL);
}

bool tenant_choose(struct idp_context *context, const struct http_request *request,
                   const char *error, struct tenant_choice *out, struct http_response *response)
{
    struct oauth_refusal refusal;
    if (tenant_find(context, request, out)) {
        return true;
    }
    tenant_refuse(request, &refusal);
    refusal.error = error;
    oauth_error_respond(context, request, &refusal, response);
    return false;
}

bool tenant_choose_on_page(struct idp_context *context, const struct http_request *request,
                           struct tenant_choice *out, struct http_response *response)
{
    struct oauth_refusal refusal;
    if (tenant_find(context, request, out)) {
        return true;
    }
    tenant_refuse(request, &refusal);
    error_page(context, request, &refusal, response);
    return false;
}
