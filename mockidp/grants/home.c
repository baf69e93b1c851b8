/* Which tenant it is that a request to common or organizations is for. */
#include "mockidp/grants/grant.h"

#include <stdio.h>
#include <string.h>

/* By its domain, a user is at home: what organizations gives for a password ("The tenant can be
 * organizations, but not common or consumers", OAuth 2.0 ROPC). */
static int home_of_user(struct grant *g)
{
    const char *name = grant_need(g, "username");
    const char *at = name ? strrchr(name, '@') : NULL;
    const struct directory_tenant *home =
        at ? directory_tenant(g->context->directory, at + 1) : NULL;
    if (!name) {
        return -1;
    }
    if (!home || !directory_has_domain(home, at + 1) || directory_is_personal(home)) {
        return oauth_refuse(&g->refusal, 50034, name, grant_directory_name(g));
    }
    g->tenant = home;
    return 0;
}

/* The permits behind a code or token; false for one that nothing is known of. */
static bool code_permit(struct grant *g, const char *text, struct state_permit *out)
{
    struct state_code code = {.redeemed = false};
    bool found = codes_find(g->context->state, text, &code);
    *out = code.permit;
    return found;
}

static bool refresh_permit(struct grant *g, const char *text, struct state_permit *out)
{
    struct state_refresh_token token = {.expires = 0};
    bool found = refresh_tokens_find(g->context->state, text, &token);
    *out = token.permit;
    return found;
}

static bool device_permit(struct grant *g, const char *text, struct state_permit *out)
{
    struct state_device_code code = {.expires = 0};
    bool found = device_codes_find(g->context->state, text, &code);
    if (found && !*code.permit.tenant_id) { /* whose it is, the answer will say */
        bool late = state_now(g->context->state) >= code.expires;
        (void)oauth_refuse(&g->refusal, late ? 70020 : 70016, NULL, NULL);
    }
    *out = code.permit;
    return found;
}

/* Grants whose code or token was of a tenant. */
static const struct kind {
    const char *grant_type;
    const char *parameter;
    const char *what;
    bool (*find)(struct grant *grant, const char *text, struct state_permit *out);
    int unknown; /* AADSTS */
} kinds[] = {
    {"authorization_code", "code", "Authorization Code", code_permit, 9002313},
    {"refresh_token", "refresh_token", "refresh token", refresh_permit, 9002313},
    {"urn:ietf:params:oauth:grant-type:device_code", "device_code", "device code", device_permit,
     70018},
    {"device_code", "device_code", "device code", device_permit, 70018},
};

static const struct kind *kind_of(const char *grant_type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].grant_type, grant_type) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static int home_of_permit(struct grant *g, const struct kind *kind)
{
    struct state_permit permit;
    const char *text = kind->find == device_permit ? grant_device_code_text(g)
                                                   : grant_parameter(g, kind->parameter);
    if (!text) {
        return oauth_refuse(&g->refusal, 900144, kind->parameter, NULL);
    }
    if (!kind->find(g, text, &permit)) {
        return oauth_refuse(&g->refusal, grant_number_of_unknown(g, text, kind->unknown), NULL,
                            NULL);
    }
    if (!*permit.tenant_id) {
        return -1;
    }
    g->tenant = directory_tenant(g->context->directory, permit.tenant_id);
    if (!g->tenant) { /* a reload may have removed it */
        return oauth_refuse(&g->refusal, 9001023, NULL, NULL);
    }
    return g->work_only && directory_is_personal(g->tenant)
               ? oauth_refuse(&g->refusal, 700005, kind->what, NULL)
               : 0;
}

int grant_find_tenant(struct grant *g, const char *grant_type)
{
    const struct kind *kind = kind_of(grant_type);
    if (g->tenant) {
        return 0;
    }
    if (kind) {
        return home_of_permit(g, kind);
    }
    if (!grant_find(grant_type)) {
        return oauth_refuse(&g->refusal, 70003, grant_type, NULL);
    }
    return g->work_only && strcmp(grant_type, "password") == 0
               ? home_of_user(g)
               : oauth_refuse(&g->refusal, 9001023, NULL, NULL);
}
