/* What a run found, for people and for programs. */
#include "conformance/load/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    double percent;
} percentiles[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99_9", 99.9}, {"p99_99", 99.99}};
#define PERCENTILES (sizeof percentiles / sizeof percentiles[0])

unsigned load_share(const struct load_options *o, unsigned index)
{
    return o->connections / o->threads + (index < o->connections % o->threads);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double load_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

uint64_t load_clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

void load_report_cleanup(struct load_report *report)
{
    load_histogram_free(report->service);
    report->service = NULL;
}

void load_report_judge(struct load_report *report)
{
    report->valid = false;
    if (report->operations == 0) {
        snprintf(report->invalid_because, sizeof report->invalid_because, "nothing was answered");
    } else if (report->wrong_verdicts > 0) {
        snprintf(report->invalid_because, sizeof report->invalid_because, "%llu wrong verdicts",
                 (unsigned long long)report->wrong_verdicts);
    } else if (report->errors > 0) {
        snprintf(report->invalid_because, sizeof report->invalid_because, "%llu errors",
                 (unsigned long long)report->errors);
    } else {
        report->valid = true;
        report->invalid_because[0] = '\0';
    }
}

static json_t *histogram_json(const struct load_histogram *h)
{
    json_t *object = json_object();
    for (size_t i = 0; i < PERCENTILES; i++) {
        double us = (double)load_histogram_percentile(h, percentiles[i].percent) / 1000.0;
        json_object_set_new(object, percentiles[i].name, json_real(us));
    }
    json_object_set_new(object, "max", json_real((double)load_histogram_max(h) / 1000.0));
    return object;
}

json_t *load_report_json(const struct load_options *o, const struct load_report *report)
{
    json_t *object = json_object();
    json_object_set_new(object, "plan", json_string("closed"));
    json_object_set_new(object, "target", json_string(o->url ? o->url : "inproc"));
    json_object_set_new(object, "threads", json_integer(o->threads));
    json_object_set_new(object, "connections", json_integer(o->url ? o->connections : 0));
    json_object_set_new(object, "validations_per_s", json_real(report->validations_per_s));
    /* a closed loop has no intended send time: the latency is the service time */
    json_object_set_new(object, "latency_us", histogram_json(report->service));
    json_object_set_new(object, "service_us", histogram_json(report->service));
    json_object_set_new(object, "wrong_verdicts", json_integer((json_int_t)report->wrong_verdicts));
    json_object_set_new(object, "errors", json_integer((json_int_t)report->errors));
    json_object_set_new(object, "valid", json_boolean(report->valid));
    if (!report->valid) {
        json_object_set_new(object, "invalid_because", json_string(report->invalid_because));
    }
    if (!o->url) {
        json_object_set_new(object, "openssl_verify_per_s",
                            json_real(report->openssl_verify_per_s));
        json_object_set_new(object, "ratio_to_openssl", json_real(report->ratio_to_openssl));
    }
    return object;
}

void load_report_print(const struct load_options *o, const struct load_report *report)
{
    printf("%s, closed loop, %u thread%s", o->url ? o->url : "validator core in process",
           o->threads, o->threads == 1 ? "" : "s");
    if (o->url) {
        printf(", %u connection%s", o->connections, o->connections == 1 ? "" : "s");
    }
    printf("\n  %10.0f validations/s\n", report->validations_per_s);
    if (!o->url) {
        printf("  %10.0f EVP_PKEY_verify/s (R), timed in slots between\n",
               report->openssl_verify_per_s);
        printf("  %10.2f of R (median of the paired slots)\n", report->ratio_to_openssl);
    }
    printf("  service time in us:");
    for (size_t i = 0; i < PERCENTILES; i++) {
        printf("  p%g %.1f", percentiles[i].percent,
               (double)load_histogram_percentile(report->service, percentiles[i].percent) / 1000.0);
    }
    printf("  max %.1f\n", (double)load_histogram_max(report->service) / 1000.0);
    printf("  %llu validations, %llu wrong verdicts, %llu errors\n",
           (unsigned long long)report->operations, (unsigned long long)report->wrong_verdicts,
           (unsigned long long)report->errors);
    if (!report->valid) {
        printf("  THIS RUN IS NOT VALID: %s\n", report->invalid_because);
    }
}
