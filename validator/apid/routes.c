/* The table of open routes and the rules of protected ones are the map of the program. */
#include "validator/apid/routes.h"

#include "validator/apid/metrics.h"
#include "validator/core/caller.h"
#include "validator/policy/challenge.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char type_json[] = "application/json; charset=utf-8";

static void drop_result(void *result)
{
    btv_result_free(result);
}

int routes_init(struct routes *routes, struct btv_validator *validator, struct keywait *wait,
                const struct route_rules *rules)
{
    const struct btv_words none = {0};
    char challenge[1024];
    bool due = btv_challenge(BTV_BEARER_MALFORMED, &none, challenge, sizeof challenge);
    routes->validator = validator;
    routes->wait = wait;
    routes->rules = rules;
    routes->several_headers = due ? strdup(challenge) : NULL;
    if (!routes->several_headers || pthread_key_create(&routes->result, drop_result) != 0) {
        free(routes->several_headers);
        return -1;
    }
    return 0;
}

void routes_cleanup(struct routes *routes)
{
    btv_result_free(pthread_getspecific(routes->result));
    pthread_key_delete(routes->result);
    free(routes->several_headers);
}

static struct btv_result *result_of_thread(const struct routes *routes)
{
    struct btv_result *result = pthread_getspecific(routes->result);
    if (!result && (result = btv_result_new()) &&
        pthread_setspecific(routes->result, result) != 0) {
        btv_result_free(result);
        return NULL;
    }
    return result;
}

/* Takes the reference to `object`. */
static void set_json(struct route_answer *answer, int status, json_t *object)
{
    answer->status = status;
    answer->content_type = type_json;
    answer->body = json_dumps(object, JSON_COMPACT);
    json_decref(object);
}

static void set_refusal(struct route_answer *answer, int status, const char *code,
                        const char *sentence)
{
    answer->code = code;
    set_json(answer, status,
             sentence ? json_pack("{s:s, s:s}", "error", code, "error_description", sentence)
                      : json_pack("{s:s}", "error", code));
}

/* The token, then what this route needs beyond it. */
static enum btv_error validate(struct routes *routes, const struct route_rule *rule,
                               const struct route_request *request, struct btv_result *result)
{
    const struct btv_requirement need = {rule->scopes, rule->roles, rule->clients, rule->all,
                                         rule->acrs};
    enum btv_error e = keywait_validate(routes->wait, routes->validator, request->authorization,
                                        request->authorization_len, result);
    bool grants_nothing = e == BTV_SCOPE_MISSING; /* the validator needs nothing beyond the token */
    if (routes->rules->own && (e == BTV_OK || grants_nothing) &&
        (e = btv_authorize(&need, result)) != BTV_OK) {
        __atomic_add_fetch(&routes->denied[e], 1, __ATOMIC_RELAXED);
    }
    return e;
}

/* Several Authorization lines are refused unread: RFC 9110 §5.3 lets a sender repeat list fields
 * only, and a proxy may have looked at another line than this API would. */
static void answer_protected(struct routes *routes, const struct route_rule *rule,
                             const struct route_request *request, struct route_answer *answer)
{
    struct btv_result *result = result_of_thread(routes);
    answer->cache_control = "no-store";
    if (!result) {
        set_refusal(answer, 500, btv_error_code(BTV_OUT_OF_MEMORY), NULL);
        return;
    }
    if (request->authorization_lines > 1) {
        answer->challenge = routes->several_headers;
        answer->detail = "several Authorization lines";
        set_refusal(answer, btv_error_http_status(BTV_BEARER_MALFORMED),
                    btv_error_code(BTV_BEARER_MALFORMED), btv_error_sentence(BTV_BEARER_MALFORMED));
        return;
    }
    enum btv_error e = validate(routes, rule, request, result);
    if (e == BTV_NO_CREDENTIALS && rule->optional && request->authorization_lines == 0) {
        /* a bad token is not nobody's: whoever sends one wants to be known, and must hear of it */
        set_json(answer, 200, json_pack("{s:s, s:n}", "message", "Test successful", "user"));
        return;
    }
    if (e == BTV_OK) {
        set_json(answer, 200,
                 json_pack("{s:s, s:s}", "message", "Test successful", "user", btv_caller(result)));
        return;
    }
    answer->challenge = btv_result_challenge(result);
    answer->retry_after_s = btv_result_retry_after_s(result);
    answer->detail = btv_result_detail(result);
    set_refusal(answer, btv_result_http_status(result), btv_error_code(e), btv_error_sentence(e));
}

static void answer_health(struct routes *routes, const struct route_request *request,
                          struct route_answer *answer)
{
    (void)request;
    answer->cache_control = "no-store";
    if (btv_validator_ready(routes->validator)) {
        set_json(answer, 200, json_pack("{s:s}", "status", "ok"));
        return;
    }
    answer->code = btv_error_code(BTV_KEYS_UNAVAILABLE);
    answer->retry_after_s = 1;
    set_json(answer, 503, json_pack("{s:s, s:s}", "status", "unavailable", "error", answer->code));
}

static void answer_metrics(struct routes *routes, const struct route_request *request,
                           struct route_answer *answer)
{
    struct btv_stats stats;
    (void)request;
    btv_validator_stats(routes->validator, &stats);
    answer->status = 200;
    answer->content_type = METRICS_TYPE;
    answer->body = metrics_render(&stats, routes->responses, STATUS_MAX, routes->denied);
}

static const struct {
    const char *path;
    void (*answer)(struct routes *routes, const struct route_request *request,
                   struct route_answer *answer);
} table[] = {
    {"/health", answer_health},
    {"/metrics", answer_metrics},
};

static void begin(struct route_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->path = "other";
    answer->code = btv_error_code(BTV_OK);
    answer->detail = "";
}

static void count(struct routes *routes, const struct route_answer *answer)
{
    __atomic_add_fetch(&routes->responses[answer->status], 1, __ATOMIC_RELAXED);
}

void routes_refuse(struct routes *routes, int status, const char *code, struct route_answer *answer)
{
    begin(answer);
    set_refusal(answer, status, code, NULL);
    count(routes, answer);
}

void routes_answer(struct routes *routes, const struct route_request *request,
                   struct route_answer *answer)
{
    const struct route_rule *rule = route_rules_find(routes->rules, request->path);
    size_t i = 0;
    while (!rule && i < sizeof table / sizeof table[0] &&
           strcmp(table[i].path, request->path) != 0) {
        i++;
    }
    begin(answer);
    if (i == sizeof table / sizeof table[0]) {
        set_refusal(answer, 404, "not_found", NULL);
        count(routes, answer);
        return;
    }
    answer->path = rule ? rule->path : table[i].path;
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
        answer->allow = "GET, HEAD";
        set_refusal(answer, 405, "method_not_allowed", NULL);
    } else if (rule) {
        answer_protected(routes, rule, request, answer);
    } else {
        table[i].answer(routes, request, answer);
    }
    count(routes, answer);
}
