/* The rules in their order: the account, the assignment, the policies, the challenge. */
#include "mockidp/grants/access.h"

#include "mockidp/grants/claims_request.h"
#include "mockidp/grants/consent.h"
#include "mockidp/platform/words.h"

#include <stdio.h>
#include <string.h>

/* What a claims challenge asks the client to send on ("Claims challenges, claims requests"). */
static const char policy_claims[] = "{\"access_token\":{\"polids\":{\"essential\":true,\"values\":["
                                    "\"c0ffee00-0000-4000-8000-00000000fa02\"]}}}";

/* The proof that a second factor is; all others are authentication contexts. */
#define SECOND_FACTOR "mfa"
/* What a user's "error" says who needs one always. */
enum { NEEDS_SECOND_FACTOR = 50076 };

bool access_is_interaction(int number)
{
    return number == 50072 || number == 50074 || number == 50076 || number == 50079 ||
           number == 50158;
}

const char *access_claims_of(int number)
{
    return access_is_interaction(number) || number == 53003 ? policy_claims : NULL;
}

static const char *name_of_grant(const struct grant *g)
{
    const char *type = grant_type(g);
    return g->at_authorize || !type ? "authorize" : type;
}

static bool is_device_code(const char *type)
{
    return strcmp(type, "device_code") == 0 ||
           strcmp(type, "urn:ietf:params:oauth:grant-type:device_code") == 0;
}

static int refuse(struct grant *g, int number)
{
    const char *resource = g->resource ? g->resource->id : NULL;
    if (number == 50105) {
        return oauth_refuse_three(&g->refusal, number, g->client->id, g->client->name,
                                  g->user->upn);
    }
    (void)oauth_refuse(&g->refusal, number, number == 50034 ? g->user->upn : resource,
                       g->tenant->name);
    g->refusal.claims = access_claims_of(number);
    if (access_is_interaction(number) && g->endpoint_version == 1) {
        g->refusal.error = "interaction_required";
    }
    return -1;
}

/* ---- assignment ("Manage users and groups assignment to an application") ---- */

static bool wants_assignment(const struct directory_app *app)
{
    return json_is_true(json_object_get(app->json, "assignment_required"));
}

static int check_assignment(struct grant *g)
{
    const struct directory_app *apps[] = {g->client, g->resource ? g->resource : g->client};
    for (size_t i = 0; i < 2; i++) {
        const struct directory_app *app = apps[i];
        if (wants_assignment(app) && !json_object_get(g->user->roles, app->alias) &&
            !directory_lists(json_object_get(app->json, "assigned"), g->user->alias)) {
            return refuse(g, 50105);
        }
    }
    return 0;
}

int access_check_app(struct grant *g)
{
    json_t *more = wants_assignment(g->resource) ? consent_roles(g) : NULL;
    bool may = !wants_assignment(g->resource) || json_array_size(more) > 0 ||
               json_array_size(json_object_get(g->client->granted, g->resource->alias)) > 0;
    json_decref(more);
    return may ? 0
               : oauth_refuse_three(&g->refusal, 501051, g->client->id, g->client->name,
                                    g->resource->id);
}

/* ---- conditional access ---- */

/* covers: a policy without such a list is for all. */
static bool covers(const json_t *policy, const char *list, const char *word)
{
    const json_t *words = json_object_get(policy, list);
    return !words || directory_lists(words, word);
}

/* The grant of devices has two names, and a policy for one is for both. */
static bool covers_grant(const json_t *policy, const char *type)
{
    const json_t *name = NULL;
    size_t i = 0;
    bool covered = covers(policy, "grants", type);
    json_array_foreach(json_object_get(policy, "grants"), i, name)
    {
        covered = covered || (is_device_code(type) && is_device_code(json_string_value(name)));
    }
    return covered;
}

/* demand asks for a proof: a second factor, or an authentication context, which the challenge
 * names. */
static int demand(struct grant *g, const char *proof)
{
    bool second_factor = strcmp(proof, SECOND_FACTOR) == 0;
    if (words_have(g->proofs, proof)) {
        return 0;
    }
    if (second_factor && g->can_ask) {
        g->second_factor_due = true;
        return 0;
    }
    if (!second_factor && g->interactive) {
        return words_join(g->proofs, sizeof g->proofs, proof) ? 0 : refuse(g, 53003);
    }
    g->needs_step_up = true;
    (void)refuse(g, NEEDS_SECOND_FACTOR);
    if (!second_factor) {
        (void)snprintf(g->challenge, sizeof g->challenge,
                       "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"%s\"}}}",
                       proof);
        g->refusal.claims = g->challenge;
    }
    return -1;
}

static int check_policies(struct grant *g)
{
    const json_t *policy = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(g->tenant->json, "conditional_access"), i, policy)
    {
        const char *proof = json_string_value(json_object_get(policy, "require"));
        int number = (int)json_integer_value(json_object_get(policy, "error"));
        if (!covers(policy, "users", g->user->alias) ||
            !covers(policy, "clients", g->client->alias) ||
            !covers_grant(policy, name_of_grant(g)) ||
            !covers(policy, "resources", g->resource ? g->resource->alias : "")) {
            continue;
        }
        if (number ? refuse(g, number) : demand(g, proof)) {
            return -1;
        }
    }
    return 0;
}

/* ---- the challenge of a resource, which comes back in `claims` ---- */

static int check_challenge(struct grant *g)
{
    struct claims_request wanted;
    char word[CLAIMS_CONTEXTS_CAP];
    claims_request_read(grant_parameter(g, "claims"), &wanted);
    if (wanted.second_factor && g->can_ask) {
        (void)demand(g, SECOND_FACTOR);
    }
    for (const char *at = wanted.contexts; words_next(&at, word, sizeof word);) {
        if (demand(g, word) != 0) {
            return -1;
        }
    }
    return 0;
}

int access_check(struct grant *g)
{
    char proofs[STATE_ASKED_CAP] = "";
    if (!g->interactive && *g->permit.session_id) {
        notes_read(g->context->state, NOTES_PROOFS, g->permit.session_id, proofs);
        (void)words_join(g->proofs, sizeof g->proofs, proofs);
    }
    g->needs_step_up = false;
    g->second_factor_due = false;
    if (g->user->error && g->user->error != NEEDS_SECOND_FACTOR) {
        return refuse(g, g->user->error);
    }
    if (g->user->error && demand(g, SECOND_FACTOR) != 0) {
        return -1;
    }
    return check_assignment(g) == 0 && check_policies(g) == 0 ? check_challenge(g) : -1;
}

void access_give_second_factor(struct grant *g, const char *session_id)
{
    (void)words_join(g->proofs, sizeof g->proofs, SECOND_FACTOR);
    g->second_factor_due = false;
    if (*session_id) {
        (void)notes_add(g->context->state, NOTES_PROOFS, session_id, SECOND_FACTOR);
    }
}

bool access_has_second_factor(const struct grant *g)
{
    return words_have(g->proofs, SECOND_FACTOR);
}
