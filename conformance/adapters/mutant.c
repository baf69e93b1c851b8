/* The toy validator as a subject: asked in this process, or through its socket where a case is
 * about HTTP. */
#include "conformance/adapters/mutant.h"

#include "conformance/adapters/http_raw.h"
#include "conformance/adapters/mutant_config.h"
#include "conformance/adapters/mutant_server.h"
#include "conformance/adapters/mutant_validator.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COOLDOWN_S 300
#define SKEW_S 300
#define URL_CAP 512
#define ANSWER_MS 10000L

struct cf_subject {
    struct cf_world *world;
    struct cf_get how;
    pthread_mutex_t lock; /* the toy knows nothing of threads: guards all below */
    struct mutant_validator validator;
    struct mutant_server *server; /* started by the first request that needs it */
    char discovery[URL_CAP];
    char discovery_v1[URL_CAP];
    char issuer[URL_CAP];
};

static json_t *fetch(void *ctx, const char *url)
{
    const struct cf_subject *s = ctx;
    size_t len = 0;
    char *body = *url ? cf_http_get(url, &s->how, &len) : NULL;
    json_t *document = body ? json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    free(body);
    return document;
}

/* The value of a profile's setting, or NULL. */
static const char *setting_of(const struct cf_profile *profile, const char *name)
{
    for (size_t i = 0; i < CF_PROFILE_SETTINGS && profile->settings[i][0]; i++) {
        if (strcmp(profile->settings[i][0], name) == 0) {
            return profile->settings[i][1];
        }
    }
    return NULL;
}

/* The policy of a profile. Entra's common discovery document names a template for an issuer. */
static void set_up(struct cf_subject *s, enum mutant_flaw flaw, const struct cf_profile *profile)
{
    const char *origin = cf_world_origin(s->world);
    const char *authority = setting_of(profile, "tenant_id");
    const char *tenants = setting_of(profile, "tenants");
    const char *match = setting_of(profile, "match");
    bool v1 = setting_of(profile, "v1") != NULL;
    authority = authority ? authority : CF_TENANT_ID;
    (void)snprintf(s->issuer, sizeof s->issuer, "%s/%s/v2.0", origin,
                   strcmp(authority, CF_TENANT_ID) == 0 ? authority : "{tenantid}");
    (void)snprintf(s->discovery, sizeof s->discovery, "%s/%s/v2.0/.well-known/openid-configuration",
                   origin, authority);
    (void)snprintf(s->discovery_v1, sizeof s->discovery_v1,
                   "%s/" CF_TENANT_ID "/.well-known/openid-configuration", origin);
    s->validator.flaw = flaw;
    s->validator.policy =
        (struct mutant_policy){.home = CF_TENANT_ID,
                               .tenants = tenants && strcmp(tenants, "any") != 0 ? tenants : NULL,
                               .issuer_v2 = s->issuer,
                               .issuer_v1 = v1 ? "https://sts.windows.net/" CF_TENANT_ID "/" : NULL,
                               .audience_v2 = CF_CLIENT_ID,
                               .audience_v1 = "api://" CF_CLIENT_ID,
                               .scopes = setting_of(profile, "scopes"),
                               .all_scopes = match && strcmp(match, "all") == 0,
                               .role = setting_of(profile, "roles"),
                               .clients = setting_of(profile, "clients"),
                               .skew_s = SKEW_S};
    s->validator.keys = (struct mutant_keys){.flaw = flaw,
                                             .fetch = fetch,
                                             .ctx = s,
                                             .discovery = s->discovery,
                                             .discovery_v1 = v1 ? s->discovery_v1 : NULL,
                                             .issuer = s->issuer,
                                             .issuer_v1 = s->validator.policy.issuer_v1,
                                             .cooldown_s = COOLDOWN_S};
}

static struct cf_subject *mutant_open(const struct cf_adapter *adapter, struct cf_world *world,
                                      const struct cf_profile *profile, bool cold, char *why,
                                      size_t cap)
{
    (void)cold; /* it fetches keys when the first token comes */
    const struct cf_mutant *settings = adapter->settings;
    struct cf_subject *s = calloc(1, sizeof *s);
    if (!s) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    s->world = world;
    s->how = (struct cf_get){.ca_file = cf_world_ca_file(world),
                             .any_certificate = settings->flaw == MUTANT_TRUSTS_ANY_CERTIFICATE,
                             .timeout_ms = settings->fetch_ms};
    pthread_mutex_init(&s->lock, NULL);
    set_up(s, settings->flaw, profile);
    return s;
}

static void mutant_close(struct cf_subject *s)
{
    if (s) {
        mutant_server_stop(s->server);
        mutant_validator_clear(&s->validator);
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

static struct mutant_answer decide(void *ctx, const struct mutant_request *request)
{
    struct cf_subject *s = ctx;
    pthread_mutex_lock(&s->lock);
    struct mutant_answer answer =
        mutant_validator_decide(&s->validator, request, cf_world_now(s->world));
    pthread_mutex_unlock(&s->lock);
    return answer;
}

/* Over the socket; -1 with `why`. */
static int ask_server(struct cf_subject *s, const struct cf_request *request,
                      struct cf_answer *answer, char *why, size_t cap)
{
    pthread_mutex_lock(&s->lock);
    if (!s->server) {
        s->server = mutant_server_start(s->validator.flaw, decide, s);
    }
    struct mutant_server *server = s->server;
    pthread_mutex_unlock(&s->lock);
    if (!server) {
        (void)snprintf(why, cap, "the toy cannot listen");
        return -1;
    }
    struct cf_request there = *request;
    if (there.path && strcmp(there.path, "{second}") == 0) {
        there.path = MUTANT_SECOND_PATH;
    }
    return cf_raw_ask(mutant_server_url(server), ANSWER_MS, &there, answer, why, cap);
}

static int mutant_ask(struct cf_subject *s, const struct cf_request *request,
                      struct cf_answer *answer, char *why, size_t cap)
{
    struct mutant_line lines[CF_LINES_MAX];
    if (cf_needs_socket(request)) {
        return ask_server(s, request, answer, why, cap);
    }
    for (size_t i = 0; i < request->count; i++) {
        lines[i] = (struct mutant_line){request->lines[i], strlen(request->lines[i])};
        lines[i].len = i == 0 && request->first_len > 0 ? request->first_len : lines[i].len;
    }
    const struct mutant_request seen = {lines, request->count, request->query, NULL};
    struct mutant_answer a = decide(s, &seen);
    answer->status = a.status;
    (void)snprintf(answer->body, sizeof answer->body, "%s", a.status == 200 ? a.name : "");
    if (a.challenge) {
        (void)snprintf(answer->challenge, sizeof answer->challenge,
                       a.error ? "Bearer error=\"%s\"" : "Bearer", a.error ? a.error : "");
    }
    return 0;
}

static int64_t mutant_memory_kib(struct cf_subject *s)
{
    return mutant_validator_kib(&s->validator);
}

static int mutant_configure(const struct cf_adapter *adapter, struct cf_world *world,
                            const struct cf_profile *profile, const json_t *settings, char *why,
                            size_t cap)
{
    const struct cf_mutant *mutant = adapter->settings;
    json_t *all =
        json_pack("{s:o, s:s, s:s}", "instance", json_sprintf("%s/", cf_world_origin(world)),
                  "tenant_id", CF_TENANT_ID, "client_id", CF_CLIENT_ID);
    (void)profile;
    json_object_update(all, (json_t *)(uintptr_t)settings);
    const char *fault = mutant_config_fault(all);
    json_decref(all);
    if (fault && mutant->flaw != MUTANT_BUILDS_ON_ANYTHING) {
        (void)snprintf(why, cap, "%s: no validator is built with this", fault);
        return -1;
    }
    return 0;
}

const struct cf_adapter cf_adapter_mutant = {
    .name = "toy",
    .capabilities = "clock restart rollover metadata http raw-socket v1 app-only multi-tenant "
                    "client-list all-scopes in-process configure timezone echo memory second-route",
    .open = mutant_open,
    .close = mutant_close,
    .ask = mutant_ask,
    .memory_kib = mutant_memory_kib,
    .configure = mutant_configure,
};
