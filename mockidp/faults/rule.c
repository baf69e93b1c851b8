/* Reading a fault rule strictly, and telling whether it strikes a request. */
#include "mockidp/faults/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool read_nth(const struct fault_reading *r, const json_t *value, struct fault_rule *rule)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 0;

    if (count == 0 || count > FAULT_NTH_MAX) {
        return fault_refuse(r, "nth", "must be a list of 1 to %d request numbers", FAULT_NTH_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        int64_t n = 0;
        if (!fault_read_integer(r, "nth", json_array_get(value, i), 1, INT32_MAX, &n)) {
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

static bool read_window(const struct fault_reading *r, const json_t *value, struct fault_rule *rule)
{
    if (!json_is_array(value) || json_array_size(value) < 1 || json_array_size(value) > 2) {
        return fault_refuse(r, "window", "must be [\"+FROM\"] or [\"+FROM\",\"+UNTIL\"]");
    }
    rule->window_from_ms = read_span(json_array_get(value, 0));
    if (json_array_size(value) == 2) {
        rule->window_until_ms = read_span(json_array_get(value, 1));
    }
    if (rule->window_from_ms < 0 || rule->window_until_ms <= rule->window_from_ms) {
        return fault_refuse(
            r, "window", "must hold spans such as \"+10s\" (ms, s, m, h, d), the later one second");
    }
    return true;
}

static bool read_match_member(const struct fault_reading *r, const char *member,
                              const json_t *value, struct fault_rule *rule)
{
    static const char *const names[] = {"endpoint", "tenant", "client", "grant"};
    const char **fields[] = {&rule->endpoint, &rule->tenant, &rule->client, &rule->grant};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(member, names[i]) == 0) {
            return fault_read_string(r, member, value, fields[i]);
        }
    }
    if (strcmp(member, "nth") == 0) {
        return read_nth(r, value, rule);
    }
    if (strcmp(member, "window") == 0) {
        return read_window(r, value, rule);
    }
    if (strcmp(member, "probability") == 0) {
        return fault_read_fraction(r, member, value, &rule->probability);
    }
    if (strcmp(member, "sni") == 0) {
        return fault_read_string(r, member, value, &rule->sni);
    }
    if (strcmp(member, "listener") == 0) {
        return fault_read_string(r, member, value, &rule->listener) &&
               (strcmp(rule->listener, "https") == 0 ||
                fault_refuse(r, member, "must be \"https\": TLS faults alone match by listener"));
    }
    return fault_refuse(r, member, "unknown member");
}

static bool read_parts(struct fault_reading *r, json_t *json, struct fault_rule *rule)
{
    json_t *match = json_object_get(json, "match");
    json_t *act = json_object_get(json, "act");
    const char *member = NULL;
    json_t *value = NULL;

    json_object_foreach(json, member, value)
    {
        if (strcmp(member, "match") != 0 && strcmp(member, "act") != 0 &&
            strcmp(member, "hits") != 0) {
            return fault_refuse(r, member, "unknown member");
        }
    }
    r->part = "/match";
    if (match != NULL && !json_is_object(match)) {
        return fault_refuse(r, "", "must be an object");
    }
    json_object_foreach(match, member, value)
    {
        if (!read_match_member(r, member, value, rule)) {
            return false;
        }
    }
    r->part = "/act";
    if (!json_is_object(act) || json_object_size(act) == 0) {
        return fault_refuse(r, "", "must be an object with at least one act");
    }
    json_object_foreach(act, member, value)
    {
        if (!fault_act_read(r, member, value, &rule->act)) {
            return false;
        }
    }
    return true;
}

/* A TLS fault happens before there is a request, so it neither knows one nor answers it. */
static bool check_tls(struct fault_reading *r, const struct fault_rule *rule, const json_t *act)
{
    bool knows = rule->endpoint || rule->tenant || rule->client || rule->grant;

    r->part = "/match";
    if (rule->act.tls == 0) {
        return (!rule->sni && !rule->listener) ||
               fault_refuse(r, rule->sni ? "sni" : "listener", "is for TLS faults alone");
    }
    if (knows || rule->probability < 1) {
        return fault_refuse(r, "", "a TLS fault matches listener, sni, nth and window alone");
    }
    r->part = "/act";
    return json_object_size(act) == 1 || fault_refuse(r, "tls", "must be the only act");
}

bool fault_rule_parse(struct fault_rule *rule, json_t *json, const char *at, char *why, size_t cap)
{
    struct fault_reading r = {at, "", why, cap};

    *rule = (struct fault_rule){
        .window_until_ms = INT64_MAX, .probability = 1, .act = {.retry_after = -1, .truncate = -1}};
    if (!json_is_object(json)) {
        return fault_refuse(&r, "", "a fault rule must be an object");
    }
    if (!read_parts(&r, json, rule) || !check_tls(&r, rule, json_object_get(json, "act"))) {
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

/* count_match counts a match and reports whether nth lists it. */
static bool count_match(struct fault_rule *rule)
{
    bool listed = rule->nth_count == 0;

    rule->matched++;
    for (size_t i = 0; i < rule->nth_count; i++) {
        listed = listed || rule->nth[i] == rule->matched;
    }
    return listed;
}

bool fault_rule_strikes(struct fault_rule *rule, const struct fault_facts *facts, int64_t now_ms,
                        double dice)
{
    int64_t age_ms = now_ms - rule->set_at_ms;

    if (rule->act.tls != 0 ||
        (rule->endpoint != NULL && strcmp(rule->endpoint, facts->endpoint) != 0) ||
        (rule->grant != NULL &&
         (facts->grant == NULL || strcasecmp(rule->grant, facts->grant) != 0)) ||
        !names_match(rule->tenant, facts->tenants) || !names_match(rule->client, facts->clients) ||
        age_ms < rule->window_from_ms || age_ms >= rule->window_until_ms) {
        return false;
    }
    if (!count_match(rule) || (rule->probability < 1 && dice >= rule->probability)) {
        return false;
    }
    rule->hits++;
    return true;
}

bool fault_rule_greets(struct fault_rule *rule, const char *sni, int64_t now_ms)
{
    int64_t age_ms = now_ms - rule->set_at_ms;

    if (rule->act.tls == 0 || (rule->sni != NULL && strcasecmp(rule->sni, sni) != 0) ||
        age_ms < rule->window_from_ms || age_ms >= rule->window_until_ms || !count_match(rule)) {
        return false;
    }
    rule->hits++;
    return true;
}
