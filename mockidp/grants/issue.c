/* From the facts of a grant to tokens: recipes for the oven. */
#include "mockidp/grants/issue.h"

#include "mockidp/bakery.h"
#include "mockidp/grants/access.h"
#include "mockidp/grants/claims_request.h"
#include "mockidp/grants/consent.h"
#include "mockidp/mint/encode.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"
#include "mockidp/platform/words.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Delegated access tokens live 60 to 90 minutes, at random; app-only ones 60. */
#define LIFETIME_SPREAD_S 1800
/* One that the resource can withdraw lives a day. */
#define LONG_LIFETIME_S 86400

/* A resource that can withdraw a token asks for xms_cc by its optional claims ("How to use
 * Continuous Access Evaluation enabled APIs"); the client says that it copes. */
static bool can_be_withdrawn(const struct grant *g)
{
    struct claims_request asked;
    const struct claims_subject subject = {.client = g->client, .resource = g->resource};
    if (!claims_optional(&subject, "xms_cc")) {
        return false;
    }
    claims_request_read(grant_parameter(g, "claims"), &asked);
    /* of managed identities it is a parameter, in Microsoft's libraries */
    const char *machine = g->client->managed_identity ? grant_parameter(g, "xms_cc") : NULL;
    return asked.cp1 || (machine && strcasecmp(machine, "cp1") == 0);
}

void issue_open(const struct grant *g, struct mint_context *oven)
{
    int64_t configured = g->resource ? bakery_lifetime(g->tenant, g->resource) : 0;
    bakery_open(g->context, g->context->origin, oven);
    if (configured > 0) {
        oven->lifetime_s = configured;
    } else if (g->user) {
        oven->lifetime_s += (int64_t)(rng_unit(g->context->rng) * LIFETIME_SPREAD_S);
    }
    if (can_be_withdrawn(g)) { /* whatever a policy says */
        oven->lifetime_s = LONG_LIFETIME_S;
    }
}

/* contexts_of returns the authentication contexts that the user met, a new reference. */
static json_t *contexts_of(const struct grant *g)
{
    char word[sizeof g->proofs];
    json_t *contexts = json_array();
    for (const char *at = g->proofs; words_next(&at, word, sizeof word);) {
        if (strcmp(word, "mfa") != 0) {
            json_array_append_new(contexts, json_string(word));
        }
    }
    return contexts;
}

/* confirmation_of returns the claim that binds an access token to a key, a new reference; NULL for
 * a bearer's. */
static json_t *confirmation_of(const struct grant *g)
{
    const struct confirmation *c = &g->confirmation;
    if (!*c->kid) {
        return NULL;
    }
    return *c->storage ? json_pack("{s:s, s:s}", "kid", c->kid, "xms_ksl", c->storage)
                       : json_pack("{s:s}", "kid", c->kid);
}

static int fill_facts(const struct grant *g, bool id_token, int version, struct mint_facts *facts)
{
    json_t *contexts = *g->proofs && !id_token ? contexts_of(g) : NULL;
    json_t *granted = g->user ? NULL : consent_roles(g);
    json_t *confirmation = id_token ? NULL : confirmation_of(g);
    const struct claims_subject subject = {
        .directory = g->context->directory,
        .tenant = g->tenant,
        .client = g->client,
        .resource = g->resource,
        .user = g->user,
        .scope = g->scp,
        .granted = granted,
        .id_token = id_token,
        .version = version,
        .implicit = g->at_authorize,
        .profile = g->profile,
        .auth_time = g->permit.auth_time ? g->permit.auth_time : clock_now(g->context->clock),
        .tells_auth_time = g->permit.tells_auth_time,
        .second_factor = access_has_second_factor(g),
        .session = *g->permit.session_id ? g->permit.session_id : NULL,
        .ip_address = g->request->remote,
        .contexts = contexts,
        .withdrawable = !id_token && can_be_withdrawn(g),
        .confirmation = confirmation,
    };
    int status = bakery_facts(&subject, facts);
    json_decref(contexts);
    json_decref(granted);
    json_decref(confirmation);
    if (status != 0) {
        return -1;
    }
    if (g->client_acr || g->at_authorize) { /* there nobody proves to be a client */
        facts->client_acr = g->client_acr ? g->client_acr : "0";
    }
    return 0;
}

/* bake returns a token of that base, newly allocated, or NULL. Nobody reads it in a header. */
static char *bake(const struct mint_context *oven, const struct mint_facts *facts, const char *base)
{
    struct mint_token token = {0};
    char why[256];
    json_t *recipe = json_pack("{s:s, s:n}", "base", base, "wrap");
    char *text = NULL;
    if (recipe && mint_bake(recipe, oven, facts, &token, why, sizeof why) == 0) {
        text = token.token;
        token.token = NULL;
    }
    mint_token_cleanup(&token);
    json_decref(recipe);
    return text;
}

char *issue_access_token(const struct grant *g, const struct mint_context *oven)
{
    struct mint_facts facts;
    /* the resource decides the version of the access token, the endpoint that of the ID token */
    int version = g->resource->access_token_version == 1 ? 1 : 2;
    if (fill_facts(g, false, version, &facts) != 0) {
        return NULL;
    }
    facts.resource_uri = g->resource_uri;
    facts.without_profile = !g->profile && g->context->directory->profile_gates_access_tokens;
    char *text = bake(oven, &facts,
                      version == 1 ? g->user ? "delegated-v1" : "app-v1"
                      : g->user    ? "delegated-v2"
                                   : "app-v2");
    mint_facts_cleanup(&facts);
    return text;
}

/* half_hash returns base64url of the left half of SHA-256, newly allocated; NULL for NULL. */
static char *half_hash(const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!text || EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) != 1) {
        return NULL;
    }
    return mint_base64url(digest, 16);
}

char *issue_id_token(const struct grant *g, const struct mint_context *oven, const char *code,
                     const char *access_token)
{
    struct mint_facts facts;
    if (fill_facts(g, true, g->endpoint_version, &facts) != 0) {
        return NULL;
    }
    char *c_hash = half_hash(code);
    char *at_hash = half_hash(access_token);
    facts.nonce = *g->nonce ? g->nonce : NULL;
    facts.c_hash = c_hash;
    facts.at_hash = at_hash;
    facts.without_profile = !g->profile;
    facts.email = g->email && g->endpoint_version == 2 ? g->user->mail : facts.email;
    char *text = bake(oven, &facts, g->endpoint_version == 1 ? "id-v1" : "id-v2");
    mint_facts_cleanup(&facts);
    free(c_hash);
    free(at_hash);
    return text;
}

void issue_fill_permit(const struct grant *g, struct state_permit *permit)
{
    *permit = g->permit;
    (void)snprintf(permit->tenant_id, sizeof permit->tenant_id, "%s", g->tenant->id);
    (void)snprintf(permit->client_id, sizeof permit->client_id, "%s", g->client->id);
    (void)snprintf(permit->user_id, sizeof permit->user_id, "%s", g->user ? g->user->id : "");
}

int issue_refresh_token(const struct grant *g, char out[STATE_HANDLE_CAP])
{
    struct state_refresh_token token = {.expires = g->refresh_expires};
    issue_fill_permit(g, &token.permit);
    return refresh_tokens_issue(g->context->state, &token, out);
}

int issue_spa_code(const struct grant *g, char out[STATE_HANDLE_CAP])
{
    struct state_code code = {.plain = false};
    issue_fill_permit(g, &code.permit);
    code.permit.spa = true;
    return codes_issue(g->context->state, &code, out);
}

bool issue_wants_client_info(const struct grant *g)
{
    const char *wants = grant_parameter(g, "client_info");
    return g->user && wants && strcmp(wants, "1") == 0;
}

json_t *issue_client_info(const struct grant *g)
{
    char text[200];
    bool away = g->user->home_id != NULL; /* a guest's account is that of the home tenant */
    int len = snprintf(text, sizeof text, "{\"uid\":\"%s\",\"utid\":\"%s\"}",
                       away ? g->user->home_id : g->user->id,
                       away ? g->user->home_tenant_id : g->tenant->id);
    char *encoded = mint_base64url(text, (size_t)len);
    json_t *value = encoded ? json_string(encoded) : NULL;
    free(encoded);
    return value;
}
