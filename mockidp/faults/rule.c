/* Reading a fault rule strictly, and telling whether it strikes a request. */
#include "mockidp/faults/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* struct reading is where a reader stands and where it says what is wrong. */
struct reading {
    const char *at;   /* JSON pointer of the rule */
    const char *part; /* "/match" or "/act" */
    char *why;
    size_t cap;
};

__attribute__((format(printf, 3, 4))) static bool
refuse(const struct reading *r, const char *member, const char *format, ...)
{
    va_list args;
    int used =
        snprintf(r->why, r->cap, "%s%s%s%s: ", r->at, r->part, *member == '\0' ? "" : "/", member);

    if (used >= 0 && (size_t)used < r->cap) {
        va_start(args, format);
        (void)vsnprintf(r->why + used, r->cap - (size_t)used, format, args);
        va_end(args);
    }
    return false;
}

static bool read_string(const struct reading *r, const char *member, const json_t *value,
                        const char **out)
{
    if (!json_is_string(value) || json_string_length(value) != strlen(json_string_value(value))) {
        return refuse(r, member, "must be a string");
    }
    *out = json_string_value(value);
    return true;
}

static bool read_integer(const struct reading *r, const char *member, const json_t *value,
                         int64_t low, int64_t high, int64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < low ||
        json_integer_value(value) > high) {
        return refuse(r, member, "must be an integer from %lld to %lld", (long long)low,
                      (long long)high);
    }
    *out = json_integer_value(value);
    return true;
}

static bool read_fraction(const struct reading *r, const char *member, const json_t *value,
                          double *out)
{
    if (!json_is_number(value) || !(json_number_value(value) >= 0) ||
        json_number_value(value) > 1) {
        return refuse(r, member, "must be a number from 0 to 1");
    }
    *out = json_number_value(value);
    return true;
}

static bool read_true(const struct reading *r, const char *member, const json_t *value, bool *out)
{
    if (!json_is_true(value)) {
        return refuse(r, member, "must be true; leave it out otherwise");
    }
    *out = true;
    return true;
}

static bool read_nth(const struct reading *r, const json_t *value, struct fault_rule *rule)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 0;

    if (count == 0 || count > FAULT_NTH_MAX) {
        return refuse(r, "nth", "must be a list of 1 to %d request numbers", FAULT_NTH_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        int64_t n = 0;
        if (!read_integer(r, "nth", json_array_get(value, i), 1, INT32_MAX, &n)) {
            return false;
        }
        rule->nth[i] = (uint64_t)n;
    }
    rule->nth_count = count;
    return true;
}

/* read_span reads "+10s", "+500ms", "+2m" or "+1h" as milliseconds; -1 when it is none of them. */
static int64_t read_span(const json_t *value)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    const char *text = json_string_value(value);
    char *end = NULL;

    if (text == NULL || text[0] != '+' || text[1] < '0' || text[1] > '9' || strlen(text) > 12) {
        return -1;
    }
    int64_t number = strtoll(text + 1, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) == 0) {
            return number > INT32_MAX ? -1 : number * units[i].ms;
        }
    }
    return -1;
}

static bool read_window(const struct reading *r, const json_t *value, struct fault_rule *rule)
{
    if (!json_is_array(value) || json_array_size(value) < 1 || json_array_size(value) > 2) {
        return refuse(r, "window", "must be [\"+FROM\"] or [\"+FROM\",\"+UNTIL\"]");
    }
    rule->window_from_ms = read_span(json_array_get(value, 0));
    if (json_array_size(value) == 2) {
        rule->window_until_ms = read_span(json_array_get(value, 1));
    }
    if (rule->window_from_ms < 0 || rule->window_until_ms <= rule->window_from_ms) {
        return refuse(r, "window",
                      "must hold spans such as \"+10s\" (ms, s, m, h, d), the later one second");
    }
    return true;
}

static bool read_match_member(const struct reading *r, const char *member, const json_t *value,
                              struct fault_rule *rule)
{
    static const char *const names[] = {"endpoint", "tenant", "client", "grant"};
    const char **fields[] = {&rule->endpoint, &rule->tenant, &rule->client, &rule->grant};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(member, names[i]) == 0) {
            return read_string(r, member, value, fields[i]);
        }
    }
    if (strcmp(member, "nth") == 0) {
        return read_nth(r, value, rule);
    }
    if (strcmp(member, "window") == 0) {
        return read_window(r, value, rule);
    }
    if (strcmp(member, "probability") == 0) {
        return read_fraction(r, member, value, &rule->probability);
    }
    if (strcmp(member, "sni") == 0 || strcmp(member, "listener") == 0) {
        return refuse(r, member, "not supported");
    }
    return refuse(r, member, "unknown member");
}

static bool read_drip(const struct reading *r, const json_t *value, struct fault_act *act)
{
    int64_t bytes = 0;

    if (!json_is_object(value) || json_object_size(value) != 2) {
        return refuse(r, "drip", "must be {\"bytes\":N,\"every_ms\":N}");
    }
    if (!read_integer(r, "drip/bytes", json_object_get(value, "bytes"), 1, 65536, &bytes) ||
        !read_integer(r, "drip/every_ms", json_object_get(value, "every_ms"), 1, 60000,
                      &act->drip_every_ms)) {
        return false;
    }
    act->drip_bytes = (size_t)bytes;
    return true;
}

/* Acts of the contract that this mock does not do yet. They are named, so that a rule is never
 * silently without effect. */
static bool known_but_unsupported(const char *member)
{
    static const char *const acts[] = {"half_close", "encoding", "aadsts", "tls"};

    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(member, acts[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool read_act_number(const struct reading *r, const char *member, const json_t *value,
                            struct fault_act *act, bool *ok)
{
    int64_t number = 0;

    *ok = false;
    if (strcmp(member, "status") == 0) {
        *ok = read_integer(r, member, value, 200, 599, &number);
        act->status = (int)number;
    } else if (strcmp(member, "retry_after") == 0) {
        *ok = read_integer(r, member, value, 0, 86400, &number);
        act->retry_after = (int)number;
    } else if (strcmp(member, "delay_ms") == 0) {
        *ok = read_integer(r, member, value, 0, FAULT_DELAY_MAX_MS, &act->delay_ms);
    } else if (strcmp(member, "truncate") == 0) {
        *ok = read_fraction(r, member, value, &act->truncate);
    } else if (strcmp(member, "drip") == 0) {
        *ok = read_drip(r, value, act);
    } else {
        return false;
    }
    return true;
}

/* header_safe: what goes into a header line must not end it. */
static bool header_safe(const struct reading *r, const char *member, const char *text)
{
    if (strpbrk(text, "\r\n") != NULL) {
        return refuse(r, member, "must not hold line breaks");
    }
    return true;
}

static bool read_act_member(const struct reading *r, const char *member, const json_t *value,
                            struct fault_act *act)
{
    bool ok = false;

    if (read_act_number(r, member, value, act, &ok)) {
        return ok;
    }
    if (strcmp(member, "body") == 0) {
        return read_string(r, member, value, &act->body);
    }
    if (strcmp(member, "content_type") == 0) {
        return read_string(r, member, value, &act->content_type) &&
               header_safe(r, member, act->content_type);
    }
    if (strcmp(member, "redirect") == 0) {
        return read_string(r, member, value, &act->redirect) &&
               header_safe(r, member, act->redirect);
    }
    if (strcmp(member, "empty_keys") == 0) {
        return read_true(r, member, value, &act->empty_keys);
    }
    if (strcmp(member, "stale_keys") == 0) {
        return read_true(r, member, value, &act->stale_keys);
    }
    if (strcmp(member, "reset") == 0) {
        return read_true(r, member, value, &act->reset);
    }
    return refuse(r, member, known_but_unsupported(member) ? "not supported" : "unknown act");
}

static bool read_parts(struct reading *r, json_t *json, struct fault_rule *rule)
{
    json_t *match = json_object_get(json, "match");
    json_t *act = json_object_get(json, "act");
    const char *member = NULL;
    json_t *value = NULL;

    json_object_foreach(json, member, value)
    {
        if (strcmp(member, "match") != 0 && strcmp(member, "act") != 0 &&
            strcmp(member, "hits") != 0) {
            return refuse(r, member, "unknown member");
        }
    }
    r->part = "/match";
    if (match != NULL && !json_is_object(match)) {
        return refuse(r, "", "must be an object");
    }
    json_object_foreach(match, member, value)
    {
        if (!read_match_member(r, member, value, rule)) {
            return false;
        }
    }
    r->part = "/act";
    if (!json_is_object(act) || json_object_size(act) == 0) {
        return refuse(r, "", "must be an object with at least one act");
    }
    json_object_foreach(act, member, value)
    {
        if (!read_act_member(r, member, value, &rule->act)) {
            return false;
        }
    }
    if (rule->act.content_type != NULL && rule->act.body == NULL) {
        return refuse(r, "content_type", "needs \"body\"");
    }
    return true;
}

bool fault_rule_parse(struct fault_rule *rule, json_t *json, const char *at, char *why, size_t cap)
{
    struct reading r = {at, "", why, cap};

    *rule = (struct fault_rule){
        .window_until_ms = INT64_MAX, .probability = 1, .act = {.retry_after = -1, .truncate = -1}};
    if (!json_is_object(json)) {
        return refuse(&r, "", "a fault rule must be an object");
    }
    if (!read_parts(&r, json, rule)) {
        return false;
    }
    rule->source = json_incref(json);
    return true;
}

void fault_rule_cleanup(struct fault_rule *rule)
{
    json_decref(rule->source);
    rule->source = NULL;
}

static bool names_match(const char *wanted, const char *const names[FAULT_NAMES])
{
    for (size_t i = 0; wanted != NULL && i < FAULT_NAMES; i++) {
        if (names[i] != NULL && strcasecmp(wanted, names[i]) == 0) {
            return true;
        }
    }
    return wanted == NULL;
}

bool fault_rule_strikes(struct fault_rule *rule, const struct fault_facts *facts, int64_t now_ms,
                        double dice)
{
    int64_t age_ms = now_ms - rule->set_at_ms;

    if ((rule->endpoint != NULL && strcmp(rule->endpoint, facts->endpoint) != 0) ||
        (rule->grant != NULL && (facts->grant == NULL || strcmp(rule->grant, facts->grant) != 0)) ||
        !names_match(rule->tenant, facts->tenants) || !names_match(rule->client, facts->clients) ||
        age_ms < rule->window_from_ms || age_ms >= rule->window_until_ms) {
        return false;
    }
    rule->matched++;
    bool listed = rule->nth_count == 0;
    for (size_t i = 0; i < rule->nth_count; i++) {
        listed = listed || rule->nth[i] == rule->matched;
    }
    if (!listed || (rule->probability < 1 && dice >= rule->probability)) {
        return false;
    }
    rule->hits++;
    return true;
}
