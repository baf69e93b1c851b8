/* A bar, the case of the moment, the time that is left. */
#include "conformance/report/progress.h"

#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR 20
/* The first cases say little of the others. */
#define ETA_AFTER_MS 500

int64_t report_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void report_progress_line(char *out, size_t cap, const char *id, size_t done, size_t count,
                          int64_t elapsed_ms)
{
    static const char full[BAR + 1] = "####################";
    int filled = count > 0 ? (int)(done * BAR / count) : 0;
    char left[40] = "";
    if (done > 0 && elapsed_ms >= ETA_AFTER_MS) {
        int64_t left_ms = elapsed_ms * (int64_t)(count - done) / (int64_t)done;
        (void)snprintf(left, sizeof left, ", %lld s left", (long long)((left_ms + 999) / 1000));
    }
    (void)snprintf(out, cap, "[%.*s%*s] %zu/%zu %.20s%s", filled, full, BAR - filled, "", done,
                   count, id, left);
}

void report_progress_show(void *progress, const json_t *result, size_t done, size_t count)
{
    const struct report_progress *p = progress;
    char line[120];
    report_progress_line(line, sizeof line, report_text_of(result, "id"), done, count,
                         report_now_ms() - p->began_ms);
    (void)fprintf(stderr, "\r\033[K%s", done == count ? "" : line);
    (void)fflush(stderr);
}

bool report_progress_wanted(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && term && strcmp(term, "dumb") != 0 && !getenv("CI");
}
