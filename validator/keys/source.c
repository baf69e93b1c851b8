/* A failed, empty, truncated or wrong answer is a failure as a whole: half an update is how outages
 * begin. */
#include "validator/keys/source.h"

#include "validator/keys/discovery.h"
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

static int get_metadata(const struct btv_source *s, struct btv_discovery *metadata, char *why,
                        size_t cap)
{
    struct btv_fetch_response response;
    if (get(s, s->metadata_url, NULL, &response, why, cap) != 0) {
        return -1;
    }
    const char *fault = btv_discovery_parse(jose_span(response.body, response.body_len), metadata);
    free(response.body);
    if (fault) {
        snprintf(why, cap, "%s: %s", s->metadata_url, fault);
        return -1;
    }
    if (!btv_issuer_matches(metadata->issuer, s->tenant_id, s->issuer)) {
        snprintf(why, cap, "%s: the metadata's issuer is %.200s, configured is %s", s->metadata_url,
                 metadata->issuer, s->issuer);
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

static int parse_keys(const struct btv_source *s, const char *where, struct jose_span body,
                      struct btv_fetched *out, char *why, size_t cap)
{
    struct skip_listener listener = {s};
    if (jose_jwks_parse(body, &out->jwks, on_skip, &listener) != 0) {
        snprintf(why, cap, "%s: not a JWK Set of at most %d keys", where, JOSE_JWKS_KEYS);
        return -1;
    }
    if (!has_use(&out->jwks, s->algorithms)) {
        jose_jwks_cleanup(&out->jwks);
        snprintf(why, cap, "%s: no key of the set can be used", where);
        return -1;
    }
    return 0;
}

static int read_file(const struct btv_source *s, struct btv_fetched *out, char *why, size_t cap)
{
    int status = -1;
    char *body = malloc(BTV_BODY_MAX + 1);
    FILE *file = body ? fopen(s->jwks_file, "rb") : NULL;
    size_t len = file ? fread(body, 1, BTV_BODY_MAX + 1, file) : 0;
    if (!file || ferror(file) || len > BTV_BODY_MAX) {
        snprintf(why, cap, "%s: cannot be read, or is larger than 1 MiB", s->jwks_file);
    } else {
        status = parse_keys(s, s->jwks_file, jose_span(body, len), out, why, cap);
    }
    if (file) {
        fclose(file);
    }
    free(body);
    return status;
}

int btv_source_fetch(struct btv_source *s, struct btv_fetched *out, char *why, size_t cap)
{
    struct btv_discovery metadata;
    struct btv_fetch_response response;
    memset(out, 0, sizeof *out);
    out->max_age_s = -1;
    if (s->jwks_file) {
        return read_file(s, out, why, cap);
    }
    out->requests++;
    if (get_metadata(s, &metadata, why, cap) != 0) {
        return -1;
    }
    bool same_url = strcmp(metadata.jwks_uri, s->etag_url) == 0;
    out->requests++;
    if (get(s, metadata.jwks_uri, same_url ? s->etag : NULL, &response, why, cap) != 0) {
        return -1;
    }
    int status = 0;
    out->max_age_s = response.max_age_s;
    out->unchanged = response.status == 304;
    if (!out->unchanged) {
        status = parse_keys(s, metadata.jwks_uri, jose_span(response.body, response.body_len), out,
                            why, cap);
    }
    if (status == 0 && !out->unchanged) {
        snprintf(s->etag, sizeof s->etag, "%s", response.etag);
        snprintf(s->etag_url, sizeof s->etag_url, "%s", metadata.jwks_uri);
    }
    free(response.body);
    return status;
}
