/* The command line of conform. */
#ifndef CONFORMANCE_OPTIONS_H
#define CONFORMANCE_OPTIONS_H

#include "conformance/case.h"

#include <stdbool.h>
#include <stddef.h>

enum { OPTIONS_LIST_MAX = 64 };
enum conform_exit {
    CONFORM_OK = 0,
    CONFORM_DEVIATION = 1,
    CONFORM_USAGE = 2,
    CONFORM_UNREACHABLE = 3
};

/* Borrowed from argv; NULL where nothing was said. */
struct conform_options {
    const char *command; /* "run", "list" … */
    const char *words[OPTIONS_LIST_MAX];
    size_t word_count;
    const char *targets[OPTIONS_LIST_MAX];
    size_t target_count;
    const char *case_dirs[OPTIONS_LIST_MAX];
    size_t case_dir_count;
    enum cf_level level;
    const char *expected;
    const char *junit; /* where each format goes */
    const char *json;
    const char *markdown;
    const char *html;
    const char *tap;
    const char *sarif;
    const char *color; /* "auto", "always", "never" */
    const char *seed;
    const char *idp_listen;
    const char *idp_listen_tls;
    const char *idp_state;
    const char *wait_for;
    const char *idp_where; /* of --idp: a profile or URL; NULL: the mock in process */
    const char *idp_ca;
    long timeout_ms; /* 0: not said */
    size_t jobs;     /* worlds at the same time; 0: not said */
    bool strict;
    bool verbose;
    bool idp;  /* the identity-provider half */
    bool safe; /* of it only what may be sent to anybody */
};

/* options_read fills *o. -1 to go on, else the exit status (help, version, bad usage with one line
 * on stderr). */
int options_read(int argc, char **argv, struct conform_options *o);

#endif
