/* Which grants there are, and what they share. */
#include "mockidp/grants/grant.h"

#include "mockidp/state/handle.h"

#include <stdio.h>
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

const char *grant_type(const struct grant *grant)
{
    const char *sent = grant_parameter(grant, "grant_type");
    for (size_t i = 0; sent && i < sizeof grants / sizeof grants[0]; i++) {
        if (strcasecmp(grants[i].type, sent) == 0) {
            return grants[i].type;
        }
    }
    return sent;
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

int grant_refuse_malformed(struct grant *g)
{
    (void)oauth_refuse(&g->refusal, 9002313, NULL, NULL);
    g->refusal.error = "invalid_request";
    return -1;
}

int grant_read_nonce(struct grant *g)
{
    const char *nonce = grant_parameter(g, "nonce");
    json_t *text = json_string(nonce); /* NULL when a token cannot hold it */
    bool fits = !nonce || (text && strlen(nonce) < sizeof g->nonce);
    json_decref(text);
    if (!fits) {
        return grant_refuse_malformed(g);
    }
    (void)snprintf(g->nonce, sizeof g->nonce, "%s", nonce ? nonce : "");
    return 0;
}

const char *grant_directory_name(const struct grant *g)
{
    return g->tenant ? g->tenant->name : g->work_only ? "organizations" : "common";
}

int grant_number_of_unknown(const struct grant *g, const char *text, int otherwise)
{
    switch (state_handle_expired(g->context->state, text)) {
    case STATE_HANDLE_CODE: return 70008;
    case STATE_HANDLE_REFRESH: return 700082;
    case STATE_HANDLE_REFRESH_SPA: return 700084;
    case STATE_HANDLE_DEVICE: return 70020;
    default: return otherwise;
    }
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
