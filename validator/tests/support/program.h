/* Running one of the programs that were built beside the tests, and talking to it over pipes. */
#ifndef VALIDATOR_TESTS_SUPPORT_PROGRAM_H
#define VALIDATOR_TESTS_SUPPORT_PROGRAM_H

#include <stdio.h>
#include <sys/types.h>

struct program {
    pid_t pid;
    FILE *in;  /* its standard input */
    FILE *out; /* its standard output */
    FILE *err; /* its standard error */
};

/*
 * program_start runs BUILD/`argv[0]` with `argv` (NULL-terminated); BUILD is two folders above the
 * test. It dies with the test. Aborts the test when it cannot be run.
 */
struct program program_start(const char *const *argv);

/* program_end closes its input, waits for it and returns its exit status, 128 + signal when it was
 * killed. */
int program_end(struct program *p);

/* program_stop sends it SIGTERM, then program_end. */
int program_stop(struct program *p);

/* program_read returns the newly allocated rest of `stream`. */
char *program_read(FILE *stream);

/* program_line returns the newly allocated next line of `stream` without its end; "" at the end. */
char *program_line(FILE *stream);

#endif
