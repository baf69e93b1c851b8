/* Which grants there are, and what they share. */
#include "mockidp/grants/grant.h"

#include "mockidp/grants/access.h"
#include "mockidp/grants/consent.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *type;
    grant_handler *handle;
} grants[] = {
    {"authorization_code", grant_authorization_code},
    {"client_credentials", grant_client_credentials},
    {"password", grant_password},
    {"refresh_token", grant_refresh_token},
    {"urn:ietf:params:oauth:grant-type:jwt-bearer", grant_on_behalf_of},
    {"urn:ietf:params:oauth:grant-type:device_code", grant_device_code},
    {"device_code", grant_device_code}, /* MSAL's older name of it */
};

grant_handler *grant_find(const char *type)
{
    for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
        if (strcmp(grants[i].type, type) == 0) {
            return grants[i].handle;
        }
    }
    return NULL;
}

const char *grant_parameter(const struct grant *grant, const char *name)
{
    const char *value = http_params_get(grant->parameters, name);
    return value && *value ? value : NULL;
}

const char *grant_need(struct grant *grant, const char *name)
{
    const char *value = grant_parameter(grant, name);
    if (!value) {
        oauth_refuse(&grant->refusal, 900144, name, NULL);
    }
    return value;
}

const char *grant_device_code_text(const struct grant *grant)
{
    const char *text = grant_parameter(grant, "device_code");
    return text || grant->endpoint_version != 1 ? text : grant_parameter(grant, "code");
}

int grant_find_tenant(struct grant *g)
{
    struct state *state = g->context->state;
    struct state_code code;
    struct state_refresh_token token;
    struct state_device_code device;
    const char *text = NULL;
    const char *tenant = NULL;
    if (g->tenant) {
        return 0;
    }
    if ((text = grant_parameter(g, "code")) && codes_find(state, text, &code)) {
        tenant = code.permit.tenant_id;
    } else if ((text = grant_parameter(g, "refresh_token")) &&
               refresh_tokens_find(state, text, &token)) {
        tenant = token.permit.tenant_id;
    } else if ((text = grant_device_code_text(g)) && device_codes_find(state, text, &device)) {
        tenant = device.permit.tenant_id;
        if (!*tenant) { /* whose it is, the answer will say */
            return oauth_refuse(&g->refusal, state_now(state) >= device.expires ? 70020 : 70016,
                                NULL, NULL);
        }
    }
    g->tenant = tenant ? directory_tenant(g->context->directory, tenant) : NULL;
    return g->tenant ? 0 : oauth_refuse(&g->refusal, 9001023, NULL, NULL);
}

int grant_check_owner(struct grant *g, const char *what)
{
    if (*g->permit.tenant_id && strcmp(g->permit.tenant_id, g->tenant->id) != 0) {
        return oauth_refuse(&g->refusal, 700005, what, NULL);
    }
    return strcasecmp(g->permit.client_id, g->client->id) == 0
               ? 0
               : oauth_refuse(&g->refusal, 70000, what, NULL);
}

int grant_check_permit(struct grant *g, const char *what)
{
    g->has_permit = true;
    if (grant_check_owner(g, what) != 0) {
        return -1;
    }
    g->user = directory_user(g->tenant, g->permit.user_id);
    /* a reload may have removed the user */
    return g->user ? 0 : oauth_refuse(&g->refusal, 50034, g->permit.user_id, g->tenant->name);
}

int grant_check_user(struct grant *g)
{
    if (access_check(g) != 0) {
        return -1;
    }
    return g->at_authorize ? 0 : consent_check(g);
}
