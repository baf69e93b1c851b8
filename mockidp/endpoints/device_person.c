/* One way for the page and for --sign-in auto. */
#include "mockidp/endpoints/device_person.h"

#include "mockidp/endpoints/authorize.h"
#include "mockidp/grants/access.h"
#include "mockidp/grants/consent.h"
#include "mockidp/platform/rng.h"

#include <stdio.h>

/* The scopes are those of the permit; to policies this is the grant of that name. */
static struct http_param fields[] = {{(char[]){"grant_type"}, (char[]){"device_code"}}};
static const struct http_params parameters = {fields, 1};

int device_person_check(struct grant *g, const struct state_device_code *code,
                        const struct directory_tenant *tenant, const struct directory_user *user,
                        const struct state_session *session)
{
    g->parameters = &parameters;
    g->tenant = tenant;
    g->user = user;
    g->permit = code->permit;
    g->has_permit = true;
    g->endpoint_version = code->permit.v1 ? 1 : 2;
    g->interactive = !session;
    g->can_ask = !(user->error && authorize_is_automatic(g->context));
    g->client = directory_app(tenant, code->permit.client_id);
    (void)snprintf(g->permit.tenant_id, sizeof g->permit.tenant_id, "%s", tenant->id);
    (void)snprintf(g->permit.user_id, sizeof g->permit.user_id, "%s", user->id);
    /* that of the code was perhaps somebody else's */
    (void)snprintf(g->permit.session_id, sizeof g->permit.session_id, "%s",
                   session ? session->id : "");
    g->permit.auth_time = session ? session->signed_in_at : state_now(g->context->state);
    if (!g->client) { /* a reload may have removed the app */
        return oauth_refuse(&g->refusal, 700016, code->permit.client_id, tenant->name);
    }
    return scope_of_user(g) == 0 ? access_check(g) : -1;
}

bool device_person_needs_consent(const struct grant *g)
{
    return consent_is_needed(g, g->permit.asked, g->permit.v1);
}

bool device_person_allow(struct grant *g, const char *text, struct state_device_code *code)
{
    struct state *state = g->context->state;
    if (!*g->permit.session_id) {
        rng_guid(g->context->rng, g->permit.session_id);
    }
    (void)notes_add(state, NOTES_PROOFS, g->permit.session_id, g->proofs);
    if (g->client) {
        consent_give(g, g->permit.asked, g->permit.v1, false);
    }
    code->permit = g->permit;
    code->answer = STATE_DEVICE_ALLOWED;
    return device_codes_answer(state, text, code);
}
