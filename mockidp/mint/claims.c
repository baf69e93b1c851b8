/* What all tokens have in common (Entra "Access token claims reference", "ID token claims
 * reference"). */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/oven.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* iat and nbf lie five minutes back: captured tokens have exp - iat = lifetime + 300. */
#define BACKDATED_S 300
#define GROUPS_MAX 200

int mint_set_text(json_t *object, const char *name, const char *text)
{
    return text ? json_object_set_new(object, name, json_string(text)) : 0;
}

int mint_set_times(const struct mint_oven *oven, json_t *object, int64_t lifetime_s)
{
    int64_t now = oven->context->now;
    return json_object_set_new(object, "iat", json_integer(now - BACKDATED_S)) ||
           json_object_set_new(object, "nbf", json_integer(now - BACKDATED_S)) ||
           json_object_set_new(object, "exp", json_integer(now + lifetime_s));
}

int mint_set_random(const struct mint_oven *oven, json_t *object, const char *name,
                    const char *prefix, size_t bytes)
{
    unsigned char random[64];
    char text[128];
    rng_bytes(oven->context->rng, random, bytes);
    char *encoded = mint_base64url(random, bytes);
    snprintf(text, sizeof text, "%s%s", prefix, encoded ? encoded : "");
    free(encoded);
    return json_object_set_new(object, name, json_string(text));
}

char *mint_pairwise(const struct mint_oven *oven, const char *audience)
{
    char text[512];
    unsigned char digest[EVP_MAX_MD_SIZE];
    int len = snprintf(text, sizeof text, "pairwise:%s:%s", oven->facts.user_oid, audience);
    if (EVP_Digest(text, (size_t)len, digest, NULL, EVP_sha256(), NULL) != 1) {
        return NULL;
    }
    return mint_base64url(digest, 32);
}

int mint_set_groups(const struct mint_oven *oven, json_t *object)
{
    const struct mint_facts *f = &oven->facts;
    char endpoint[256];
    if (f->group_count == 0) {
        return 0;
    }
    if (f->group_count <= GROUPS_MAX) {
        return json_object_set_new(object, "groups", json_deep_copy(f->groups));
    }
    /* the old Graph host is what Entra still writes */
    snprintf(endpoint, sizeof endpoint, "https://graph.windows.net/%s/users/%s/getMemberObjects",
             f->tenant_id, f->user_oid);
    return json_object_set_new(object, "_claim_names", json_pack("{s:s}", "groups", "src1")) ||
           json_object_set_new(object, "_claim_sources",
                               json_pack("{s:{s:s}}", "src1", "endpoint", endpoint));
}

static const char *audience_of(const struct mint_oven *oven, int version)
{
    const struct mint_facts *f = &oven->facts;
    return version == 1 && f->resource_uri ? f->resource_uri : f->resource_id;
}

static int make_header(struct mint_oven *oven, int version)
{
    /* the signing plan fills alg and kid in; here is their order */
    oven->header = version == 1 ? json_pack("{s:s, s:s, s:s, s:s}", "typ", "JWT", "alg", "", "x5t",
                                            "", "kid", "")
                                : json_pack("{s:s, s:s, s:s}", "typ", "JWT", "alg", "", "kid", "");
    return oven->header && oven->claims ? 0 : mint_fault(oven, "/base", "out of memory");
}

int mint_base_claims(struct mint_oven *oven, const char *base)
{
    static const struct {
        const char *name;
        int version;
        bool user;
        bool id;
    } bases[] = {
        {"delegated-v2", 2, true, false}, {"delegated-v1", 1, true, false},
        {"app-v2", 2, false, false},      {"app-v1", 1, false, false},
        {"id-v2", 2, true, true},         {"id-v1", 1, true, true},
    };
    if (strcmp(base, "empty") == 0) {
        oven->claims = json_object();
        return make_header(oven, 2);
    }
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (strcmp(base, bases[i].name) != 0) {
            continue;
        }
        struct mint_facts *f = &oven->facts;
        if (!f->tenant_id || !f->client_id || (bases[i].user && !f->user_oid) ||
            (!bases[i].id && !audience_of(oven, 2))) {
            return mint_fault(oven, "/for", "%s needs tenant, client%s%s", base,
                              bases[i].user ? ", user" : "", bases[i].id ? "" : ", resource");
        }
        f->user_oid = bases[i].user ? f->user_oid : NULL;
        oven->claims = bases[i].id             ? mint_id_token(oven, bases[i].version)
                       : bases[i].version == 1 ? mint_access_v1(oven)
                                               : mint_access_v2(oven);
        return make_header(oven, bases[i].version);
    }
    return mint_fault(oven, "/base",
                      "'%s' is none of delegated-v2 delegated-v1 app-v2 app-v1 id-v2 id-v1 empty",
                      base);
}
