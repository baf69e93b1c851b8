/* POSIX gives each process a clock of the time that it ran, to the nanosecond and for others to
 * read (clock_getcpuclockid(3)). /proc/PID/stat counts in hundredths of a second. */
#include "conformance/load/processor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes one id off the front, and the comma behind it; 0 when there is none. */
static pid_t take_id(const char **at)
{
    char *end = NULL;
    long id = **at >= '1' && **at <= '9' ? strtol(*at, &end, 10) : 0;
    if (id <= 0 || id > INT32_MAX || (*end != '\0' && (*end != ',' || end[1] == '\0'))) {
        return 0;
    }
    *at = *end == ',' ? end + 1 : end;
    return (pid_t)id;
}

int load_processes_parse(const char *text, struct load_processes *processes, char *why, size_t cap)
{
    const char *at = text;
    processes->count = 0;
    do {
        pid_t id = take_id(&at);
        clockid_t *clock = &processes->clocks[processes->count];
        if (id == 0 || processes->count == LOAD_PROCESSES_MAX) {
            snprintf(why, cap, "'%s' is not a list of process ids", text);
            return -1;
        }
        int error = clock_getcpuclockid(id, clock);
        if (error != 0) {
            snprintf(why, cap, "process %ld: %s", (long)id, strerror(error));
            return -1;
        }
        processes->count++;
    } while (*at);
    return 0;
}

struct load_processes load_processes_own(void)
{
    return (struct load_processes){.clocks = {CLOCK_PROCESS_CPUTIME_ID}, .count = 1};
}

double load_processes_seconds(const struct load_processes *processes)
{
    double seconds = 0;
    for (size_t i = 0; i < processes->count; i++) {
        struct timespec used = {0};
        if (clock_gettime(processes->clocks[i], &used) == 0) {
            seconds += (double)used.tv_sec + (double)used.tv_nsec / 1e9;
        }
    }
    return seconds;
}
