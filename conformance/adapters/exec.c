/* A validator behind standard streams: JSON lines, or one process a token (conformance/README.md).
 */
#include "conformance/adapters/adapter.h"
#include "conformance/adapters/child.h"
#include "conformance/adapters/http_start.h"
#include "conformance/target.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOP "{\"cmd\":\"stop\"}\n"

/* Exit statuses of the shim form. */
enum { SHIM_ACCEPT = 0, SHIM_REJECT = 1, SHIM_UNIMPLEMENTED = 89 };

struct cf_subject {
    const struct cf_target *target;
    struct cf_world *world;
    const struct cf_profile *profile;
    struct cf_started started;
    struct cf_child child;
    pthread_mutex_t lock; /* one question at a time: a program has one standard input */
    json_int_t seq;
};

/* One command and its answer, an object and a new reference; NULL with `why`. */
static json_t *converse(struct cf_subject *s, json_t *command, char *why, size_t cap)
{
    json_error_t error;
    json_t *answer = NULL;
    char *line = NULL;
    char *text = json_dumps(command, JSON_COMPACT);
    json_decref(command);
    if (!text || asprintf(&line, "%s\n", text) < 0) {
        free(text);
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    char *got = cf_child_exchange(&s->child, line, s->target->timeout_ms, why, cap);
    free(line);
    free(text);
    if (!got) {
        return NULL;
    }
    answer = json_loadb(got, strlen(got), JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(answer)) {
        (void)snprintf(why, cap, "the program's answer is no JSON object: %s",
                       answer ? "another value" : error.text);
        json_decref(answer);
        return NULL;
    }
    return answer;
}

/* A command that any object without "errored" answers. */
static int announce(struct cf_subject *s, json_t *command, char *why, size_t cap)
{
    json_t *answer = converse(s, command, why, cap);
    const json_t *errored = json_object_get(answer, "errored");
    if (errored) {
        const char *said = json_string_value(errored);
        (void)snprintf(why, cap, "the program cannot be set up: %.200s", said ? said : "errored");
    }
    int result = answer && !errored ? 0 : -1;
    json_decref(answer);
    return result;
}

static json_t *configuration(const struct cf_subject *s)
{
    const char *origin = cf_world_origin(s->world);
    json_t *settings = json_object();
    for (size_t i = 0; i < CF_PROFILE_SETTINGS && s->profile->settings[i][0]; i++) {
        json_object_set_new(settings, s->profile->settings[i][0],
                            json_string(s->profile->settings[i][1]));
    }
    return json_pack("{s:s, s:o, s:o, s:s, s:o, s:s, s:s?, s:o}", "cmd", "configure", "authority",
                     json_sprintf("%s/" CF_TENANT_ID "/v2.0", origin), "jwks",
                     json_sprintf("%s/" CF_TENANT_ID "/discovery/v2.0/keys", origin), "audience",
                     CF_CLIENT_ID, "issuer", json_sprintf("%s/" CF_TENANT_ID "/v2.0", origin),
                     "scope", CF_SCOPE, "ca_file", cf_world_ca_file(s->world), "settings",
                     settings);
}

static bool is_shim(const struct cf_subject *s)
{
    return strcmp(s->target->protocol, "shim") == 0;
}

/* Starts the program, and sets it up; -1 with `why`. */
static int begin(struct cf_subject *s, char *why, size_t cap)
{
    if (cf_child_start(&s->child, s->started.argv, s->started.environment, why, cap) != 0 ||
        (!is_shim(s) &&
         (announce(s, json_pack("{s:s, s:i}", "cmd", "start", "version", 1), why, cap) != 0 ||
          announce(s, configuration(s), why, cap) != 0))) {
        cf_child_stop(&s->child, NULL);
        return -1;
    }
    return 0;
}

static void exec_close(struct cf_subject *s)
{
    if (s) {
        cf_child_stop(&s->child, STOP);
        cf_started_stop(&s->started);
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

static struct cf_subject *exec_open(const struct cf_adapter *adapter, struct cf_world *world,
                                    const struct cf_profile *profile, bool cold, char *why,
                                    size_t cap)
{
    struct cf_subject *s = calloc(1, sizeof *s);
    if (!s) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    (void)cold; /* what a program fetches, and when, is its own affair */
    pthread_mutex_init(&s->lock, NULL);
    s->target = adapter->settings;
    s->world = world;
    s->profile = profile;
    if (cf_started_prepare(&s->started, s->target, world, profile, why, cap) != 0 ||
        (!is_shim(s) && begin(s, why, cap) != 0)) {
        exec_close(s);
        return NULL;
    }
    return s;
}

/* A header value as JSON text: each octet is the character of its number, as ISO 8859-1 has it. */
static json_t *octets(const char *value)
{
    size_t len = strlen(value);
    size_t n = 0;
    char *text = malloc(2 * len + 1);
    for (size_t i = 0; text && i < len; i++) {
        unsigned char octet = (unsigned char)value[i];
        if (octet < 0x80) {
            text[n++] = (char)octet;
        } else {
            text[n++] = (char)(0xc0 | octet >> 6);
            text[n++] = (char)(0x80 | (octet & 0x3f));
        }
    }
    json_t *json = text ? json_stringn(text, n) : NULL;
    free(text);
    return json;
}

/* The program's own word for the error, or libbtv's for that. */
static void take_code(const struct cf_target *target, const char *own, struct cf_answer *answer)
{
    const char *mapped = own ? json_string_value(json_object_get(target->error_map, own)) : NULL;
    if (own && (mapped || cf_has(target->capabilities, "codes"))) {
        (void)snprintf(answer->code, sizeof answer->code, "%s", mapped ? mapped : own);
    }
}

static void decide(bool accepted, struct cf_answer *answer)
{
    answer->status = accepted ? 200 : 401;
    answer->status_unsaid = true;
    answer->challenge_unsaid = true;
}

/* A verdict object; -1 with `why` when it is none. */
static int take_verdict(const struct cf_subject *s, const json_t *verdict, struct cf_answer *answer,
                        char *why, size_t cap)
{
    const char *decision = json_string_value(json_object_get(verdict, "decision"));
    const json_t *status = json_object_get(verdict, "status");
    const char *challenge = json_string_value(json_object_get(verdict, "challenge"));
    bool accepted = decision && strcmp(decision, "accept") == 0;
    if (!accepted && (!decision || strcmp(decision, "reject") != 0)) {
        (void)snprintf(why, cap, "the program's decision is neither accept nor reject: %.100s",
                       decision ? decision : "there is none");
        return -1;
    }
    decide(accepted, answer);
    if (status && !json_is_null(status)) {
        json_int_t number = json_integer_value(status);
        bool success = number >= 200 && number < 300;
        if (number < 100 || number > 599 || success != accepted) {
            (void)snprintf(why, cap, "the program's status %lld does not go with '%s'",
                           (long long)number, decision);
            return -1;
        }
        answer->status = (int)number;
        answer->status_unsaid = false;
    }
    if (challenge) {
        (void)snprintf(answer->challenge, sizeof answer->challenge, "%s", challenge);
        answer->challenge_unsaid = false;
    }
    take_code(s->target, json_string_value(json_object_get(verdict, "error")), answer);
    return 0;
}

static int take_answer(const struct cf_subject *s, const json_t *reply, struct cf_answer *answer,
                       char *why, size_t cap)
{
    const json_t *seq = json_object_get(reply, "seq");
    const json_t *skipped = json_object_get(reply, "skipped");
    const json_t *errored = json_object_get(reply, "errored");
    const char *said = json_string_value(skipped ? skipped : errored);
    if (!json_is_integer(seq) || json_integer_value(seq) != s->seq) {
        (void)snprintf(why, cap, "the program answered seq %lld and was asked seq %lld",
                       (long long)json_integer_value(seq), (long long)s->seq);
        return -1;
    }
    if (skipped || errored) {
        (void)snprintf(why, cap, "the program %s: %.200s", skipped ? "skipped this" : "erred",
                       said ? said : "it does not say why");
        return skipped ? CF_ASK_SKIPPED : -1;
    }
    return take_verdict(s, reply, answer, why, cap);
}

static int ask_lines(struct cf_subject *s, const char *value, struct cf_answer *answer, char *why,
                     size_t cap)
{
    if (!s->child.open && begin(s, why, cap) != 0) {
        return -1;
    }
    s->seq++;
    json_t *reply = converse(s,
                             json_pack("{s:s, s:I, s:o, s:I}", "cmd", "run", "seq", s->seq,
                                       "authorization", value ? octets(value) : json_null(), "now",
                                       (json_int_t)cf_world_now(s->world)),
                             why, cap);
    bool erred = json_object_get(reply, "errored") != NULL;
    int result = reply ? take_answer(s, reply, answer, why, cap) : -1;
    json_decref(reply);
    if (result < 0 && !erred) {
        cf_child_stop(&s->child,
                      NULL); /* what it says next could be the answer to another question */
    }
    return result;
}

static int ask_shim(struct cf_subject *s, const char *value, struct cf_answer *answer, char *why,
                    size_t cap)
{
    static const char scheme[] = "Bearer ";
    if (!value || strncmp(value, scheme, sizeof scheme - 1) != 0) {
        (void)snprintf(why, cap,
                       "a shim takes a token, and this is none: it begins without 'Bearer '");
        return CF_ASK_SKIPPED;
    }
    if (begin(s, why, cap) != 0) {
        return -1;
    }
    int status =
        cf_child_finish(&s->child, value + sizeof scheme - 1, s->target->timeout_ms, why, cap);
    cf_child_stop(&s->child, NULL);
    if (status == SHIM_ACCEPT || status == SHIM_REJECT) {
        decide(status == SHIM_ACCEPT, answer);
        return 0;
    }
    return status == SHIM_UNIMPLEMENTED ? CF_ASK_SKIPPED : -1;
}

static int exec_ask(struct cf_subject *s, const struct cf_request *request,
                    struct cf_answer *answer, char *why, size_t cap)
{
    const char *value = request->count > 0 ? request->lines[0] : NULL;
    pthread_mutex_lock(&s->lock);
    int asked =
        is_shim(s) ? ask_shim(s, value, answer, why, cap) : ask_lines(s, value, answer, why, cap);
    pthread_mutex_unlock(&s->lock);
    return asked;
}

const struct cf_adapter cf_adapter_exec = {
    .name = "exec",
    .capabilities = "restart",
    .open = exec_open,
    .close = exec_close,
    .ask = exec_ask,
};
