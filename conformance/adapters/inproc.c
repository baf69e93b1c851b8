/* libbtv in this process: its keys come over HTTP as anywhere, its time is the world's. */
#include "conformance/adapters/adapter.h"

#include "btv/validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the first keys may take. */
#define START_MS 10000

struct cf_subject {
    struct btv_validator *validator;
    struct btv_result *result;
    char *canary;
};

static int configure(struct btv_config *c, struct cf_world *world, const struct cf_profile *profile,
                     char *why, size_t cap)
{
    char instance[512];
    (void)snprintf(instance, sizeof instance, "%s/", cf_world_origin(world));
    if (btv_config_set(c, "instance", instance, why, cap) != 0 ||
        btv_config_set(c, "tenant_id", CF_TENANT_ID, why, cap) != 0 ||
        btv_config_set(c, "client_id", CF_CLIENT_ID, why, cap) != 0) {
        return -1;
    }
    const char *ca_file = cf_world_ca_file(world);
    if (ca_file && btv_config_set(c, "ca_file", ca_file, why, cap) != 0) {
        return -1;
    }
    for (size_t i = 0; i < CF_PROFILE_SETTINGS && profile->settings[i][0]; i++) {
        if (btv_config_set(c, profile->settings[i][0], profile->settings[i][1], why, cap) != 0) {
            return -1;
        }
    }
    btv_config_clock(c, cf_world_now, world);
    return 0;
}

static void inproc_close(struct cf_subject *s)
{
    if (s) {
        btv_validator_free(s->validator);
        btv_result_free(s->result);
        free(s->canary);
        free(s);
    }
}

static struct cf_subject *inproc_open(const struct cf_adapter *adapter, struct cf_world *world,
                                      const struct cf_profile *profile, char *why, size_t cap)
{
    struct btv_config *config = btv_config_new();
    struct cf_subject *s = calloc(1, sizeof *s);
    (void)adapter;
    (void)snprintf(why, cap, "out of memory");
    if (config && s && (s->result = btv_result_new()) &&
        configure(config, world, profile, why, cap) == 0) {
        s->validator = btv_validator_new(config, why, cap);
    }
    btv_config_free(config);
    if (s && s->validator && btv_validator_start(s->validator, START_MS) == 0) {
        return s;
    }
    if (s && s->validator) {
        (void)snprintf(why, cap, "the validator got no keys from %s", cf_world_origin(world));
    }
    inproc_close(s);
    return NULL;
}

static int inproc_ask(struct cf_subject *s, const struct cf_request *request,
                      struct cf_answer *answer, char *why, size_t cap)
{
    const char *value = request->count > 0 ? request->lines[0] : NULL;
    size_t len = request->first_len > 0 ? request->first_len : value ? strlen(value) : 0;
    (void)why, (void)cap;
    enum btv_error e = btv_validate(s->validator, value, len, s->result);
    const char *challenge = btv_result_challenge(s->result);
    const char *name = btv_result_claim(s->result, "name");
    answer->status = btv_result_http_status(s->result);
    (void)snprintf(answer->challenge, sizeof answer->challenge, "%s", challenge ? challenge : "");
    (void)snprintf(answer->code, sizeof answer->code, "%s", e == BTV_OK ? "" : btv_error_code(e));
    /* what a protected body would show of the caller */
    (void)snprintf(answer->body, sizeof answer->body, "%s", name ? name : "");
    return 0;
}

const struct cf_adapter cf_adapter_inproc = {
    .name = "libbtv",
    .capabilities = "clock restart rollover codes v1 app-only multi-tenant client-list all-scopes in-process",
    .open = inproc_open,
    .close = inproc_close,
    .ask = inproc_ask,
};
