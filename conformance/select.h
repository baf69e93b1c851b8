/* Which cases are played, and in which order. */
#ifndef CONFORMANCE_SELECT_H
#define CONFORMANCE_SELECT_H

#include "conformance/case.h"

#include <stdbool.h>

/* struct cf_selection is what the command line asks for; borrowed. No filter selects all. */
struct cf_selection {
    const char *const *filters; /* patterns of ids ("TIM-*"), groups, or words of the title */
    size_t filter_count;
    enum cf_level least; /* cases below are left out */
};

/* cf_selects says whether a case is asked for. */
bool cf_selects(const struct cf_selection *selection, const struct cf_case *c);

/* cf_matches says whether an id matches a pattern ("KEY-*", in any case) or is of the group that it
 * names. */
bool cf_matches(const char *pattern, const struct cf_case *c);

/* cf_disabled returns the reason why a case is not played, of {"PATTERN": "reason"} (or NULL), or
 * NULL; borrowed. */
const char *cf_disabled(const json_t *patterns, const struct cf_case *c);

/*
 * cf_plan returns the selected cases in the order of play, newly allocated, NULL when none is; the
 * count in *count. A subject that cannot be started afresh gets rollovers first and unknown kids
 * last: the one must not find the cooldown that the other leaves behind.
 */
const struct cf_case **cf_plan(const struct cf_suite *suite, const struct cf_selection *selection,
                               bool restarts, size_t *count);

/* cf_changes_world says whether a case steers the mock or its clock, so that it wants a subject of
 * its own. */
bool cf_changes_world(const struct cf_case *c);

/* cf_waits says whether most of the case's time is waiting: the mock holds an answer back. */
bool cf_waits(const struct cf_case *c);

#endif
