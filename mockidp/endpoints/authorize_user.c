/* Who signs in at /authorize: a session, or with --sign-in auto whoever was named. */
#include "mockidp/endpoints/authorize.h"

#include "mockidp/claims/claims.h"
#include "mockidp/endpoints/cookie.h"
#include "mockidp/grants/access.h"
#include "mockidp/grants/consent.h"
#include "mockidp/grants/credentials.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool authorize_is_automatic(const struct idp_context *context)
{
    return strncmp(context->sign_in, "auto", 4) == 0;
}

/* settle makes the user's tenant the request's, and reads what had to wait for it. From here on it
 * is known whether a page may ask. */
static int settle(struct authorize *a, const struct directory_tenant *tenant,
                  const struct directory_user *user)
{
    struct grant *g = &a->grant;
    if (!g->tenant) {
        const struct directory_app *client = directory_app(tenant, g->client->id);
        if (!client) {
            return oauth_refuse(&g->refusal, 700016, g->client->id, tenant->name);
        }
        g->client = client;
        g->tenant = tenant;
    }
    g->user = user;
    g->can_ask = a->prompt != PROMPT_NONE && !(user->error && authorize_is_automatic(g->context));
    if (!a->scope_read && scope_of_user(g) != 0) {
        return -1;
    }
    a->scope_read = true;
    return 0;
}

int authorize_sign_in(struct authorize *a, const struct directory_tenant *tenant,
                      const struct directory_user *user, struct http_response *response)
{
    struct grant *g = &a->grant;
    char cookie[STATE_HANDLE_CAP];
    g->interactive = true;
    *g->proofs = '\0'; /* what another session proved is not this one's */
    if (settle(a, tenant, user) != 0 || grant_check_user(g) != 0) {
        return -1;
    }
    a->session = (struct state_session){.signed_in_at = 0};
    (void)snprintf(a->session.tenant_id, sizeof a->session.tenant_id, "%s", tenant->id);
    (void)snprintf(a->session.user_id, sizeof a->session.user_id, "%s", user->id);
    if (sessions_open(g->context->state, &a->session, cookie) == 0) {
        cookie_set(g->request, response, COOKIE_SESSION, cookie, true);
        (void)notes_add(g->context->state, NOTES_PROOFS, a->session.id, g->proofs);
    }
    return 0;
}

bool authorize_may_be(const struct grant *g, const struct directory_tenant *tenant)
{
    return g->tenant ? g->tenant == tenant : !(g->work_only && directory_is_personal(tenant));
}

/* find_session finds the signed-in user of this browser, if it is one of the tenant. */
static const struct directory_user *find_session(struct authorize *a,
                                                 const struct directory_tenant **tenant)
{
    struct grant *g = &a->grant;
    char cookie[STATE_HANDLE_CAP];
    if (!cookie_read(g->request, COOKIE_SESSION, cookie, sizeof cookie) ||
        !sessions_find(g->context->state, cookie, &a->session)) {
        return NULL;
    }
    *tenant = directory_tenant(g->context->directory, a->session.tenant_id);
    if (!*tenant || !authorize_may_be(g, *tenant)) {
        return NULL;
    }
    (void)snprintf(g->permit.session_id, sizeof g->permit.session_id, "%s", a->session.id);
    return directory_user(*tenant, a->session.user_id);
}

const char *authorize_hint(const struct grant *g)
{
    const char *hint = grant_parameter(g, "login_hint");
    const struct directory *d = g->context->directory;
    char own[CLAIMS_LOGIN_HINT_CAP];
    for (size_t i = 0; hint && strncmp(hint, "O.", 2) == 0 && i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        for (size_t k = 0; authorize_may_be(g, t) && k < t->user_count; k++) {
            claims_login_hint(&t->users[k], g->client, own);
            if (strcmp(own, hint) == 0) {
                return t->users[k].upn;
            }
        }
    }
    return hint;
}

/* find_named finds a user by principal name (or, of the command line, by alias) in the tenant, or
 * of common in all. */
static const struct directory_user *find_named(const struct grant *g, const char *name, bool alias,
                                               const struct directory_tenant **tenant)
{
    const struct directory *d = g->context->directory;
    for (size_t i = 0; i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        const struct directory_user *user = NULL;
        if (authorize_may_be(g, t) && directory_app(t, g->client->id)) {
            user = alias ? directory_user(t, name) : credentials_user(t, name);
        }
        if (user) {
            *tenant = t;
            return user;
        }
    }
    return NULL;
}

const struct directory_user *authorize_find_account(const struct authorize *a, const char *name,
                                                    const struct directory_tenant **tenant)
{
    return find_named(&a->grant, name, false, tenant);
}

/* "If the elapsed time is greater than this value, the OP MUST attempt to actively re-authenticate
 * the End-User"; 0 is prompt=login (OpenID Connect Core 1.0 §3.1.2.1). */
static bool is_too_old(const struct authorize *a)
{
    int64_t age = state_now(a->grant.context->state) - a->session.signed_in_at;
    return a->max_age > 0 && age > a->max_age;
}

bool authorize_picks_session(struct authorize *a, const char *username)
{
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = find_session(a, &tenant);
    return a->prompt == PROMPT_SELECT_ACCOUNT && a->max_age != 0 && user &&
           strcasecmp(user->upn, username) == 0 && authorize_find_session(a);
}

bool authorize_find_session(struct authorize *a)
{
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = find_session(a, &tenant);
    return user && !is_too_old(a) && settle(a, tenant, user) == 0 &&
           grant_check_user(&a->grant) == 0;
}

const struct directory_user *authorize_first_user(const struct directory_tenant *tenant)
{
    const char *name = json_string_value(json_object_get(tenant->defaults, "user"));
    return name ? directory_user(tenant, name) : tenant->user_count > 0 ? &tenant->users[0] : NULL;
}

static const struct directory_user *default_user(const struct grant *g,
                                                 const struct directory_tenant **tenant)
{
    const struct directory *d = g->context->directory;
    const char *hint = grant_parameter(g, "domain_hint");
    *tenant = g->tenant ? g->tenant : hint ? directory_tenant(d, hint) : NULL;
    *tenant = *tenant && authorize_may_be(g, *tenant) ? *tenant : NULL;
    for (size_t i = 0; !*tenant && i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        *tenant =
            authorize_may_be(g, t) && directory_app(t, g->client->id) && authorize_first_user(t)
                ? t
                : NULL;
    }
    return *tenant ? authorize_first_user(*tenant) : NULL;
}

const char *authorize_auto_name(const struct idp_context *context)
{
    return context->sign_in[4] == ':' ? context->sign_in + 5 : NULL;
}

const struct directory_user *authorize_auto_user(const struct grant *g,
                                                 const struct directory_tenant **tenant)
{
    const char *name = authorize_auto_name(g->context);
    return name ? find_named(g, name, true, tenant) : default_user(g, tenant);
}

bool authorize_needs_consent(const struct authorize *a)
{
    const struct grant *g = &a->grant;
    return consent_is_needed(g, g->permit.asked, g->permit.v1);
}

void authorize_give_consent(struct authorize *a)
{
    consent_give(&a->grant, a->grant.permit.asked, a->grant.permit.v1, false);
}

void authorize_give_second_factor(struct authorize *a)
{
    access_give_second_factor(&a->grant, a->session.id);
}

/* agree asks the user who is known now, answers for them, or without a page refuses. */
static enum authorize_who agree(struct authorize *a, bool automatic)
{
    if (a->grant.second_factor_due) { /* not with prompt=none: then there is no page to ask */
        if (!automatic) {
            return AUTHORIZE_ASK;
        }
        authorize_give_second_factor(a);
    }
    if (!authorize_needs_consent(a)) {
        return AUTHORIZE_SIGNED_IN;
    }
    if (a->prompt == PROMPT_NONE) {
        (void)oauth_refuse(&a->grant.refusal, 65001, a->grant.client->id, a->grant.client->name);
        return AUTHORIZE_REFUSED;
    }
    if (!automatic) {
        return AUTHORIZE_ASK;
    }
    authorize_give_consent(a);
    return AUTHORIZE_SIGNED_IN;
}

/* sign_in_auto: login_hint, or who the command line names, or the tenant's default or first user.
 */
static enum authorize_who sign_in_auto(struct authorize *a, struct http_response *response)
{
    struct grant *g = &a->grant;
    const struct directory_tenant *tenant = NULL;
    const char *hint = authorize_hint(g);
    const struct directory_user *user =
        hint ? find_named(g, hint, false, &tenant) : authorize_auto_user(g, &tenant);
    if (!user) {
        const char *name = hint ? hint : authorize_auto_name(g->context);
        oauth_refuse(&g->refusal, 50034, name ? name : "(first of the tenant)",
                     grant_directory_name(g));
        return AUTHORIZE_REFUSED;
    }
    if (authorize_sign_in(a, tenant, user, response) != 0) {
        return AUTHORIZE_REFUSED;
    }
    return agree(a, true);
}

/* refuse_silence: nobody is signed in, or somebody of another tenant, which find_session found. */
static enum authorize_who refuse_silence(struct authorize *a, const struct directory_tenant *tenant)
{
    struct grant *g = &a->grant;
    const struct directory_user *user = tenant ? directory_user(tenant, a->session.user_id) : NULL;
    if (user && g->tenant && g->tenant != tenant) {
        (void)oauth_refuse_three(&g->refusal, 16000, user->upn, tenant->id, g->tenant->name);
    } else {
        (void)oauth_refuse(&g->refusal, 50058, NULL, NULL);
    }
    return AUTHORIZE_REFUSED;
}

/* is_meant: a session of someone else than was hinted at is not whom the app means, nor another one
 * than that of the ID token whose `sid` the app names. */
static bool is_meant(const struct authorize *a, const struct directory_user *user)
{
    const char *hint = authorize_hint(&a->grant);
    const char *sid = grant_parameter(&a->grant, "sid");
    return (!hint || strcasecmp(hint, user->upn) == 0) && (!sid || strcmp(sid, a->session.id) == 0);
}

enum authorize_who authorize_find_user(struct authorize *a, struct http_response *response)
{
    struct grant *g = &a->grant;
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = find_session(a, &tenant);
    bool automatic = authorize_is_automatic(g->context);
    bool fits = user && is_meant(a, user) && a->max_age != 0 && !is_too_old(a);
    bool consents = a->prompt == PROMPT_CONSENT && !automatic;
    if (fits &&
        (automatic || consents || a->prompt == PROMPT_NONE || a->prompt == PROMPT_WHEN_NEEDED)) {
        if (settle(a, tenant, user) != 0) {
            return AUTHORIZE_REFUSED;
        }
        if (grant_check_user(g) == 0) {
            return consents ? AUTHORIZE_ASK : agree(a, automatic);
        }
        if (!g->needs_step_up || a->prompt == PROMPT_NONE) {
            return AUTHORIZE_REFUSED;
        }
        g->user = NULL; /* who has to sign in again, to prove more */
        *g->permit.session_id = '\0';
    }
    if (automatic) {
        return sign_in_auto(a, response);
    }
    return a->prompt == PROMPT_NONE ? refuse_silence(a, tenant) : AUTHORIZE_ASK;
}
