/* libbtv in this process: its keys come over HTTP as anywhere, its time is the world's. */
#include "conformance/adapters/adapter.h"
#include "conformance/adapters/process.h"

#include "btv/validator.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the first keys may take. */
#define START_MS 10000

#define LOG_MAX (1L << 20)

struct cf_subject {
    struct btv_validator *validator;
    pthread_mutex_t lock; /* guards the log */
    FILE *events;         /* writes `log`; a line for each event, as a program would log it */
    char *log;
    size_t log_len;
};

static void hear(void *ctx, const struct btv_event *event)
{
    struct cf_subject *s = ctx;
    pthread_mutex_lock(&s->lock);
    if (s->events && ftell(s->events) < LOG_MAX) {
        (void)fprintf(s->events, "%d %s kid=%s tenant=%s %s\n", (int)event->kind,
                      btv_error_code(event->error), event->kid ? event->kid : "",
                      event->tenant ? event->tenant : "", event->detail ? event->detail : "");
    }
    pthread_mutex_unlock(&s->lock);
}

/* The settings of a subject as {name: text}, a new reference. */
static json_t *settings_of(struct cf_world *world, const struct cf_profile *profile)
{
    const char *ca_file = cf_world_ca_file(world);
    json_t *settings =
        json_pack("{s:o, s:s, s:s}", "instance", json_sprintf("%s/", cf_world_origin(world)),
                  "tenant_id", CF_TENANT_ID, "client_id", CF_CLIENT_ID);
    if (ca_file) {
        json_object_set_new(settings, "ca_file", json_string(ca_file));
    }
    for (size_t i = 0; i < CF_PROFILE_SETTINGS && profile->settings[i][0]; i++) {
        json_object_set_new(settings, profile->settings[i][0],
                            json_string(profile->settings[i][1]));
    }
    return settings;
}

/* A validator with these settings that has fetched nothing yet; `hearer` may be NULL. NULL with
 * `why`. */
static struct btv_validator *build(struct cf_world *world, json_t *settings,
                                   struct cf_subject *hearer, char *why, size_t cap)
{
    struct btv_config *config = btv_config_new();
    struct btv_validator *validator = NULL;
    const char *name = NULL;
    json_t *value = NULL;
    int status = config ? 0 : -1;
    (void)snprintf(why, cap, "out of memory");
    json_object_foreach(settings, name, value)
    {
        if (status == 0 && !json_is_null(value)) {
            status = btv_config_set(config, name, json_string_value(value), why, cap);
        }
    }
    if (status == 0) {
        btv_config_clock(config, cf_world_now, world);
        if (hearer) {
            btv_config_event(config, hear, hearer);
        }
        validator = btv_validator_new(config, why, cap);
    }
    btv_config_free(config);
    return validator;
}

static int inproc_configure(const struct cf_adapter *adapter, struct cf_world *world,
                            const struct cf_profile *profile, const json_t *settings, char *why,
                            size_t cap)
{
    json_t *all = settings_of(world, profile);
    (void)adapter;
    json_object_update(all, (json_t *)(uintptr_t)settings);
    struct btv_validator *validator = build(world, all, NULL, why, cap);
    json_decref(all);
    btv_validator_free(validator);
    return validator ? 0 : -1;
}

static void inproc_close(struct cf_subject *s)
{
    if (s) {
        btv_validator_free(s->validator);
        if (s->events) {
            (void)fclose(s->events);
        }
        free(s->log);
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

static struct cf_subject *inproc_open(const struct cf_adapter *adapter, struct cf_world *world,
                                      const struct cf_profile *profile, bool cold, char *why,
                                      size_t cap)
{
    struct cf_subject *s = calloc(1, sizeof *s);
    json_t *settings = settings_of(world, profile);
    (void)adapter;
    (void)snprintf(why, cap, "out of memory");
    if (s) {
        pthread_mutex_init(&s->lock, NULL);
        s->events = open_memstream(&s->log, &s->log_len);
        s->validator = build(world, settings, s, why, cap);
    }
    json_decref(settings);
    if (s && s->validator &&
        (btv_validator_start(s->validator, cold ? 0 : START_MS) == 0 || cold)) {
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
    struct btv_result *result = btv_result_new();
    if (!result) {
        (void)snprintf(why, cap, "out of memory");
        return -1;
    }
    enum btv_error e = btv_validate(s->validator, value, len, result);
    const char *challenge = btv_result_challenge(result);
    const char *name = btv_result_claim(result, "name");
    answer->status = btv_result_http_status(result);
    (void)snprintf(answer->challenge, sizeof answer->challenge, "%s", challenge ? challenge : "");
    (void)snprintf(answer->code, sizeof answer->code, "%s", e == BTV_OK ? "" : btv_error_code(e));
    /* what a protected body would show of the caller */
    (void)snprintf(answer->body, sizeof answer->body, "%s", name ? name : "");
    btv_result_free(result);
    return 0;
}

static int64_t inproc_memory_kib(struct cf_subject *s)
{
    (void)s;
    return cf_process_memory_kib(0);
}

static char *inproc_log(struct cf_subject *s)
{
    pthread_mutex_lock(&s->lock);
    char *log = s->events && fflush(s->events) == 0 ? strdup(s->log) : NULL;
    pthread_mutex_unlock(&s->lock);
    return log;
}

const struct cf_adapter cf_adapter_inproc = {
    .name = "libbtv",
    .capabilities = "clock restart rollover deadline metadata codes v1 app-only multi-tenant "
                    "client-list all-scopes app-keys echo in-process configure timezone memory log",
    .open = inproc_open,
    .close = inproc_close,
    .ask = inproc_ask,
    .configure = inproc_configure,
    .memory_kib = inproc_memory_kib,
    .log = inproc_log,
};
