/* The time from a file, for tests alone: a suite moves it while the program runs. */
#ifndef VALIDATOR_APID_CLOCK_FILE_H
#define VALIDATOR_APID_CLOCK_FILE_H

#include <stddef.h>
#include <stdint.h>

/* struct clock_file is zeroed, then clock_file_open. */
struct clock_file {
    const char *path; /* borrowed */
    int64_t last;     /* what was read last; atomic */
};

/* clock_file_open reads the file for the first time; `path` is borrowed. -1 with `why`. */
int clock_file_open(struct clock_file *clock, const char *path, char *why, size_t cap);

/*
 * clock_file_now is a btv_clock_fn: Unix seconds, written in the file as decimal digits and a
 * newline. The file is read anew each time; while it cannot be read, time stands still. Who
 * changes it writes another file and renames it. Any thread.
 */
int64_t clock_file_now(void *clock);

#endif
