/* Standard input line by line, within a limit. */
#ifndef VALIDATOR_CLI_LINES_H
#define VALIDATOR_CLI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Longer lines are cut here, which is beyond every limit of max_token_bytes: a cut line is refused
 * as too large, never taken for another one. */
#define LINE_MAX_BYTES ((size_t)320 * 1024)

/*
 * lines_next reads one line of `in` into `line` (LINE_MAX_BYTES bytes), without its final \n and
 * with everything else, and stores its length. Returns false at the end of input.
 */
bool lines_next(FILE *in, char *line, size_t *len);

#endif
