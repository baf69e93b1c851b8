/* Where a device asks for its two codes (RFC 8628 §3.1, §3.2). */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/authorize.h"
#include "mockidp/endpoints/device_person.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/grants/access.h"
#include "mockidp/grants/issue.h"

#include <stdio.h>
#include <string.h>

enum { POLL_EVERY_S = 5 };

static int read_request(struct grant *g)
{
    if (authorize_read_client(g) != 0) {
        return -1;
    }
    if (!directory_lists(g->client->allow, "device_code")) {
        return oauth_refuse(&g->refusal, 7000218, NULL, NULL);
    }
    if (g->tenant) {
        return scope_of_user(g);
    }
    /* of common the scopes are read once the user's tenant is known */
    const char *scope = grant_need(g, g->endpoint_version == 1 ? "resource" : "scope");
    g->permit.v1 = g->endpoint_version == 1;
    return scope && (size_t)snprintf(g->permit.asked, sizeof g->permit.asked, "%s", scope) <
                        sizeof g->permit.asked
               ? 0
           : scope ? oauth_refuse(&g->refusal, 70011, "(too long)", NULL)
                   : -1;
}

/* --sign-in auto answers for the person at once. */
static void answer_auto(struct grant *g, const char *text, struct state_device_code *code)
{
    const struct directory_tenant *tenant = NULL;
    if (!authorize_is_automatic(g->context)) {
        return;
    }
    const struct directory_user *user = authorize_auto_user(g, &tenant);
    if (user) {
        struct grant person = {.context = g->context, .request = g->request};
        /* who may not is refused when the device asks, with the number */
        (void)device_person_check(&person, code, tenant, user, NULL);
        if (person.second_factor_due) {
            access_give_second_factor(&person, "");
        }
        (void)device_person_allow(&person, text, code);
    }
}

static json_t *make_body(const struct grant *g, const char *text, const char *user_code)
{
    char uri[300];
    bool v1 = g->endpoint_version == 1;
    json_t *body = json_pack("{s:s, s:s}", "user_code", user_code, "device_code", text);
    (void)snprintf(uri, sizeof uri, "%s/devicelogin", g->context->origin);
    json_object_set_new(body, v1 ? "verification_url" : "verification_uri", json_string(uri));
    form_set_number(g, body, "expires_in", STATE_DEVICE_LIFETIME_S);
    form_set_number(g, body, "interval", POLL_EVERY_S);
    json_object_set_new(body, "message",
                        json_sprintf("To sign in, use a web browser to open the page %s and enter "
                                     "the code %s to authenticate.",
                                     uri, user_code));
    return body;
}

static void answer(struct grant *g, struct http_response *response)
{
    char text[STATE_HANDLE_CAP];
    struct state_device_code code = {.work_only = g->work_only, .permit = g->permit};
    (void)snprintf(code.permit.client_id, sizeof code.permit.client_id, "%s", g->client->id);
    if (g->tenant) {
        (void)snprintf(code.permit.tenant_id, sizeof code.permit.tenant_id, "%s", g->tenant->id);
    }
    if (device_codes_issue(g->context->state, &code, text) != 0) {
        response->failed = true;
        return;
    }
    answer_auto(g, text, &code);
    response_json(response, 200, make_body(g, text, code.user_code));
    journal_note_outcome(g->context->journal, "ok");
    oauth_headers(g->context, g->request, NULL, response);
}

static const struct form_steps steps = {read_request, answer};

void endpoint_devicecode_v2(struct idp_context *context, const struct http_request *request,
                            struct http_response *response)
{
    form_serve(context, request, response, 2, &steps);
}

void endpoint_devicecode_v1(struct idp_context *context, const struct http_request *request,
                            struct http_response *response)
{
    form_serve(context, request, response, 1, &steps);
}
