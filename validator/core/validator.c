/* From text to a frozen policy: what would accept anything is refused here, with the setting's
 * name. */
#include "validator/core/validator.h"

#include "validator/core/authorities.h"
#include "validator/core/config.h"
#include "validator/jose/alg.h"
#include "validator/keys/fetch_curl.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t real_clock(void *ctx)
{
    (void)ctx;
    return (int64_t)time(NULL);
}

static int compile_algorithms(struct btv_policy *p, const char *text, char *why, size_t cap)
{
    struct btv_words words;
    int status = btv_words_init(&words, text);
    if (status != 0) {
        return btv_config_fault("configuration", "out of memory", why, cap);
    }
    for (size_t i = 0; status == 0 && i < words.count; i++) {
        const struct jose_alg *alg = jose_alg_find(words.items[i]);
        if (!alg) {
            status = btv_config_fault(
                "algorithms",
                "only RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 exist here: 'none' and HMAC "
                "would let anyone sign",
                why, cap);
        } else {
            p->algorithms |= 1U << alg->id;
        }
    }
    btv_words_cleanup(&words);
    return status;
}

static int compile_audiences(struct btv_policy *p, const struct btv_config *c, char *why,
                             size_t cap)
{
    const char *client = btv_config_text(c, BTV_SET_CLIENT_ID);
    const char *audience = btv_config_text(c, BTV_SET_AUDIENCE);
    if (!client && !audience) {
        return btv_config_fault(
            "client_id", "without it or an audience any token of the tenant would do", why, cap);
    }
    if (!audience && strchr(client, ' ')) {
        return btv_config_fault("client_id", "a space in it would make two audiences of it", why,
                                cap);
    }
    char *v1 = NULL;
    if (asprintf(&v1, "%s%s", audience ? "" : "api://", audience ? audience : client) < 0) {
        v1 = NULL; /* which asprintf leaves undefined */
    }
    int status = v1 ? btv_words_init(&p->audience_v1, v1) : -1;
    free(v1);
    if (status != 0 || btv_words_init(&p->audience_v2, audience ? audience : client) != 0) {
        return btv_config_fault("configuration", "out of memory", why, cap);
    }
    return 0;
}

static int copy_optional(const char *text, char **copy)
{
    *copy = text ? strdup(text) : NULL;
    return text && !*copy ? -1 : 0;
}

static int compile_policy(struct btv_validator *v, const struct btv_config *c, char *why,
                          size_t cap)
{
    struct btv_policy *p = &v->policy;
    p->skew_s = btv_config_number(c, BTV_SET_SKEW_S);
    p->max_token_bytes = (size_t)btv_config_number(c, BTV_SET_MAX_TOKEN_BYTES);
    v->key_wait_ms = btv_config_number(c, BTV_SET_KEY_WAIT_MS);
    if (btv_authorities_compile(p, c, why, cap) != 0 || compile_audiences(p, c, why, cap) != 0 ||
        compile_algorithms(p, btv_config_text(c, BTV_SET_ALGORITHMS), why, cap) != 0) {
        return -1;
    }
    p->all = strcmp(btv_config_text(c, BTV_SET_MATCH), "all") == 0;
    const char *acrs = btv_config_text(c, BTV_SET_ACRS);
    if (acrs && (strpbrk(acrs, " \"\\") || strlen(acrs) > 64)) {
        return btv_config_fault("acrs", "one word of at most 64 characters", why, cap);
    }
    if (copy_optional(acrs, &p->acrs) != 0) {
        return btv_config_fault("configuration", "out of memory", why, cap);
    }
    if (btv_words_init(&p->scopes, btv_config_text(c, BTV_SET_SCOPES)) != 0 ||
        btv_words_init(&p->roles, btv_config_text(c, BTV_SET_ROLES)) != 0 ||
        btv_words_init(&p->clients, btv_config_text(c, BTV_SET_CLIENTS)) != 0) {
        return btv_config_fault("configuration", "out of memory", why, cap);
    }
    return 0;
}

/* From the configuration, or chosen once; never 0 then, which would mean none. A fleet's refreshes
 * must not coincide, so no constant will do, and nobody gains by guessing it. */
static uint64_t jitter_seed(const struct btv_config *c)
{
    uint64_t seed = 0;
    if (btv_config_text(c, BTV_SET_JITTER_SEED)) {
        return (uint64_t)btv_config_number(c, BTV_SET_JITTER_SEED);
    }
    if (RAND_bytes((unsigned char *)&seed, sizeof seed) != 1) {
        ERR_clear_error();
    }
    return seed | 1;
}

static int make_keys(struct btv_validator *v, const struct btv_config *c)
{
    struct btv_refresh_rules rules = {.interval_s = btv_config_number(c, BTV_SET_REFRESH_INTERVAL),
                                      .cooldown_s = btv_config_number(c, BTV_SET_REFRESH_COOLDOWN),
                                      .last_known_good_s =
                                          btv_config_number(c, BTV_SET_LAST_KNOWN_GOOD),
                                      .jitter_seed = jitter_seed(c)};
    if (copy_optional(btv_config_text(c, BTV_SET_JWKS_FILE), &v->jwks_file) != 0 ||
        copy_optional(btv_config_text(c, BTV_SET_CA_FILE), &v->ca_file) != 0) {
        return -1;
    }
    v->source = (struct btv_source){.authorities = v->policy.authorities,
                                    .authority_count = v->policy.authority_count,
                                    .jwks_file = v->jwks_file,
                                    .tenant_id = v->policy.tenant_id,
                                    .algorithms = v->policy.algorithms,
                                    .timeout_ms = btv_config_number(c, BTV_SET_HTTP_TIMEOUT_MS),
                                    .fetch = c->fetch ? c->fetch : btv_fetch_curl,
                                    .fetch_ctx = c->fetch ? c->fetch_ctx : v->ca_file,
                                    .event = c->event,
                                    .event_ctx = c->event_ctx};
    v->keystore = btv_keystore_new();
    v->refresher = v->keystore
                       ? btv_refresher_new(&rules, &v->source, v->keystore, v->clock, v->clock_ctx)
                       : NULL;
    return v->refresher ? 0 : -1;
}

struct btv_validator *btv_validator_new(const struct btv_config *c, char *why, size_t cap)
{
    struct btv_validator *v = calloc(1, sizeof *v);
    if (!v) {
        btv_config_fault("configuration", "out of memory", why, cap);
        return NULL;
    }
    v->clock = c->clock ? c->clock : real_clock;
    v->clock_ctx = c->clock_ctx;
    v->event = c->event;
    v->event_ctx = c->event_ctx;
    if (btv_config_number(c, BTV_SET_LAST_KNOWN_GOOD) <=
        btv_config_number(c, BTV_SET_REFRESH_INTERVAL)) {
        btv_config_fault("last_known_good_s",
                         "must exceed refresh_interval_s, or keys end before they are renewed", why,
                         cap);
        goto fail;
    }
    if (compile_policy(v, c, why, cap) != 0) {
        goto fail;
    }
    if (make_keys(v, c) != 0) {
        btv_config_fault("configuration", "out of memory", why, cap);
        goto fail;
    }
    return v;
fail:
    btv_validator_free(v);
    return NULL;
}

void btv_validator_free(struct btv_validator *v)
{
    if (!v) {
        return;
    }
    btv_refresher_free(v->refresher);
    btv_keystore_free(v->keystore);
    btv_authorities_cleanup(&v->policy);
    btv_words_cleanup(&v->policy.audience_v2);
    btv_words_cleanup(&v->policy.audience_v1);
    btv_words_cleanup(&v->policy.scopes);
    btv_words_cleanup(&v->policy.roles);
    btv_words_cleanup(&v->policy.clients);
    free(v->policy.acrs);
    free(v->jwks_file);
    free(v->ca_file);
    free(v);
}

int btv_validator_start(struct btv_validator *v, int64_t timeout_ms)
{
    return btv_refresher_start(v->refresher, timeout_ms);
}

bool btv_validator_ready(struct btv_validator *v)
{
    return btv_refresher_usable(v->refresher, v->clock(v->clock_ctx));
}

bool btv_validator_refreshing(struct btv_validator *v)
{
    return btv_refresher_busy(v->refresher);
}

void btv_validator_stats(struct btv_validator *v, struct btv_stats *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < BTV_ERROR_COUNT; i++) {
        out->verdicts[i] = __atomic_load_n(&v->verdicts[i], __ATOMIC_RELAXED);
    }
    btv_refresher_stats(v->refresher, out);
}
