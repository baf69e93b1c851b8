/* Azure Cloud Shell has an endpoint of its own, which gives whoever asks the tokens of the user
 * whose shell it is ("Acquire a token in Azure Cloud Shell"): clients take it for a managed
 * identity. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/authorize.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/endpoints/machine.h"
#include "mockidp/platform/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNKNOWN_RESOURCE = 500011 };

/* The client of the portal that asks for these tokens. No tenant has to list it. */
static const struct directory_app shell = {
    .alias = "cloud-shell",
    .id = "b677c290-cf4b-4a8e-a60e-91ba650a4abe",
    .name = "AzurePortal Console App",
    .is_public = true,
};

static void refuse(struct machine_visit *v, int status, const char *code, const char *message)
{
    response_json(v->response, status,
                  json_pack("{s:{s:s, s:s}}", "error", "code", code, "message", message));
}

static void refuse_audience(struct machine_visit *v, const char *resource)
{
    char message[300];
    (void)snprintf(message, sizeof message, "Audience %s is not a supported MSI token audience.",
                   resource);
    refuse(v, 400, "AudienceNotSupported", message);
}

/* What Entra refuses: of a resource that is not for it the shell speaks itself. */
static void pass_on(struct machine_visit *v)
{
    struct grant *g = &v->grant;
    if (!g->refusal.number) { /* memory ran out */
        return;
    }
    json_t *entra = oauth_error_body(g->context, g->request, &g->refusal);
    if (g->refusal.number == UNKNOWN_RESOURCE) {
        refuse_audience(v, g->refusal.args[0]); /* cut, and without octets that JSON cannot hold */
    } else {
        refuse(v, 400, json_string_value(json_object_get(entra, "error")),
               json_string_value(json_object_get(entra, "error_description")));
    }
    json_decref(entra);
}

/* find_user settles whose shell it is: whom --sign-in names, or else the default or first user of
 * the first tenant that has one. */
static bool find_user(struct grant *g)
{
    const struct directory *d = g->context->directory;
    const char *name = authorize_auto_name(g->context);
    for (size_t i = 0; i < d->tenant_count && !g->user; i++) {
        g->tenant = &d->tenants[i];
        g->user = name ? directory_user(g->tenant, name) : authorize_first_user(g->tenant);
    }
    if (g->user) {
        const struct directory_app *listed = directory_app(g->tenant, shell.id);
        g->client = listed ? listed : &shell;
        journal_note_client(g->context->journal, g->client->id);
        journal_note_tenant(g->context->journal, g->tenant->id);
    }
    return g->user != NULL;
}

/* issue returns the user's token, newly allocated; NULL with the grant's refusal. Names of managed
 * identities among the parameters are passed over. */
static char *issue(struct machine_visit *v, struct mint_context *oven)
{
    struct grant *g = &v->grant;
    g->endpoint_version = 1; /* one resource, and strings in the answer */
    rng_guid(g->context->rng, g->permit.session_id);
    g->permit.auth_time = state_now(g->context->state);
    return scope_of_user(g) == 0 && grant_check_user(g) == 0 ? machine_bake(v, oven) : NULL;
}

static void answer(struct machine_visit *v)
{
    struct mint_context oven;
    char *token = issue(v, &oven);
    if (!token) {
        pass_on(v);
        return;
    }
    json_t *body = json_pack("{s:s, s:s}", "access_token", token, "refresh_token", "");
    form_set_number(&v->grant, body, "expires_in", oven.lifetime_s - 1);
    form_set_number(&v->grant, body, "expires_on", oven.now + oven.lifetime_s);
    form_set_number(&v->grant, body, "not_before", oven.now - MINT_BACKDATED_S);
    json_object_set_new(body, "resource", json_string(machine_parameter(v, "resource")));
    json_object_set_new(body, "token_type", json_string("Bearer"));
    response_json(v->response, 200, body);
    free(token);
}

void endpoint_cloud_shell(struct idp_context *context, const struct http_request *request,
                          struct http_response *response)
{
    struct machine_visit v = machine_open(context, request, response);
    if (strcmp(request->method, "POST") == 0) {
        v.grant.parameters = &request->form;
    }
    if (!machine_has_metadata(&v)) {
        journal_note_outcome(context->journal, "refused");
        refuse(&v, 400, "bad_request_102", "Required metadata header not specified");
    } else if (!machine_parameter(&v, "resource")) {
        journal_note_outcome(context->journal, "refused");
        refuse_audience(&v, "");
    } else if (!find_user(&v.grant)) {
        journal_note_outcome(context->journal, "refused");
        refuse(&v, 404, "not_found", "The directory has no user");
    } else {
        answer(&v);
    }
}
