/* Filters and order. */
#include "conformance/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool cf_matches(const char *pattern, const struct cf_case *c)
{
    return fnmatch(pattern, c->id, FNM_CASEFOLD) == 0 || strcasecmp(pattern, c->group) == 0;
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

static bool steps_change_world(const json_t *steps)
{
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(steps, i, step)
    {
        if (json_object_get(step, "idp") || json_object_get(step, "clock") ||
            json_object_get(step, "restart") || json_object_get(step, "expect_requests")) {
            return true;
        }
    }
    return false;
}

bool cf_changes_world(const struct cf_case *c)
{
    const json_t *variant = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(c->json, "variants"), i, variant)
    {
        if (steps_change_world(json_object_get(variant, "steps"))) {
            return true;
        }
    }
    return steps_change_world(json_object_get(c->json, "steps"));
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
