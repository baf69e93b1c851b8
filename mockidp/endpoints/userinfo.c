/* Who the bearer of a token for Microsoft Graph is (OpenID Connect Core 1.0 §5.3; "Microsoft
 * identity platform UserInfo endpoint"). Nothing can be added to it. */
#include "mockidp/admin/journal.h"
#include "mockidp/bakery.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/grants/assertion.h"
#include "mockidp/grants/own_token.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"
#include "mockidp/platform/words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* struct bearer is what the token says, once it is believed. */
struct bearer {
    const struct directory_tenant *tenant;
    const struct directory_app *client;
    const struct directory_user *user;
    char scp[ASSERTION_TEXT_CAP];
};

/* read_bearer returns what speaks against the token, or NULL. */
static const char *read_bearer(struct idp_context *context, const struct assertion *a,
                               struct bearer *b)
{
    char text[ASSERTION_TEXT_CAP];
    int64_t exp = 0;
    (void)assertion_text(assertion_claim(a, "tid"), text);
    b->tenant = directory_tenant(context->directory, text);
    const char *fault = b->tenant ? own_token_fault(context, b->tenant, a) : "Unknown tenant.";
    if (fault) {
        return fault;
    }
    if (!own_token_is_current(context, a, &exp)) {
        return "Lifetime validation failed, the token is expired.";
    }
    (void)assertion_text(assertion_claim(a, "aud"), text);
    if (!directory_is_graph(context->directory, text)) {
        return "Access token validation failure. Invalid audience.";
    }
    (void)assertion_text(assertion_claim(a, "scp"), b->scp);
    (void)assertion_text(assertion_claim(a, "oid"), text);
    b->user = directory_user(b->tenant, text);
    (void)(assertion_text(assertion_claim(a, "appid"), text) ||
           assertion_text(assertion_claim(a, "azp"), text));
    b->client = directory_app(b->tenant, text);
    return b->user && b->client && words_have(b->scp, "openid")
               ? NULL
               : "The token lacks the scope openid, or is no user's.";
}

/* The sub is that of the client's ID tokens: one is baked, and its claims are read. */
static json_t *make_body(struct idp_context *context, const struct bearer *b)
{
    struct mint_context oven;
    struct mint_facts facts;
    struct mint_token token = {0};
    char why[256];
    json_t *recipe = json_pack("{s:s}", "base", "id-v2");
    const struct claims_subject subject = {.directory = context->directory,
                                           .tenant = b->tenant,
                                           .client = b->client,
                                           .user = b->user,
                                           .id_token = true,
                                           .version = 2};
    bakery_open(context, context->origin, &oven);
    json_t *body = NULL;
    int status = bakery_facts(&subject, &facts);
    if (status == 0 && recipe && mint_bake(recipe, &oven, &facts, &token, why, sizeof why) == 0) {
        body = json_object();
        json_object_set(body, "sub", json_object_get(token.claims, "sub"));
    }
    if (body && words_have(b->scp, "profile")) {
        json_object_set_new(body, "name", json_string(b->user->name));
        if (b->user->family_name) {
            json_object_set_new(body, "family_name", json_string(b->user->family_name));
        }
        if (b->user->given_name) {
            json_object_set_new(body, "given_name", json_string(b->user->given_name));
        }
        json_object_set_new(body, "picture",
                            json_sprintf("https://%s/v1.0/me/photo/$value",
                                         context->directory->cloud.msgraph_host));
    }
    if (body && words_have(b->scp, "email")) {
        json_object_set_new(body, "email",
                            json_string(b->user->mail ? b->user->mail : b->user->upn));
    }
    if (status == 0) {
        mint_facts_cleanup(&facts);
    }
    mint_token_cleanup(&token);
    json_decref(recipe);
    return body;
}

/* Microsoft Graph's errors have a shape of their own. */
static void refuse(struct idp_context *context, const char *message, struct http_response *response)
{
    char id[RNG_GUID_CAP];
    char date[32];
    struct tm utc;
    time_t now = (time_t)clock_now(context->clock);
    rng_guid(context->rng, id);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", gmtime_r(&now, &utc));
    response_json(response, 401,
                  json_pack("{s:{s:s, s:s, s:{s:s, s:s, s:s}}}", "error", "code",
                            "InvalidAuthenticationToken", "message", message, "innerError", "date",
                            date, "request-id", id, "client-request-id", id));
    response_set_header(
        response, "WWW-Authenticate",
        "Bearer realm=\"\", error=\"invalid_token\", error_description=\"The access "
        "token is not one for this endpoint\"");
    journal_note_outcome(context->journal, "InvalidAuthenticationToken");
}

void endpoint_userinfo(struct idp_context *context, const struct http_request *request,
                       struct http_response *response)
{
    struct bearer bearer = {.scp = ""};
    struct tenant_choice t = {.tenant = NULL};
    if (http_request_capture(request, "tenant") &&
        !tenant_choose(context, request, NULL, &t, response)) {
        return;
    }
    const char *header = http_request_header(request, "Authorization");
    const char *token = header && strncasecmp(header, "Bearer ", 7) == 0
                            ? header + 7 + strspn(header + 7, " ")
                            : "";
    struct assertion *a = *token ? assertion_parse(token) : NULL;
    const char *fault = !*token ? "Access token is empty."
                        : !a    ? "CompactToken parsing failed."
                                : read_bearer(context, a, &bearer);
    if (!fault && t.tenant && t.tenant != bearer.tenant) {
        fault = "The token is of another tenant.";
    }
    if (fault) {
        refuse(context, fault, response);
    } else {
        response_json(response, 200, make_body(context, &bearer));
        journal_note_outcome(context->journal, "ok");
    }
    assertion_free(a);
    oauth_headers(context, request, NULL, response);
}

void endpoint_userinfo_preflight(struct idp_context *context, const struct http_request *request,
                                 struct http_response *response)
{
    endpoint_token_preflight(context, request, response);
    response_set_header(response, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
}
