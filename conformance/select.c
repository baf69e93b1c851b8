/* Filters and order. */
#include "conformance/select.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool cf_matches(const char *pattern, const struct cf_case *c)
{
    return fnmatch(pattern, c->id, FNM_CASEFOLD) == 0 || strcasecmp(pattern, c->group) == 0;
}

const char *cf_disabled(const json_t *patterns, const struct cf_case *c)
{
    json_t *all = (json_t *)(uintptr_t)patterns;
    for (void *at = json_object_iter(all); at; at = json_object_iter_next(all, at)) {
        const char *reason = json_string_value(json_object_iter_value(at));
        if (cf_matches(json_object_iter_key(at), c)) {
            return reason ? reason : "";
        }
    }
    return NULL;
}

/* "TIM" asks for a group, "missing" for a word of a title. */
static bool is_word(const char *filter)
{
    return strpbrk(filter, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

bool cf_selects(const struct cf_selection *s, const struct cf_case *c)
{
    bool wanted = s->filter_count == 0;
    for (size_t i = 0; i < s->filter_count; i++) {
        const char *filter = s->filters[i];
        wanted =
            wanted || cf_matches(filter, c) || (is_word(filter) && strcasestr(c->title, filter));
    }
    return wanted && c->level >= s->least;
}

typedef bool (*step_fn)(const json_t *step);

static bool changes_world(const json_t *step)
{
    return json_object_get(step, "idp") || json_object_get(step, "clock") ||
           json_object_get(step, "restart") || json_object_get(step, "expect_requests");
}

static bool holds_back(const json_t *step)
{
    const json_t *rule = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(json_object_get(step, "idp"), "faults"), i, rule)
    {
        const json_t *act = json_object_get(rule, "act");
        if (json_object_get(act, "delay_ms") || json_object_get(act, "drip")) {
            return true;
        }
    }
    return false;
}

static bool any_step(const json_t *steps, step_fn is)
{
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(steps, i, step)
    {
        if (is(step)) {
            return true;
        }
    }
    return false;
}

/* Whether a step of the case, or of one of its variants, is so. */
static bool any_step_of(const struct cf_case *c, step_fn is)
{
    const json_t *variant = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(c->json, "variants"), i, variant)
    {
        if (any_step(json_object_get(variant, "steps"), is)) {
            return true;
        }
    }
    return any_step(json_object_get(c->json, "steps"), is);
}

bool cf_changes_world(const struct cf_case *c)
{
    return any_step_of(c, changes_world);
}

bool cf_waits(const struct cf_case *c)
{
    return any_step_of(c, holds_back);
}

static bool expects_unknown_kid(const struct cf_case *c)
{
    const char *code =
        json_string_value(json_object_get(json_object_get(c->json, "expect"), "code"));
    return code && strcmp(code, "kid_unknown") == 0;
}

static int rank(const struct cf_case *c)
{
    return cf_changes_world(c) ? 0 : expects_unknown_kid(c) ? 2 : 1;
}

/* By group and profile, so that controls stand around few blocks. */
static int by_block(const void *a, const void *b)
{
    const struct cf_case *x = *(const struct cf_case *const *)a;
    const struct cf_case *y = *(const struct cf_case *const *)b;
    int order = strcmp(x->group, y->group);
    order = order ? order : strcmp(x->profile, y->profile);
    return order ? order : strcmp(x->id, y->id);
}

static int by_rank(const void *a, const void *b)
{
    int order = rank(*(const struct cf_case *const *)a) - rank(*(const struct cf_case *const *)b);
    return order ? order : by_block(a, b);
}

const struct cf_case **cf_plan(const struct cf_suite *suite, const struct cf_selection *selection,
                               bool restarts, size_t *count)
{
    const struct cf_case **plan = calloc(suite->count + 1, sizeof(struct cf_case *));
    *count = 0;
    for (size_t i = 0; plan && i < suite->count; i++) {
        if (cf_selects(selection, &suite->cases[i])) {
            plan[(*count)++] = &suite->cases[i];
        }
    }
    if (*count > 0) {
        qsort((void *)plan, *count, sizeof(struct cf_case *), restarts ? by_block : by_rank);
    }
    return plan;
}
