/* A failed, empty, truncated or wrong answer is a failure as a whole: half an update is how outages
 * begin. */
#include "validator/keys/source.h"

#include "validator/keys/discovery.h"
#include "validator/keys/origin.h"
#include "validator/keys/schedule.h"
#include "validator/policy/issuer.h"

#include <stdio.h>
#include <stdlib.h>

struct skip_listener {
    const struct btv_source *source;
};

static void on_skip(void *ctx, size_t index, const char *kid, enum jose_jwk_skip why)
{
    const struct skip_listener *l = ctx;
    char detail[160];
    if (!l->source->event) {
        return;
    }
    snprintf(detail, sizeof detail, "/keys/%zu: %s", index, jose_jwk_skip_reason(why));
    struct btv_event event = {.kind = BTV_EVENT_KEY_SKIPPED,
                              .error = BTV_KEY_UNSUITABLE,
                              .kid = kid[0] ? kid : NULL,
                              .detail = detail};
    l->source->event(l->source->event_ctx, &event);
}

/* One GET that must answer 200 (or 304 when it was conditional). The body is the caller's. */
static int get(const struct btv_source *s, const char *url, const char *etag,
               struct btv_fetch_response *response, char *why, size_t cap)
{
    struct btv_fetch_request request = {.url = url,
                                        .etag = etag,
                                        .max_body = BTV_BODY_MAX,
                                        .timeout_ms = s->timeout_ms,
                                        .cancel = s->cancel};
    memset(response, 0, sizeof *response);
    response->max_age_s = -1;
    response->retry_after_s = -1;
    if (s->fetch(s->fetch_ctx, &request, response, why, cap) != 0) {
        return -1;
    }
    if (response->status == 200 || (response->status == 304 && etag && etag[0])) {
        return 0;
    }
    snprintf(why, cap, "%s: HTTP status %d", url, response->status);
    free(response->body);
    response->body = NULL;
    return -1;
}

/* One tenant's document may carry the template (Entra's do in some clouds); of many it must. */
static bool is_issuer_of(const struct btv_source *s, const struct btv_authority *a,
                         const char *issuer)
{
    return btv_issuer_matches(issuer, a->kind == BTV_ONE_TENANT ? s->tenant_id : NULL, a->issuer);
}

static int get_metadata(const struct btv_source *s, const struct btv_authority *a,
                        struct btv_discovery *metadata, struct btv_fetched *out, char *why,
                        size_t cap)
{
    struct btv_fetch_response response;
    if (get(s, a->metadata_url, NULL, &response, why, cap) != 0) {
        out->retry_after_s = response.retry_after_s;
        return -1;
    }
    const char *fault = btv_discovery_parse(jose_span(response.body, response.body_len), metadata);
    free(response.body);
    if (fault) {
        snprintf(why, cap, "%s: %s", a->metadata_url, fault);
        return -1;
    }
    if (!btv_url_may_lead_to(a->metadata_url, metadata->jwks_uri)) {
        snprintf(why, cap, "%s: its jwks_uri leads from https to http", a->metadata_url);
        return -1;
    }
    if (!is_issuer_of(s, a, metadata->issuer)) {
        snprintf(why, cap, "%s: the metadata's issuer is %.200s, configured is %s", a->metadata_url,
                 metadata->issuer, a->issuer);
        return -1;
    }
    return 0;
}

/* A set in which no key goes with an algorithm that is allowed would lock everybody out. */
static bool has_use(const struct jose_jwks *jwks, unsigned algorithms)
{
    for (size_t i = 0; i < jwks->count; i++) {
        for (unsigned id = 0; id < JOSE_ALG_COUNT; id++) {
            if ((algorithms & 1U << id) &&
                jose_jwk_fits(&jwks->keys[i], jose_alg_get((enum jose_alg_id)id))) {
                return true;
            }
        }
    }
    return false;
}

/* Keys of another national cloud (Microsoft.IdentityModel: IDX40012). */
static void drop_other_clouds(const struct skip_listener *l, struct jose_jwks *jwks,
                              const char *cloud)
{
    size_t kept = 0;
    for (size_t i = 0; i < jwks->count; i++) {
        struct jose_jwk *key = &jwks->keys[i];
        if (cloud[0] && key->cloud[0] && strcmp(key->cloud, cloud) != 0) {
            on_skip((void *)(uintptr_t)l, i, key->kid, JOSE_JWK_CLOUD);
            jose_jwk_cleanup(key);
        } else {
            jwks->keys[kept++] = *key;
        }
    }
    jwks->count = kept;
}

static int parse_keys(const struct btv_source *s, const char *where, const char *cloud,
                      struct jose_span body, struct jose_jwks *jwks, char *why, size_t cap)
{
    struct skip_listener listener = {s};
    if (jose_jwks_parse(body, jwks, on_skip, &listener) != 0) {
        snprintf(why, cap, "%s: not a JWK Set of at most %d keys", where, JOSE_JWKS_KEYS);
        return -1;
    }
    drop_other_clouds(&listener, jwks, cloud);
    if (!has_use(jwks, s->algorithms)) {
        jose_jwks_cleanup(jwks);
        snprintf(why, cap, "%s: no key of the set can be used", where);
        return -1;
    }
    return 0;
}

static int read_file(const struct btv_source *s, struct jose_jwks *jwks, char *why, size_t cap)
{
    int status = -1;
    char *body = malloc(BTV_BODY_MAX + 1);
    FILE *file = body ? fopen(s->jwks_file, "rb") : NULL;
    size_t len = file ? fread(body, 1, BTV_BODY_MAX + 1, file) : 0;
    if (!file || ferror(file) || len > BTV_BODY_MAX) {
        snprintf(why, cap, "%s: cannot be read, or is larger than 1 MiB", s->jwks_file);
    } else {
        status = parse_keys(s, s->jwks_file, "", jose_span(body, len), jwks, why, cap);
    }
    if (file) {
        fclose(file);
    }
    free(body);
    return status;
}

/* With one authority the set is asked for only if it changed: of several a set that did not would
 * have to be put together from the one in force. */
static bool may_ask_for_change(const struct btv_source *s, const char *url)
{
    return s->authority_count == 1 && strcmp(url, s->etag_url) == 0;
}

/* Gets the key set of authority number `i`. */
static int get_keys(struct btv_source *s, size_t i, int64_t now, struct btv_fetched *out,
                    struct jose_jwks *jwks, char *why, size_t cap)
{
    const struct btv_authority *a = &s->authorities[i];
    struct btv_discovery metadata;
    struct btv_fetch_response response;
    out->requests++;
    if (get_metadata(s, a, &metadata, out, why, cap) != 0) {
        return -1;
    }
    const char *etag = may_ask_for_change(s, metadata.jwks_uri) ? s->etag : NULL;
    out->requests++;
    if (get(s, metadata.jwks_uri, etag, &response, why, cap) != 0) {
        out->retry_after_s = response.retry_after_s;
        return -1;
    }
    int status = 0;
    if (out->max_age_s < 0 || (response.max_age_s >= 0 && response.max_age_s < out->max_age_s)) {
        out->max_age_s = response.max_age_s;
    }
    out->unchanged = response.status == 304;
    out->date_s[i] = response.date_s;
    if (!out->unchanged && btv_schedule_is_older(response.date_s, s->date_s[i], now)) {
        snprintf(why, cap, "%s: the answer is older than the keys in force", metadata.jwks_uri);
        status = -1;
    } else if (!out->unchanged) {
        status = parse_keys(s, metadata.jwks_uri, metadata.cloud,
                            jose_span(response.body, response.body_len), jwks, why, cap);
    }
    if (status == 0 && !out->unchanged) {
        snprintf(s->etag, sizeof s->etag, "%s", response.etag);
        snprintf(s->etag_url, sizeof s->etag_url, "%s", metadata.jwks_uri);
    }
    free(response.body);
    return status;
}

/* The key of the set that has the kid and the numbers of `key`, or NULL. */
static const struct jose_jwk *twin_of(const struct jose_jwks *jwks, const struct jose_jwk *key)
{
    for (size_t i = 0; i < jwks->count; i++) {
        const struct jose_jwk *k = &jwks->keys[i];
        if (k->kid_len == key->kid_len && memcmp(k->kid, key->kid, k->kid_len) == 0 &&
            EVP_PKEY_eq(k->key, key->key) == 1) {
            return k;
        }
    }
    return NULL;
}

/*
 * Moves the keys of authority number `document` into `all`. Documents of v1 do not say whose a key
 * is; those of v2 do, and the same key is nobody else's there. Twins share their numbers, so that
 * one verification does for both.
 */
static int merge(struct jose_jwks *all, struct jose_jwks *more, size_t document)
{
    struct jose_jwk *keys = realloc(all->keys, (all->count + more->count) * sizeof *keys);
    if (!keys) {
        return -1;
    }
    all->keys = keys;
    size_t known = all->count;
    for (size_t i = 0; i < more->count; i++) {
        const struct jose_jwks before = {keys, known};
        const struct jose_jwk *twin = twin_of(&before, &more->keys[i]);
        struct jose_jwk *key = &keys[all->count++];
        *key = more->keys[i];
        key->document = (unsigned)document;
        if (twin && EVP_PKEY_up_ref(twin->key) == 1) {
            EVP_PKEY_free(key->key);
            key->key = twin->key;
            if (!key->issuer[0]) {
                memcpy(key->issuer, twin->issuer, sizeof key->issuer);
            }
        }
    }
    free(more->keys);
    *more = (struct jose_jwks){0};
    return 0;
}

int btv_source_fetch(struct btv_source *s, struct btv_fetched *out, int64_t now, char *why,
                     size_t cap)
{
    int status = 0;
    memset(out, 0, sizeof *out);
    out->max_age_s = -1;
    out->retry_after_s = -1;
    for (size_t i = 0; status == 0 && i < s->authority_count; i++) {
        struct jose_jwks jwks = {0};
        status = s->jwks_file ? read_file(s, &jwks, why, cap)
                              : get_keys(s, i, now, out, &jwks, why, cap);
        if (status == 0 && !out->unchanged && merge(&out->jwks, &jwks, i) != 0) {
            snprintf(why, cap, "out of memory");
            status = -1;
        }
        jose_jwks_cleanup(&jwks);
    }
    if (status != 0) {
        jose_jwks_cleanup(&out->jwks);
    } else if (!out->unchanged) {
        memcpy(s->date_s, out->date_s, sizeof s->date_s);
    }
    return status;
}
