/* Everything behind one lock, since the refresh thread and the test both look. */
#include "validator/tests/support/authority.h"

#include "validator/tests/support/issuer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct btv_authority test_authority = {
    .kind = BTV_ONE_TENANT,
    .version = BTV_TOKEN_V2,
    .metadata_url = (char[]){TEST_ISSUER "/.well-known/openid-configuration"},
    .issuer = (char[]){TEST_ISSUER}};

void authority_init(struct authority *a, int count)
{
    memset(a, 0, sizeof *a);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    a->now = TEST_NOW;
    a->max_age_s = -1;
    a->retry_after_s = -1;
    a->jwks_status = 200;
    a->metadata_status = 200;
    a->metadata =
        test_text("{\"issuer\":\"%s\",\"jwks_uri\":\"%skeys\"}", TEST_ISSUER, TEST_INSTANCE);
    authority_publish(a, (1U << count) - 1);
}

void authority_cleanup(struct authority *a)
{
    free(a->jwks);
    free(a->jwks_v1);
    free(a->metadata);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
}

void authority_publish_text(struct authority *a, const char *jwks)
{
    pthread_mutex_lock(&a->lock);
    free(a->jwks);
    a->jwks = strdup(jwks);
    pthread_mutex_unlock(&a->lock);
}

void authority_publish(struct authority *a, unsigned keys)
{
    char *text = strdup("{\"keys\":[");
    for (int i = 0; i < 4; i++) {
        if (!(keys & 1U << i)) {
            continue;
        }
        char kid[8];
        snprintf(kid, sizeof kid, "k%d", i);
        char *jwk = test_jwk(test_key(i), kid, ",\"issuer\":\"" TEST_INSTANCE "{tenantid}/v2.0\"");
        char *longer = test_text("%s%s%s", text, text[strlen(text) - 1] == '[' ? "" : ",", jwk);
        free(jwk);
        free(text);
        text = longer;
    }
    char *whole = test_text("%s]}", text);
    authority_publish_text(a, whole);
    free(whole);
    free(text);
}

void authority_advance(struct authority *a, int64_t seconds)
{
    pthread_mutex_lock(&a->lock);
    a->now += seconds;
    pthread_mutex_unlock(&a->lock);
}

void authority_hold(struct authority *a, bool hold)
{
    pthread_mutex_lock(&a->lock);
    a->hold = hold;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

void authority_fail(struct authority *a, bool unreachable, int jwks_status)
{
    pthread_mutex_lock(&a->lock);
    a->unreachable = unreachable;
    a->jwks_status = jwks_status;
    pthread_mutex_unlock(&a->lock);
}

void authority_date(struct authority *a, int64_t date_s)
{
    pthread_mutex_lock(&a->lock);
    a->date_s = date_s;
    pthread_mutex_unlock(&a->lock);
}

bool authority_await(struct authority *a, const unsigned *counter, unsigned least)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    pthread_mutex_lock(&a->lock);
    int status = 0;
    while (*counter < least && status == 0) {
        status = pthread_cond_timedwait(&a->changed, &a->lock, &until);
    }
    bool reached = *counter >= least;
    pthread_mutex_unlock(&a->lock);
    return reached;
}

int64_t authority_clock(void *ctx)
{
    struct authority *a = ctx;
    pthread_mutex_lock(&a->lock);
    int64_t now = a->now;
    pthread_mutex_unlock(&a->lock);
    return now;
}

static void answer(struct btv_fetch_response *response, int status, const char *body)
{
    response->status = status;
    response->body = strdup(body);
    response->body_len = response->body ? strlen(body) : 0;
}

/* The document of v1, of many tenants, or of a name is what its address says it must be. */
static void answer_metadata(const struct authority *a, const char *url,
                            struct btv_fetch_response *response)
{
    static const char *const others[][2] = {
        {"/common/v2.0/", TEST_INSTANCE "{tenantid}/v2.0"},
        {"/organizations/v2.0/", TEST_INSTANCE "{tenantid}/v2.0"},
        {"/common/.well", "https://sts.windows.net/{tenantid}/"},
        {TEST_TENANT "/.well", TEST_V1_ISSUER},
        {"/b2c/", TEST_B2C_ISSUER},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strstr(url, others[i][0])) {
            char *text = test_text("{\"issuer\":\"%s\",\"jwks_uri\":\"%s%skeys%zu\"}", others[i][1],
                                   TEST_INSTANCE, strstr(others[i][1], "sts.") ? "v1" : "", i);
            answer(response, a->metadata_status, text);
            free(text);
            return;
        }
    }
    answer(response, a->metadata_status, a->metadata);
}

static void answer_jwks(struct authority *a, const struct btv_fetch_request *request,
                        struct btv_fetch_response *response)
{
    a->waiting++;
    pthread_cond_broadcast(&a->changed);
    while (a->hold) {
        pthread_cond_wait(&a->changed, &a->lock);
    }
    a->waiting--;
    if (a->etag && request->etag && strcmp(a->etag, request->etag) == 0) {
        answer(response, 304, "");
    } else {
        bool v1 = a->jwks_v1 && strstr(request->url, "v1keys");
        answer(response, a->jwks_status, v1 ? a->jwks_v1 : a->jwks);
    }
    snprintf(response->etag, sizeof response->etag, "%s", a->etag ? a->etag : "");
    response->max_age_s = a->max_age_s;
    response->retry_after_s = a->retry_after_s;
    response->date_s = a->date_s;
}

int authority_fetch(void *ctx, const struct btv_fetch_request *request,
                    struct btv_fetch_response *response, char *why, size_t cap)
{
    struct authority *a = ctx;
    pthread_mutex_lock(&a->lock);
    bool unreachable = a->unreachable;
    bool metadata = strstr(request->url, ".well-known") != NULL;
    if (metadata) {
        a->metadata_count++;
    } else {
        a->jwks_count++;
    }
    pthread_cond_broadcast(&a->changed);
    if (unreachable) {
        snprintf(why, cap, "%s: nobody is there", request->url);
    } else if (metadata) {
        answer_metadata(a, request->url, response);
    } else {
        answer_jwks(a, request, response);
    }
    pthread_mutex_unlock(&a->lock);
    return unreachable ? -1 : 0;
}

struct btv_config *authority_config(struct authority *a)
{
    struct btv_config *c = btv_config_new();
    char why[256] = "";
    if (!c || btv_config_set(c, "instance", TEST_INSTANCE, why, sizeof why) != 0 ||
        btv_config_set(c, "tenant_id", TEST_TENANT, why, sizeof why) != 0 ||
        btv_config_set(c, "client_id", TEST_CLIENT, why, sizeof why) != 0 ||
        btv_config_set(c, "scopes", "access_as_user", why, sizeof why) != 0) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    btv_config_clock(c, authority_clock, a);
    btv_config_fetch(c, authority_fetch, a);
    return c;
}

struct btv_validator *authority_validator(struct authority *a, const char *const *settings)
{
    char why[512] = "";
    struct btv_config *c = authority_config(a);
    for (size_t i = 0; settings && settings[i]; i += 2) {
        if (btv_config_set(c, settings[i], settings[i + 1], why, sizeof why) != 0) {
            fprintf(stderr, "%s\n", why);
            abort();
        }
    }
    struct btv_validator *v = btv_validator_new(c, why, sizeof why);
    btv_config_free(c);
    if (!v) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    btv_validator_start(v, a->unreachable || a->hold ? 0 : 10000);
    return v;
}

char *authority_token(int n, const char *changes, const char *without)
{
    char *header = test_text("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k%d\"}", n);
    char *claims = test_claims(changes, without);
    char *jws = test_jws(test_key(n), header, claims);
    char *value = test_text("Bearer %s", jws);
    free(header);
    free(claims);
    free(jws);
    return value;
}
