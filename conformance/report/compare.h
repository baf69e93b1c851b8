/* What changed between two runs of one target. */
#ifndef CONFORMANCE_REPORT_COMPARE_H
#define CONFORMANCE_REPORT_COMPARE_H

#include <jansson.h>
#include <stddef.h>

enum report_change {
    REPORT_SAME,
    REPORT_WORSE, /* a heavier verdict, of the case or of a variant; or played no more */
    REPORT_BETTER,
    REPORT_CHANGED, /* the same verdict for another reason */
    REPORT_NEW,     /* the case was not in the first run */
    REPORT_GONE,    /* it is not in the second */
    REPORT_CHANGES
};

/* report_change_name is "worse", "better" … Borrowed. */
const char *report_change_name(enum report_change change);

/*
 * report_compare returns the cases that changed, a new reference, in the order of their ids:
 * [{"id","title","change","before","after","what"}]; counts[] gets how many of each kind.
 */
json_t *report_compare(const json_t *before, const json_t *after, size_t counts[REPORT_CHANGES]);

#endif
