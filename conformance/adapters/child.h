/* A program that is asked over its standard streams. It may die, hang, flood or write nonsense:
 * each call ends by its deadline, holds at most one line, and says what happened. */
#ifndef CONFORMANCE_ADAPTERS_CHILD_H
#define CONFORMANCE_ADAPTERS_CHILD_H

#include "conformance/adapters/process.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The longest line, and the most that is read of a program whose output nobody wants. */
enum { CF_CHILD_LINE_MAX = 65536, CF_CHILD_OUTPUT_MAX = 1 << 20, CF_CHILD_SAID_CAP = 256 };

/* struct cf_child is zeroed at first. */
struct cf_child {
    pid_t pid; /* 0: none, or it has ended */
    bool open; /* the pipes */
    struct cf_pipes pipes;
    char said[CF_CHILD_SAID_CAP]; /* what it wrote to standard error, the first of it */
    size_t said_len;
    size_t len;
    char line[CF_CHILD_LINE_MAX + 1];
};

int cf_child_start(struct cf_child *child, char *const *argv, char *const *environment, char *why,
                   size_t cap);

/* cf_child_exchange writes `text` and reads one line, which is borrowed until the next call and has
 * no newline; NULL with `why`, and then only cf_child_stop may follow. */
char *cf_child_exchange(struct cf_child *child, const char *text, long timeout_ms, char *why,
                        size_t cap);

/* cf_child_finish writes `text`, closes the program's input, drops its output and waits until it
 * ends. Returns its exit status, or -1 with `why`. */
int cf_child_finish(struct cf_child *child, const char *text, long timeout_ms, char *why,
                    size_t cap);

/* cf_child_stop says `farewell` (NULL: nothing), closes the input, and ends the program and its
 * group unless it ends by itself within a second. */
void cf_child_stop(struct cf_child *child, const char *farewell);

#endif
