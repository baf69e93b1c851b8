/* One load run: what was asked, what was measured, and whether the measurement is worth reading. */
#ifndef CONFORMANCE_LOAD_RUN_H
#define CONFORMANCE_LOAD_RUN_H

#include "conformance/load/corpus.h"
#include "conformance/load/histogram.h"

#include <stdbool.h>
#include <stdint.h>

struct load_options {
    const char
        *url; /* of the protected resource, http://host:port/path; NULL: the core in process */
    const char
        *idp; /* the http URL of a running mockidp that the target trusts; needed with `url` */
    double duration_s;    /* of measuring, > 0 */
    double warmup_s;      /* before it, not measured */
    unsigned threads;     /* 1..64 */
    unsigned connections; /* in all, with `url`; each thread drives its share */
    unsigned tokens;      /* distinct ones */
};

struct load_report {
    struct load_histogram *service; /* one validation or one request, in ns; owned */
    uint64_t operations;
    uint64_t wrong_verdicts; /* answered, but not as the token deserved */
    uint64_t errors;         /* not answered */
    double validations_per_s;
    double openssl_verify_per_s; /* in process: R, timed in slots between ours; else 0 */
    double ratio_to_openssl;     /* the median over the paired slots; else 0 */
    bool valid;
    char invalid_because[128];
};

/*
 * load_run_inproc drives the validator core from `threads` threads, in slots that alternate with R.
 * load_run_url drives a server over keep-alive connections, closed loop. Both return 0 and fill
 * `report` (free it with load_report_cleanup), or -1 with `why`.
 */
int load_run_inproc(const struct load_options *o, struct load_report *report, char *why,
                    size_t cap);
int load_run_url(const struct load_options *o, struct load_report *report, char *why, size_t cap);
void load_report_cleanup(struct load_report *report);

/* load_report_judge decides `valid` from the counts. */
void load_report_judge(struct load_report *report);

/* load_clock_ns returns monotonic nanoseconds. */
uint64_t load_clock_ns(void);

/* load_share returns how many of the connections the thread `index` drives. */
unsigned load_share(const struct load_options *o, unsigned index);

/* load_median sorts the `count` >= 1 values and returns the middle one. */
double load_median(double *values, size_t count);

/* load_report_json returns the report in the form of the contracts, a new reference. */
json_t *load_report_json(const struct load_options *o, const struct load_report *report);

/* load_report_print writes it for a person. */
void load_report_print(const struct load_options *o, const struct load_report *report);

#endif
