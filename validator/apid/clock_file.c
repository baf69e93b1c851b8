/* One short read a look: this clock is for tests, where nobody minds. */
#include "validator/apid/clock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first second of the year 10000: a time that the file may not reach. */
#define YEAR_10000 INT64_C(253402300800)

/* The seconds in the file; -1 with `errno`, which is 0 when it holds something else. */
static int64_t read_seconds(const char *path)
{
    char text[24];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ssize_t len = read(fd, text, sizeof text - 1);
    int error = errno;
    close(fd);
    errno = len < 0 ? error : 0;
    text[len > 0 ? len : 0] = '\0';
    size_t digits = strspn(text, "0123456789");
    bool whole = digits > 0 && digits < 13 && (text[digits] == '\n' || text[digits] == '\0');
    int64_t seconds = whole ? strtoll(text, NULL, 10) : -1;
    return seconds < YEAR_10000 ? seconds : -1;
}

int clock_file_open(struct clock_file *clock, const char *path, char *why, size_t cap)
{
    int64_t seconds = read_seconds(path);
    if (seconds < 0) {
        snprintf(why, cap, "%s: %s", path,
                 errno ? strerror(errno) : "it does not hold Unix seconds in decimal digits");
        return -1;
    }
    clock->path = path;
    clock->last = seconds;
    return 0;
}

int64_t clock_file_now(void *ctx)
{
    struct clock_file *clock = ctx;
    int64_t seconds = read_seconds(clock->path);
    if (seconds < 0) {
        return __atomic_load_n(&clock->last, __ATOMIC_RELAXED);
    }
    __atomic_store_n(&clock->last, seconds, __ATOMIC_RELAXED);
    return seconds;
}
