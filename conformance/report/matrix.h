/* Runs laid side by side: targets × cases. */
#ifndef CONFORMANCE_REPORT_MATRIX_H
#define CONFORMANCE_REPORT_MATRIX_H

#include <jansson.h>
#include <stdbool.h>

/*
 * report_matrix returns the rows of the matrix of runs, a new reference, in the order of the ids:
 * [{"id","case":a result of it,"cells":[its result in each run, or null]}].
 */
json_t *report_matrix(const json_t *runs);

/* report_row_deviates says whether a case deviates, or surprises, in some run. */
bool report_row_deviates(const json_t *row);

/* report_find returns the result of a case in a run, or NULL. Borrowed. */
json_t *report_find(const json_t *run, const char *id);

/* report_merge appends runs; of two with one name the later gets a number, so that both can be told
 * apart. */
void report_merge(json_t *into, const json_t *runs);

#endif
