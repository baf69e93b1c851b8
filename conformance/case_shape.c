/* One row a member: its kind, and what is needed. */
#include "conformance/case_shape.h"

#include "conformance/volley.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef bool (*kind_fn)(const json_t *value);

struct member {
    const char *name;
    kind_fn fits;
    const char *needed;
};

enum { FLOOD_TIMES_MAX = 1000000, FLOOD_OCTETS_MIN = 1010, FLOOD_OCTETS_MAX = 16384 };

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_truth(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_count(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_times(const json_t *value)
{
    return json_integer_value(value) >= 1 && json_integer_value(value) <= CF_TIMES_MAX;
}

static bool is_at_once(const json_t *value)
{
    return json_integer_value(value) >= 1 && json_integer_value(value) <= CF_AT_ONCE_MAX;
}

static bool is_list_of(const json_t *value, kind_fn fits)
{
    const json_t *item = NULL;
    size_t i = 0;
    bool good = json_is_array(value);
    json_array_foreach(value, i, item)
    {
        good = good && fits(item);
    }
    return good;
}

static bool are_texts(const json_t *value)
{
    return is_list_of(value, is_text);
}

static bool are_counts(const json_t *value)
{
    return is_list_of(value, is_count);
}

static bool is_decision(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && (strcmp(text, "accept") == 0 || strcmp(text, "reject") == 0);
}

/* {"has","lacks","empty","absent"} */
static bool is_rule(const json_t *value)
{
    const json_t *has = json_object_get(value, "has"), *lacks = json_object_get(value, "lacks");
    return json_is_object(value) && (!has || are_texts(has)) && (!lacks || are_texts(lacks));
}

static bool are_rules(const json_t *value)
{
    bool good = json_is_object(value);
    void *at = good ? json_object_iter((json_t *)(uintptr_t)value) : NULL;
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
        good = good && is_rule(json_object_iter_value(at));
    }
    return good;
}

static bool is_limit(const json_t *value)
{
    const json_t *ms = json_object_get(value, "ms"), *times = json_object_get(value, "times");
    return json_is_object(value) && (!ms || is_count(ms)) && (!times || is_count(times));
}

static bool is_advance(const json_t *value)
{
    return json_is_integer(json_object_get(value, "advance"));
}

static bool is_between(const json_t *object, const char *name, json_int_t least, json_int_t most)
{
    const json_t *number = json_object_get(object, name);
    return json_is_integer(number) && json_integer_value(number) >= least &&
           json_integer_value(number) <= most;
}

static bool is_flood(const json_t *value)
{
    return is_between(value, "times", 1, FLOOD_TIMES_MAX) &&
           is_between(value, "octets", FLOOD_OCTETS_MIN, FLOOD_OCTETS_MAX);
}

static bool is_growth(const json_t *value)
{
    return is_between(value, "grows_at_most_kib", 0, INT32_MAX);
}

static bool is_counted(const json_t *value)
{
    return json_is_string(json_object_get(value, "endpoint"));
}

/* clang-format off */
static const struct member of_expect[] = {
    {"decision",  is_decision, "accept or reject"},
    {"status",    are_counts,  "a list of numbers"},
    {"error",     are_texts,   "a list of texts"},
    {"code",      is_text,     "a text"},
    {"refused",   is_text,     "a text"},
    {"headers",   are_rules,   "an object of has, lacks or absent"},
    {"body",      is_rule,     "an object of has, lacks or empty"},
    {"same",      are_texts,   "a list of texts"},
    {"time",      is_limit,    "an object of numbers"},
    {"echo",      is_truth,    "true or false"},
    {"challenge", is_truth,    "true or false"},
};

static const struct member of_step[] = {
    {"send",            is_object,  "a recipe"},
    {"expect",          is_object,  "an object"},
    {"times",           is_times,   "a number from 1 to 1000"},
    {"at_once",         is_at_once, "a number from 1 to 64"},
    {"within_ms",       is_count,   "a number"},
    {"idp",             is_object,  "an object"},
    {"clock",           is_advance, "an object with the number advance"},
    {"timezone",        is_text,    "a text"},
    {"restart",         is_object,  "an object"},
    {"configure",       is_object,  "an object"},
    {"expect_requests", is_counted, "an object with the text endpoint"},
    {"starve",          is_truth,   "true or false"},
    {"flood",           is_flood,   "an object with times, and octets from 1010 to 16384,"},
    {"mark_memory",     is_object,  "an object"},
    {"expect_memory",   is_growth,  "an object with the number grows_at_most_kib"},
    {"expect_log",      is_rule,    "an object of has and token"},
};
/* clang-format on */

static int check(const json_t *object, const struct member *table, size_t rows, const char *at,
                 char *why, size_t cap)
{
    for (size_t i = 0; i < rows; i++) {
        const json_t *value = json_object_get(object, table[i].name);
        if (value && !table[i].fits(value)) {
            (void)snprintf(why, cap, "%s/%s: %s is needed", at, table[i].name, table[i].needed);
            return -1;
        }
    }
    return 0;
}

int cf_shape_check(const json_t *variant, char *why, size_t cap)
{
    const json_t *steps = json_object_get(variant, "steps");
    const json_t *step = NULL;
    char at[64];
    size_t i = 0;
    if (!json_is_array(steps)) {
        (void)snprintf(why, cap, "/steps: a list is needed");
        return -1;
    }
    json_array_foreach(steps, i, step)
    {
        (void)snprintf(at, sizeof at, "/steps/%zu", i);
        if (check(step, of_step, ROWS(of_step), at, why, cap) != 0) {
            return -1;
        }
        (void)snprintf(at, sizeof at, "/steps/%zu/expect", i);
        if (check(json_object_get(step, "expect"), of_expect, ROWS(of_expect), at, why, cap) != 0) {
            return -1;
        }
    }
    return 0;
}
