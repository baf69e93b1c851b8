/* The token endpoint: tenant, client, grant, then tokens from the oven ("OAuth 2.0 … on the
 * Microsoft identity platform"). */
#include "mockidp/admin/journal.h"
#include "mockidp/bakery.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/grants/grant.h"
#include "mockidp/mint/encode.h"
#include "mockidp/platform/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Delegated access tokens live 60 to 90 minutes, at random; app-only ones 60. */
#define LIFETIME_SPREAD_S 1800

static int read_request(struct grant *g)
{
    const char *type = NULL;
    if (strcmp(g->request->method, "POST") != 0) {
        return oauth_refuse(&g->refusal, 900561, g->request->method, NULL);
    }
    type = grant_need(g, "grant_type");
    journal_note_grant(g->context->journal, type);
    if (!type || client_auth_identify(g) != 0) {
        return -1;
    }
    grant_handler *handle = grant_find(type);
    return handle ? handle(g) : oauth_refuse(&g->refusal, 70003, type, NULL);
}

/* bake returns a token of that base for the grant, newly allocated, or NULL. */
static char *bake(const struct grant *g, const struct mint_context *oven, const char *base)
{
    struct mint_facts facts;
    struct mint_token token = {0};
    char why[256];
    json_t *recipe = json_pack("{s:s}", "base", base);
    bakery_facts(g->tenant, g->client, g->resource, g->user, g->scp, &facts);
    facts.resource_uri = g->resource_uri;
    facts.nonce = grant_parameter(g, "nonce");
    char *text = recipe && mint_bake(recipe, oven, &facts, &token, why, sizeof why) == 0
                     ? strdup(token.token)
                     : NULL;
    mint_token_cleanup(&token);
    json_decref(recipe);
    return text;
}

/* {"uid","utid"} in base64url, which MSAL makes its account id from. */
static json_t *client_info(const struct grant *g)
{
    char text[200];
    int len =
        snprintf(text, sizeof text, "{\"uid\":\"%s\",\"utid\":\"%s\"}", g->user->id, g->tenant->id);
    char *encoded = mint_base64url(text, (size_t)len);
    json_t *value = encoded ? json_string(encoded) : NULL;
    free(encoded);
    return value;
}

/* A number, which the v1 endpoint writes as a string. */
static void set_number(const struct grant *g, json_t *body, const char *name, int64_t value)
{
    json_object_set_new(body, name,
                        g->endpoint_version == 1 ? json_sprintf("%lld", (long long)value)
                                                 : json_integer(value));
}

static json_t *make_body(const struct grant *g, const struct mint_context *oven, const char *access,
                         const char *id)
{
    const char *wants_info = grant_parameter(g, "client_info");
    json_t *body = json_pack("{s:s}", "token_type", "Bearer");
    if (g->user) {
        json_object_set_new(body, "scope", json_string(g->scope));
    }
    set_number(g, body, "expires_in", oven->lifetime_s - 1);
    set_number(g, body, "ext_expires_in", oven->lifetime_s - 1);
    if (g->endpoint_version == 1) {
        set_number(g, body, "expires_on", oven->now + oven->lifetime_s);
        set_number(g, body, "not_before", oven->now - 300);
        json_object_set_new(body, "resource", json_string(g->resource_uri));
    }
    json_object_set_new(body, "access_token", json_string(access));
    if (id) {
        json_object_set_new(body, "id_token", json_string(id));
    }
    if (g->user && wants_info && strcmp(wants_info, "1") == 0) {
        json_object_set_new(body, "client_info", client_info(g));
    }
    return body;
}

static void answer(const struct grant *g, struct http_response *response)
{
    struct mint_context oven;
    bakery_open(g->context, g->context->origin, &oven);
    if (g->user) {
        oven.lifetime_s += (int64_t)(rng_unit(g->context->rng) * LIFETIME_SPREAD_S);
    }
    /* the resource decides the version of the access token, the endpoint that of the ID token */
    const char *base = g->resource->access_token_version == 1 ? g->user ? "delegated-v1" : "app-v1"
                       : g->user                              ? "delegated-v2"
                                                              : "app-v2";
    char *access = bake(g, &oven, base);
    char *id = g->openid ? bake(g, &oven, g->endpoint_version == 1 ? "id-v1" : "id-v2") : NULL;
    response_json(response, 200, access ? make_body(g, &oven, access, id) : NULL);
    journal_note_outcome(g->context->journal, access ? "ok" : "failed");
    free(access);
    free(id);
    oauth_headers(g->context, g->request, NULL, response);
}

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct tenant_choice t;
    if (!tenant_choose(context, request, NULL, &t, response)) {
        return;
    }
    struct grant g = {
        .context = context, .request = request, .tenant = t.tenant, .endpoint_version = version};
    if (!g.tenant) {
        oauth_refuse(&g.refusal, 9001023, NULL, NULL);
    } else if (read_request(&g) == 0) {
        answer(&g, response);
        return;
    }
    oauth_error_respond(context, request, &g.refusal, response);
}

void endpoint_token_v2(struct idp_context *context, const struct http_request *request,
                       struct http_response *response)
{
    serve(context, request, response, 2);
}

void endpoint_token_v1(struct idp_context *context, const struct http_request *request,
                       struct http_response *response)
{
    serve(context, request, response, 1);
}

void endpoint_token_preflight(struct idp_context *context, const struct http_request *request,
                              struct http_response *response)
{
    const char *wanted = http_request_header(request, "Access-Control-Request-Headers");
    (void)context;
    response->status = 200;
    response_set_header(response, "Access-Control-Allow-Origin", "*");
    response_set_header(response, "Access-Control-Allow-Methods", "POST, OPTIONS");
    response_set_header(response, "Access-Control-Allow-Headers", wanted);
    response_set_header(response, "Access-Control-Max-Age", "86400");
}
