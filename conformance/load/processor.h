/* How much processor time a server used, by the kernel's account of its processes. */
#ifndef CONFORMANCE_LOAD_PROCESSOR_H
#define CONFORMANCE_LOAD_PROCESSOR_H

#include <stddef.h>
#include <time.h>

enum { LOAD_PROCESSES_MAX = 64 };

/* struct load_processes are those of one server; a count of 0 stands for nobody. */
struct load_processes {
    clockid_t clocks[LOAD_PROCESSES_MAX];
    size_t count;
};

/*
 * load_processes_parse reads process ids with commas between them ("17,18") and finds their clocks.
 * Returns 0, or -1 with `why` when one is no number, is not running, or there are too many.
 */
int load_processes_parse(const char *text, struct load_processes *processes, char *why, size_t cap);

/* load_processes_own returns this process alone. */
struct load_processes load_processes_own(void);

/* load_processes_seconds returns the processor time that all their threads used since they began,
 * in user and in kernel mode. One that has ended counts as 0. */
double load_processes_seconds(const struct load_processes *processes);

#endif
