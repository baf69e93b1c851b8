/* Expectations, member by member. */
#include "conformance/provider/expect.h"

#include "conformance/provider/answer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_t *params_of(const json_t *answer)
{
    return json_object_get(json_object_get(answer, "redirect"), "params");
}

/* The members that an answer refuses with: of its JSON, or of its redirect. */
static const json_t *refusal_of(const json_t *answer)
{
    const json_t *json = json_object_get(answer, "json");
    return json_is_object(json) ? json : params_of(answer);
}

static enum cf_match match_status(struct cf_matching *m, const json_t *wanted, const json_t *answer)
{
    json_int_t status = json_integer_value(json_object_get(answer, "status"));
    const json_t *refusal = refusal_of(answer);
    const char *said = json_string_value(json_object_get(refusal, "error_description"));
    const json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(wanted, i, one)
    {
        if (json_integer_value(one) == status) {
            return CF_MATCHES;
        }
    }
    one = json_array_get(wanted, 0);
    return cf_match_fails(m, "status", "is %lld, must be %lld%s%s%.160s", (long long)status,
                          (long long)json_integer_value(one),
                          json_array_size(wanted) > 1 ? " …" : "", said ? ": " : "",
                          said ? said : "");
}

static enum cf_match match_headers(struct cf_matching *m, const json_t *wanted,
                                   const json_t *answer)
{
    const json_t *headers = json_object_get(answer, "headers");
    enum cf_match match = CF_MATCHES;
    void *at = json_object_iter((json_t *)(uintptr_t)wanted);
    for (; at && match == CF_MATCHES; at = json_object_iter_next((json_t *)(uintptr_t)wanted, at)) {
        match = cf_match_value(m, json_object_iter_value(at),
                               json_object_get(headers, json_object_iter_key(at)),
                               json_object_iter_key(at));
    }
    return match;
}

static enum cf_match match_member(struct cf_matching *m, const char *name, const json_t *wanted,
                                  const json_t *answer)
{
    const json_t *value = json_object_get(answer, name);
    if (!value && strcmp(name, "json") == 0 && !json_object_get(wanted, "absent")) {
        return cf_match_fails(m, "body", "is no JSON");
    }
    return cf_match_value(m, wanted, value, name);
}

static bool lists(const json_t *wanted, const json_t *value)
{
    const json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(wanted, i, one)
    {
        if (json_equal(one, value)) {
            return true;
        }
    }
    return value && json_equal(wanted, value);
}

static enum cf_match match_error(struct cf_matching *m, const json_t *wanted, const json_t *answer)
{
    const json_t *refusal = refusal_of(answer);
    const char *is = json_string_value(json_object_get(refusal, "error"));
    const char *said = json_string_value(json_object_get(refusal, "error_description"));
    const char *must =
        json_string_value(json_is_array(wanted) ? json_array_get(wanted, 0) : wanted);
    return lists(wanted, json_object_get(refusal, "error"))
               ? CF_MATCHES
               : cf_match_fails(m, "error", "is %.60s, must be %.60s%s%.160s",
                                is ? is : "not there", must ? must : "?", said ? ": " : "",
                                said ? said : "");
}

/* Whether an answer says a number, everywhere where it has to. */
static bool says_number(const json_t *answer, json_int_t number)
{
    char word[40];
    const json_t *json = json_object_get(answer, "json");
    const json_t *refusal = refusal_of(answer);
    const char *said = json_string_value(json_object_get(refusal, "error_description"));
    const char *body = json_string_value(json_object_get(answer, "body"));
    json_t *code = json_integer(number);
    bool coded = !json || lists(json_object_get(json, "error_codes"), code);
    json_decref(code);
    int len = snprintf(word, sizeof word, "AADSTS%lld", (long long)number);
    const char *at = refusal ? said : body ? strstr(body, word) : NULL;
    return coded && at && strncmp(at, word, (size_t)len) == 0 &&
           !(at[len] >= '0' && at[len] <= '9') && (!refusal || at[len] == ':');
}

static enum cf_match match_number(struct cf_matching *m, const json_t *wanted, const json_t *answer)
{
    const json_t *refusal = refusal_of(answer);
    const char *said = json_string_value(json_object_get(refusal, "error_description"));
    size_t count = json_is_array(wanted) ? json_array_size(wanted) : 1;
    const json_t *first = json_is_array(wanted) ? json_array_get(wanted, 0) : wanted;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_is_array(wanted) ? json_array_get(wanted, i) : wanted;
        if (says_number(answer, json_integer_value(one))) {
            return CF_MATCHES;
        }
    }
    return cf_match_fails(m, "error_codes", "must be AADSTS%lld: %.200s",
                          (long long)json_integer_value(first), said ? said : "nothing is said");
}

/* Values at two places of the same answer. */
static enum cf_match match_equal(struct cf_matching *m, const json_t *pairs, const json_t *answer)
{
    const json_t *pair = NULL;
    size_t i = 0;
    json_array_foreach(pairs, i, pair)
    {
        const char *paths[2] = {json_string_value(json_array_get(pair, 0)),
                                json_string_value(json_array_get(pair, 1))};
        json_t *a = cf_answer_find(answer, paths[0] ? paths[0] : "");
        json_t *b = cf_answer_find(answer, paths[1] ? paths[1] : "");
        bool same = a && json_equal(a, b);
        json_decref(a);
        json_decref(b);
        if (!same) {
            return cf_match_fails(m, paths[0] ? paths[0] : "?", "is not %.100s",
                                  paths[1] ? paths[1] : "?");
        }
    }
    return CF_MATCHES;
}

static long long number_at(const json_t *answer, const json_t *path, bool *there)
{
    json_t *value = cf_answer_find(answer, json_is_string(path) ? json_string_value(path) : "");
    const char *text = json_string_value(value);
    long long number = text ? strtoll(text, NULL, 10) : json_integer_value(value);
    *there = *there && (text || json_is_integer(value));
    json_decref(value);
    return number;
}

/* Numbers at two places, and how much the first is more. */
static enum cf_match match_differ(struct cf_matching *m, const json_t *rows, const json_t *answer)
{
    const json_t *row = NULL;
    size_t i = 0;
    enum cf_match match = CF_MATCHES;
    json_array_foreach(rows, i, row)
    {
        bool there = true;
        long long by = number_at(answer, json_array_get(row, 0), &there) -
                       number_at(answer, json_array_get(row, 1), &there);
        json_t *near = json_pack("{s:O}", "near", json_array_get(row, 2));
        json_t *value = there ? json_integer(by) : NULL;
        const char *path = json_string_value(json_array_get(row, 0));
        if (match == CF_MATCHES) {
            match = cf_match_value(m, near, value, path ? path : "?");
        }
        json_decref(near);
        json_decref(value);
    }
    return match;
}

static enum cf_match match_one(struct cf_matching *m, const char *name, const json_t *wanted,
                               const json_t *answer)
{
    if (strcmp(name, "status") == 0) {
        return match_status(m, wanted, answer);
    }
    if (strcmp(name, "headers") == 0) {
        return match_headers(m, wanted, answer);
    }
    if (strcmp(name, "error") == 0) {
        return match_error(m, wanted, answer);
    }
    if (strcmp(name, "aadsts") == 0) {
        return match_number(m, wanted, answer);
    }
    if (strcmp(name, "equal") == 0) {
        return match_equal(m, wanted, answer);
    }
    if (strcmp(name, "differ") == 0) {
        return match_differ(m, wanted, answer);
    }
    if (strcmp(name, "json") == 0 || strcmp(name, "body") == 0 || strcmp(name, "redirect") == 0) {
        return match_member(m, name, wanted, answer);
    }
    (void)cf_match_fails(m, "expect", "'%.40s' is nothing that can be expected", name);
    return CF_NONSENSE;
}

enum cf_match cf_expect_holds(struct cf_matching *m, const json_t *expect, const json_t *answer)
{
    enum cf_match match = CF_MATCHES;
    void *at = json_object_iter((json_t *)(uintptr_t)expect);
    m->reason[0] = '\0';
    for (; at && match == CF_MATCHES; at = json_object_iter_next((json_t *)(uintptr_t)expect, at)) {
        match = match_one(m, json_object_iter_key(at), json_object_iter_value(at), answer);
    }
    return match;
}
