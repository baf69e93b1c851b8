/* The toy validator as a subject, with the flaw that the adapter's settings name. */
#include "conformance/adapters/adapter.h"
#include "conformance/adapters/mutant_validator.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COOLDOWN_S 300
#define SKEW_S 300
#define URL_CAP 512

struct cf_subject {
    struct cf_world *world;
    pthread_mutex_t lock; /* the toy knows nothing of threads: guards validator */
    struct mutant_validator validator;
    char discovery[URL_CAP];
    char discovery_v1[URL_CAP];
    char issuer[URL_CAP];
};

static json_t *fetch(void *ctx, const char *url)
{
    size_t len = 0;
    char *body = *url ? cf_http_get(url, &len) : NULL;
    json_t *document = body ? json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    (void)ctx;
    free(body);
    return document;
}

static struct cf_subject *mutant_open(const struct cf_adapter *adapter, struct cf_world *world,
                                      const struct cf_profile *profile, bool cold, char *why,
                                      size_t cap)
{
    (void)cold; /* it fetches keys when the first token comes */
    struct cf_subject *s = calloc(1, sizeof *s);
    const char *origin = cf_world_origin(world);
    if (!s) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    bool v1 = profile->needs && strcmp(profile->needs, "v1") == 0;
    s->world = world;
    pthread_mutex_init(&s->lock, NULL);
    (void)snprintf(s->issuer, sizeof s->issuer, "%s/" CF_TENANT_ID "/v2.0", origin);
    (void)snprintf(s->discovery, sizeof s->discovery,
                   "%s/" CF_TENANT_ID "/v2.0/.well-known/openid-configuration", origin);
    (void)snprintf(s->discovery_v1, sizeof s->discovery_v1,
                   "%s/" CF_TENANT_ID "/.well-known/openid-configuration", origin);
    s->validator.flaw = *(const enum mutant_flaw *)adapter->settings;
    s->validator.policy =
        (struct mutant_policy){.tenant = CF_TENANT_ID,
                               .issuer_v2 = s->issuer,
                               .issuer_v1 = v1 ? "https://sts.windows.net/" CF_TENANT_ID "/" : NULL,
                               .audience_v2 = CF_CLIENT_ID,
                               .audience_v1 = "api://" CF_CLIENT_ID,
                               .scope = CF_SCOPE,
                               .skew_s = SKEW_S};
    s->validator.keys = (struct mutant_keys){.flaw = s->validator.flaw,
                                             .fetch = fetch,
                                             .ctx = s,
                                             .discovery = s->discovery,
                                             .discovery_v1 = v1 ? s->discovery_v1 : NULL,
                                             .issuer = s->issuer,
                                             .issuer_v1 = s->validator.policy.issuer_v1,
                                             .cooldown_s = COOLDOWN_S};
    return s;
}

static void mutant_close(struct cf_subject *s)
{
    if (s) {
        mutant_validator_clear(&s->validator);
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

static int mutant_ask(struct cf_subject *s, const struct cf_request *request,
                      struct cf_answer *answer, char *why, size_t cap)
{
    struct mutant_line lines[CF_LINES_MAX];
    (void)why, (void)cap;
    for (size_t i = 0; i < request->count; i++) {
        lines[i] = (struct mutant_line){request->lines[i], strlen(request->lines[i])};
        lines[i].len = i == 0 && request->first_len > 0 ? request->first_len : lines[i].len;
    }
    struct mutant_request seen = {lines, request->count, request->query};
    pthread_mutex_lock(&s->lock);
    struct mutant_answer a = mutant_validator_decide(&s->validator, &seen, cf_world_now(s->world));
    answer->status = a.status;
    if (a.challenge) {
        (void)snprintf(answer->challenge, sizeof answer->challenge,
                       a.error ? "Bearer error=\"%s\"" : "Bearer", a.error ? a.error : "");
    }
    pthread_mutex_unlock(&s->lock);
    return 0;
}

const struct cf_adapter cf_adapter_mutant = {
    .name = "toy",
    .capabilities = "clock restart rollover http v1 in-process timezone",
    .open = mutant_open,
    .close = mutant_close,
    .ask = mutant_ask,
};
