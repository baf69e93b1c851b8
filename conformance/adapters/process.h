/* The process of a subject that the suite starts itself. */
#ifndef CONFORMANCE_ADAPTERS_PROCESS_H
#define CONFORMANCE_ADAPTERS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* cf_process_start runs argv[0] with `argv` in a group of its own and adds `environment`
 * ("NAME=value", NULL-terminated). Its output goes to `log`. Returns the pid, or -1 with `why`. */
pid_t cf_process_start(char *const *argv, char *const *environment, const char *log, char *why,
                       size_t cap);

/* struct cf_pipes are our ends of a child's standard streams: close-on-exec and non-blocking. */
struct cf_pipes {
    int in; /* what it reads */
    int out;
    int err;
};

/* cf_process_start_piped does the same, with pipes instead of the log. */
pid_t cf_process_start_piped(char *const *argv, char *const *environment, struct cf_pipes *pipes,
                             char *why, size_t cap);

/* cf_process_running says whether it has not ended. */
bool cf_process_running(pid_t pid);

/* cf_process_reap waits until the process has ended, at most `timeout_ms`, and ends what it left
 * behind in its group; false when it has not ended. */
bool cf_process_reap(pid_t pid, long timeout_ms, int *status);

/* cf_process_stop ends the process and its group: TERM, then KILL after two seconds; waits for it.
 */
void cf_process_stop(pid_t pid);

/* cf_process_memory_kib returns what a process (0: this one) has in memory now, or -1. */
int64_t cf_process_memory_kib(pid_t pid);

/* cf_process_said returns the last mebibyte of a log, terminated and newly allocated, or NULL. */
char *cf_process_said(const char *log);

/* cf_free_port returns a loopback port that nobody listens on now, or -1. */
int cf_free_port(void);

#endif
