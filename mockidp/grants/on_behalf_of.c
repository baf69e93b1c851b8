/* A service that was called acts for its caller ("OAuth 2.0 On-Behalf-Of flow"): the token that it
 * was called with is the assertion. */
#include "mockidp/grants/grant.h"

#include "mockidp/grants/access.h"
#include "mockidp/grants/assertion.h"
#include "mockidp/grants/own_token.h"
#include "mockidp/grants/validity.h"
#include "mockidp/platform/clock.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int check_times(struct grant *g, const struct assertion *a)
{
    char now_text[VALIDITY_TEXT_CAP];
    char exp_text[VALIDITY_TEXT_CAP];
    int64_t exp = 0;
    if (own_token_is_current(g->context, a, &exp)) {
        return 0;
    }
    validity_write(true, clock_now(g->context->clock), now_text);
    validity_write(true, exp, exp_text);
    return oauth_refuse(&g->refusal, 500133, now_text, exp_text);
}

/* The token must be for the service that shows it: by client id or by an App ID URI. */
static int check_audience(struct grant *g, const struct assertion *a)
{
    char aud[ASSERTION_TEXT_CAP];
    (void)assertion_text(assertion_claim(a, "aud"), aud);
    return directory_resource(g->tenant, aud) == g->client && strcasecmp(aud, g->client->alias) != 0
               ? 0
               : oauth_refuse_three(&g->refusal, 500131, aud, g->client->id, g->client->name);
}

static int find_user(struct grant *g, const struct assertion *a)
{
    char text[ASSERTION_TEXT_CAP];
    /* an app's own token, or an ID token: nobody let the caller act for a user */
    if (!assertion_text(assertion_claim(a, "scp"), text) ||
        !assertion_text(assertion_claim(a, "oid"), text)) {
        return oauth_refuse(&g->refusal, 7000114, g->client->id, NULL);
    }
    g->user = directory_user(g->tenant, text);
    if (assertion_text(assertion_claim(a, "sid"), text)) {
        (void)snprintf(g->permit.session_id, sizeof g->permit.session_id, "%.36s", text);
    }
    (void)assertion_text(assertion_claim(a, "oid"), text);
    return g->user ? 0 : oauth_refuse(&g->refusal, 50034, text, g->tenant->name);
}

static int check_assertion(struct grant *g, const struct assertion *a)
{
    char hex[ASSERTION_THUMBPRINT_CAP] = "";
    const char *fault =
        a ? own_token_fault(g->context, g->tenant, a) : "The assertion is no token.";
    if (fault) {
        if (a) {
            assertion_thumbprint(a, hex);
        }
        return oauth_refuse(&g->refusal, 50013, fault, hex);
    }
    return check_times(g, a) == 0 && check_audience(g, a) == 0 ? find_user(g, a) : -1;
}

int grant_on_behalf_of(struct grant *g)
{
    const char *use = grant_need(g, "requested_token_use");
    const char *text = use ? grant_need(g, "assertion") : NULL;
    if (!text) {
        return -1;
    }
    if (strcmp(use, "on_behalf_of") != 0) {
        return oauth_refuse(&g->refusal, 9002313, NULL, NULL);
    }
    if (client_auth_check(g, false) != 0) {
        return -1;
    }
    struct assertion *a = assertion_parse(text);
    int status = check_assertion(g, a);
    assertion_free(a);
    if (status != 0 || scope_of_user(g) != 0) {
        return -1;
    }
    if (grant_check_user(g) != 0) {
        /* of this flow Entra says what the app in front has to do */
        if (access_is_interaction(g->refusal.number)) {
            g->refusal.error = "interaction_required";
        }
        return -1;
    }
    return 0;
}
