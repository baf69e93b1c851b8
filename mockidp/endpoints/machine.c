/* Which identity is meant, and its token. */
#include "mockidp/endpoints/machine.h"

#include "mockidp/admin/journal.h"
#include "mockidp/grants/issue.h"

#include <string.h>
#include <strings.h>

enum { IDENTITY_LIFETIME_S = 86400 };

struct machine_visit machine_open(struct idp_context *context, const struct http_request *request,
                                  struct http_response *response)
{
    struct machine_visit v = {
        .grant = {.context = context, .request = request, .parameters = &request->query},
        .response = response};
    v.api_version = machine_parameter(&v, "api-version");
    journal_note_grant(context->journal, "managed_identity");
    return v;
}

const char *machine_parameter(const struct machine_visit *v, const char *name)
{
    return grant_parameter(&v->grant, name);
}

const char *machine_header(const struct machine_visit *v, const char *name)
{
    return http_request_header(v->grant.request, name);
}

bool machine_is_version(const struct machine_visit *v, const char *version)
{
    return v->api_version && strcmp(v->api_version, version) == 0;
}

bool machine_has_metadata(const struct machine_visit *v)
{
    const char *metadata = machine_header(v, "Metadata");
    return metadata && strcasecmp(metadata, "true") == 0;
}

/* ---- which identity is meant ---- */

const char *machine_find_parameter(const struct machine_visit *v, const char *const *names,
                                   const char **value)
{
    const char *found = "";
    *value = NULL;
    for (; *names; names++) {
        const char *text = machine_parameter(v, *names);
        if (text && *value) {
            return NULL;
        }
        found = text ? *names : found;
        *value = text ? text : *value;
    }
    return found;
}

/* An identity of its own is a user-assigned one; others are those of the machine. */
static bool is_user_assigned(const struct directory_app *app)
{
    return strcasestr(app->managed_identity, "/userAssignedIdentities/") != NULL;
}

static bool is_named(const struct directory_app *app, const char *parameter_name, const char *value)
{
    const char *own = strstr(parameter_name, "res_id")           ? app->managed_identity
                      : strcmp(parameter_name, "client_id") == 0 ? app->id
                      : strcmp(parameter_name, "clientid") == 0  ? app->id
                                                                 : app->object_id;
    return strcasecmp(own, value) == 0;
}

size_t machine_find_identity(struct machine_visit *v, const char *name, const char *value)
{
    const struct directory *d = v->grant.context->directory;
    size_t found = 0;
    for (size_t i = 0; i < d->tenant_count; i++) {
        for (size_t k = 0; k < d->tenants[i].app_count; k++) {
            const struct directory_app *app = &d->tenants[i].apps[k];
            if (!app->managed_identity || (value && !is_named(app, name, value))) {
                continue;
            }
            v->grant.client = app;
            v->grant.tenant = &d->tenants[i];
            found++;
            if (value || !is_user_assigned(app)) {
                return 1;
            }
        }
    }
    return found;
}

/* ---- the token ---- */

char *machine_bake(struct machine_visit *v, struct mint_context *oven)
{
    struct grant *g = &v->grant;
    issue_open(g, oven);
    oven->origin = g->context->default_origin;
    if (!g->user) {
        oven->lifetime_s = IDENTITY_LIFETIME_S;
    }
    char *token = issue_access_token(g, oven);
    journal_note_outcome(g->context->journal, token ? "ok" : "failed");
    v->response->failed = v->response->failed || !token;
    return token;
}

char *machine_issue(struct machine_visit *v, struct mint_context *oven)
{
    struct grant *g = &v->grant;
    g->endpoint_version = 1; /* one resource, and strings in the answer */
    g->client_acr = "2";     /* such an identity proves itself with a certificate of the platform */
    journal_note_client(g->context->journal, g->client->id);
    journal_note_tenant(g->context->journal, g->tenant->id);
    return scope_of_app(g) == 0 ? machine_bake(v, oven) : NULL;
}

void machine_pass_on(struct machine_visit *v)
{
    struct grant *g = &v->grant;
    if (g->refusal.number) {
        oauth_error_respond(g->context, g->request, &g->refusal, v->response);
        response_set_header(v->response, "Access-Control-Allow-Origin", NULL);
        response_set_header(v->response, "Access-Control-Expose-Headers", NULL);
    }
}
