/*
 * One request through the validator. The order of the steps is contract: it decides which error
 * wins when several apply, and that nothing a token says is believed before its signature was
 * verified.
 */
#include "validator/core/result.h"
#include "validator/core/validator.h"
#include "validator/jose/b64url.h"
#include "validator/jose/compact.h"
#include "validator/keys/choose.h"
#include "validator/policy/alg.h"
#include "validator/policy/audience.h"
#include "validator/policy/authz.h"
#include "validator/policy/bearer.h"
#include "validator/policy/issuer.h"
#include "validator/policy/lifetime.h"

#include <string.h>
#include <time.h>

/* Seconds that a client should wait before it asks again while keys are being fetched. */
#define RETRY_AFTER_S 1

static enum btv_error decode_header(struct btv_result *r, struct jose_span part)
{
    size_t len = 0;
    size_t kid_len = 0;
    if (!jose_b64url_decode(part, r->header_json, sizeof r->header_json, &len)) {
        return BTV_HEADER_MALFORMED;
    }
    enum btv_error e = jose_header_parse(jose_span((const char *)r->header_json, len), &r->header);
    if (e == BTV_OK && r->header.has_kid &&
        !jose_json_copy(&r->header.kid, r->kid, sizeof r->kid, &kid_len)) {
        r->kid[0] = '\0';
    }
    return e;
}

static enum btv_error decode_payload(struct btv_result *r, struct jose_span part)
{
    size_t len = 0;
    if (btv_result_reserve(r, JOSE_B64URL_CAP(part.len)) != 0) {
        return BTV_OUT_OF_MEMORY;
    }
    if (!jose_b64url_decode(part, r->payload_json, r->payload_cap - 1, &len)) {
        return BTV_CLAIMS_MALFORMED;
    }
    r->payload_json[len] = '\0';
    return jose_claims_parse(jose_span((const char *)r->payload_json, len), &r->claims);
}

struct proof {
    const struct jose_alg *alg;
    const struct jose_jwks *jwks;
    const struct jose_jwk *key; /* the first of its kid */
};

/* One key of the kid that the header names: did it sign, and is the token of its owner? The payload
 * is read once, and not before a signature was right. */
static enum btv_error prove_by(const struct btv_validator *v, const struct proof *proof,
                               const struct jose_jwk *key, const struct jose_compact *parts,
                               const EVP_PKEY **signer, struct btv_result *r)
{
    enum btv_error e = BTV_UNDECIDED;
    if (key->key != *signer && (e = jose_verify(r->verifier, proof->alg, key, parts->signing_input,
                                                parts->signature)) != BTV_OK) {
        return e;
    }
    if (!*signer && (e = decode_payload(r, parts->payload)) != BTV_OK) {
        return e;
    }
    *signer = key->key;
    r->authority = &v->policy.authorities[key->document];
    return btv_check_issuer(&v->policy, r->authority, key->issuer, &r->claims, &r->detail);
}

/*
 * A kid names one key, or one of each of several issuers; then each is tried, and the key that
 * signed says whose the token must be. Of several refusals the one that got furthest is told: the
 * table of errors is in the order of the steps.
 */
static enum btv_error prove(const struct btv_validator *v, const struct proof *proof,
                            const struct jose_compact *parts, struct btv_result *r)
{
    const EVP_PKEY *signer = NULL;
    enum btv_error furthest = BTV_UNDECIDED;
    struct btv_detail detail = {""};
    for (const struct jose_jwk *key = proof->key; key; key = jose_jwks_next(proof->jwks, key)) {
        r->detail.text[0] = '\0';
        enum btv_error e = prove_by(v, proof, key, parts, &signer, r);
        if (e == BTV_OK || e == BTV_CLAIMS_MALFORMED || e == BTV_OUT_OF_MEMORY) {
            return e;
        }
        if (e > furthest) {
            furthest = e;
            detail = r->detail;
        }
    }
    r->detail = detail;
    return furthest;
}

static void note_tenant(struct btv_result *r)
{
    size_t len = 0;
    if (!r->claims.tid || !jose_json_copy(r->claims.tid, r->tenant, sizeof r->tenant, &len)) {
        r->tenant[0] = '\0';
    }
}

static enum btv_error check_claims(const struct btv_validator *v, int64_t now, struct btv_result *r)
{
    const struct btv_policy *p = &v->policy;
    const struct btv_need need = {&p->scopes, &p->roles, &p->clients, p->all, p->acrs};
    enum btv_token_version version = r->authority->version;
    enum btv_error e = BTV_UNDECIDED;
    if ((e = btv_check_audience(version == BTV_TOKEN_V2 ? &p->audience_v2 : &p->audience_v1,
                                &r->claims, &r->detail)) != BTV_OK ||
        (e = btv_check_lifetime(&r->claims, now, p->skew_s)) != BTV_OK) {
        return e;
    }
    return btv_check_authz(&need, version, &r->claims, &r->detail);
}

static enum btv_error decide(struct btv_validator *v, struct jose_span token, struct btv_result *r)
{
    struct jose_compact parts;
    struct proof proof = {0};
    struct btv_keyset *set = NULL;
    int64_t now = v->clock(v->clock_ctx);
    const struct btv_chooser chooser = {v->keystore, v->refresher, now, v->key_wait_ms};
    enum btv_error e = BTV_UNDECIDED;
    if ((e = jose_compact_split(token, v->policy.max_token_bytes, &parts)) != BTV_OK ||
        (e = decode_header(r, parts.header)) != BTV_OK ||
        (e = btv_check_alg(&v->policy, &r->header, &proof.alg, &r->detail)) != BTV_OK ||
        (e = btv_check_typ(&r->header)) != BTV_OK ||
        (e = btv_choose_key(&chooser, &r->header, &set, &proof.key)) != BTV_OK) {
        goto out;
    }
    proof.jwks = &set->jwks;
    if ((e = prove(v, &proof, &parts, r)) != BTV_OK) {
        goto out;
    }
    note_tenant(r);
    e = check_claims(v, now, r);
out:
    btv_keystore_release(v->keystore, set);
    return e;
}

static int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum btv_error conclude(struct btv_validator *v, struct btv_result *r, enum btv_error e,
                               int64_t began_us)
{
    r->policy = &v->policy;
    btv_result_conclude(r, e, &v->policy.scopes, v->policy.acrs);
    /* what grants nothing satisfies no route: btv_authorize refuses it again, and names its needs
     */
    r->validated = r->validated || (e == BTV_SCOPE_MISSING && v->policy.scopes.count == 0 &&
                                    v->policy.roles.count == 0);
    r->retry_after_s = e == BTV_KEYS_UNAVAILABLE ? RETRY_AFTER_S : 0;
    __atomic_add_fetch(&v->verdicts[e], 1, __ATOMIC_RELAXED);
    if (v->event) {
        struct btv_event event = {.kind = BTV_EVENT_VALIDATION,
                                  .error = e,
                                  .kid = r->kid[0] ? r->kid : NULL,
                                  .tenant = r->tenant[0] ? r->tenant : v->policy.tenant_id,
                                  .detail = r->detail.text[0] ? r->detail.text : NULL,
                                  .latency_us = monotonic_us() - began_us};
        v->event(v->event_ctx, &event);
    }
    return e;
}

enum btv_error btv_validate_token(struct btv_validator *v, const char *token, size_t len,
                                  struct btv_result *r)
{
    int64_t began_us = v->event ? monotonic_us() : 0;
    btv_result_reset(r);
    return conclude(v, r, decide(v, jose_span(token, len), r), began_us);
}

enum btv_error btv_validate(struct btv_validator *v, const char *authorization, size_t len,
                            struct btv_result *r)
{
    int64_t began_us = v->event ? monotonic_us() : 0;
    struct jose_span token;
    btv_result_reset(r);
    enum btv_error e = btv_bearer_token(jose_span(authorization, authorization ? len : 0), &token);
    return conclude(v, r, e == BTV_OK ? decide(v, token, r) : e, began_us);
}

enum btv_error btv_authorize(const struct btv_requirement *need, struct btv_result *r)
{
    struct btv_words scopes = {0};
    struct btv_words roles = {0};
    struct btv_words clients = {0};
    enum btv_error e = BTV_OUT_OF_MEMORY;
    if (!r->validated) {
        return r->error == BTV_OK ? BTV_UNDECIDED : r->error;
    }
    const char *acrs = need->acrs && need->acrs[0] ? need->acrs : NULL;
    if (btv_words_init(&scopes, need->scopes) == 0 && btv_words_init(&roles, need->roles) == 0 &&
        btv_words_init(&clients, need->clients) == 0) {
        const struct btv_need compiled = {&scopes, &roles, &clients, need->all, acrs};
        e = btv_check_authz(&compiled, r->authority->version, &r->claims, &r->detail);
    }
    btv_result_conclude(r, e, &scopes, acrs);
    r->validated = true; /* another route may still take it */
    btv_words_cleanup(&scopes);
    btv_words_cleanup(&roles);
    btv_words_cleanup(&clients);
    return e;
}
