/* How far a run is, on a terminal. */
#ifndef CONFORMANCE_REPORT_PROGRESS_H
#define CONFORMANCE_REPORT_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct report_progress is what the line needs between two calls. */
struct report_progress {
    int64_t began_ms; /* on a clock that does not jump */
};

/* report_now_ms is that clock. */
int64_t report_now_ms(void);

/* report_progress_line writes "[####    ] 12/24 TIM-04, 3 s left". */
void report_progress_line(char *out, size_t cap, const char *id, size_t done, size_t count,
                          int64_t elapsed_ms);

/* report_progress_show is the progress call of struct cf_run; `progress` is a struct
 * report_progress. It draws over its line on stderr and clears it at the end. */
void report_progress_show(void *progress, const json_t *result, size_t done, size_t count);

/* report_progress_wanted says whether stderr is a terminal that can draw over a line. */
bool report_progress_wanted(void);

#endif
