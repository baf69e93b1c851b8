/* The credential first, so that nobody is asked for keys whom the directory does not trust; then
 * signature and time. */
#include "mockidp/grants/federated.h"

#include "mockidp/admin/journal.h"
#include "mockidp/config/config.h"
#include "mockidp/grants/assertion.h"
#include "mockidp/grants/federation_fetch.h"
#include "mockidp/grants/own_token.h"
#include "mockidp/grants/validity.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* What a credential of Entra has when it names no audience. */
#define EXCHANGE_AUDIENCE "api://AzureADTokenExchange"

/* struct presented is what the assertion says of itself. */
struct presented {
    char issuer[ASSERTION_TEXT_CAP];
    char subject[ASSERTION_TEXT_CAP];
    char audience[ASSERTION_TEXT_CAP]; /* the first one, for the refusal */
};

bool federated_is(const struct assertion *a)
{
    char issuer[ASSERTION_TEXT_CAP];
    return assertion_text(assertion_claim(a, "iss"), issuer) && strstr(issuer, "://") != NULL;
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool accepts(const json_t *credential, const char *audience)
{
    const json_t *audiences = json_object_get(credential, "audiences");
    return audiences ? directory_lists(audiences, audience)
                     : strcmp(audience, EXCHANGE_AUDIENCE) == 0;
}

static bool audience_fits(const json_t *credential, const struct assertion *a)
{
    const struct jose_json_value *aud = assertion_claim(a, "aud");
    struct jose_json_value item;
    char audience[ASSERTION_TEXT_CAP];
    size_t offset = 0;
    if (!aud || aud->type != JOSE_JSON_ARRAY) {
        return assertion_text(aud, audience) && accepts(credential, audience);
    }
    while (jose_json_array_next(aud, &offset, &item)) {
        if (assertion_text(&item, audience) && accepts(credential, audience)) {
            return true;
        }
    }
    return false;
}

static void read_presented(const struct assertion *a, struct presented *out)
{
    const struct jose_json_value *aud = assertion_claim(a, "aud");
    struct jose_json_value item;
    size_t offset = 0;
    (void)assertion_text(assertion_claim(a, "iss"), out->issuer);
    (void)assertion_text(assertion_claim(a, "sub"), out->subject);
    if (aud && aud->type == JOSE_JSON_ARRAY && jose_json_array_next(aud, &offset, &item)) {
        aud = &item;
    }
    (void)assertion_text(aud, out->audience);
}

/* find_credential returns the one whose three values are presented; NULL with the refusal that
 * names the first of them that no credential has. */
static const json_t *find_credential(struct grant *g, const struct assertion *a)
{
    struct presented p;
    const json_t *item = NULL;
    size_t i = 0;
    int number = 700211;
    read_presented(a, &p);
    json_array_foreach(g->client->federated, i, item)
    {
        if (strcmp(text(item, "issuer"), p.issuer) != 0) {
            continue;
        }
        if (strcmp(text(item, "subject"), p.subject) != 0) {
            number = number == 700211 ? 700213 : number;
        } else if (!audience_fits(item, a)) {
            number = 700212;
        } else {
            return item;
        }
    }
    (void)oauth_refuse(&g->refusal, number,
                       number == 700211   ? p.issuer
                       : number == 700213 ? p.subject
                                          : p.audience,
                       NULL);
    return NULL;
}

/* The mock may be the issuer itself, and must not wait for its own answer. */
static int check_own(struct grant *g, const struct directory_tenant *issuer,
                     const struct assertion *a)
{
    const char *fault = own_token_fault(g->context, issuer, a);
    return fault ? oauth_refuse(&g->refusal, 700027,
                                "Client assertion contains an invalid signature.", fault)
                 : 0;
}

static int check_with(struct grant *g, const struct jose_jwks *keys, const char *issuer,
                      const struct assertion *a)
{
    char kid[ASSERTION_TEXT_CAP] = "";
    const struct jose_json_value *named = assertion_field(a, "kid");
    const struct jose_jwk *key = named ? jose_jwks_find(keys, named) : NULL;
    (void)assertion_text(named, kid);
    if (!key) {
        return oauth_refuse(&g->refusal, 7000272, kid, issuer);
    }
    for (; key; key = jose_jwks_next(keys, key)) {
        if (assertion_is_signed_by(a, key->key)) {
            return 0;
        }
    }
    return oauth_refuse(&g->refusal, 700027, "Client assertion contains an invalid signature.",
                        "The key was found, but use of the key to verify the signature failed.");
}

static int check_foreign(struct grant *g, const json_t *credential, const struct assertion *a)
{
    char path[PATH_MAX];
    char why[300] = "";
    struct jose_jwks keys = {NULL, 0};
    const char *issuer = text(credential, "issuer");
    const char *ca = text(credential, "ca");
    bool found = !ca || config_path(g->context->directory, ca, path, sizeof path);
    if (!found || federation_fetch(issuer, ca ? path : NULL, &keys, why, sizeof why) != 0) {
        journal_note_detail(g->context->journal, why);
        return oauth_refuse(&g->refusal, 50166, NULL, NULL);
    }
    int status = check_with(g, &keys, issuer, a);
    jose_jwks_cleanup(&keys);
    return status;
}

int federated_check(struct grant *g, const struct assertion *a)
{
    const json_t *credential = find_credential(g, a);
    if (!credential) {
        return -1;
    }
    if (!jose_json_is(&a->header.alg, jose_span_of("RS256"))) {
        return oauth_refuse(&g->refusal, 50027, "The algorithm is not RS256.", NULL);
    }
    const struct directory_tenant *own = own_token_tenant(g->context, text(credential, "issuer"));
    int status = own ? check_own(g, own, a) : check_foreign(g, credential, a);
    return status == 0 ? validity_check(g, a) : -1;
}
