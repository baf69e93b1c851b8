/* One family after the other, each with its help and type. */
#include "validator/apid/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void family(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void single(FILE *out, const char *name, const char *type, const char *help, uint64_t value)
{
    family(out, name, type, help);
    fprintf(out, "%s %" PRIu64 "\n", name, value);
}

char *metrics_render(const struct btv_stats *stats, const uint64_t *responses, size_t count,
                     const uint64_t *denied)
{
    static const enum btv_error needs[] = {BTV_SCOPE_MISSING, BTV_ROLE_MISSING,
                                           BTV_CLIENT_NOT_ALLOWED};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out) {
        return NULL;
    }
    family(out, "apid_responses_total", "counter", "HTTP answers by status.");
    for (size_t i = 0; i < count; i++) {
        uint64_t n = __atomic_load_n(&responses[i], __ATOMIC_RELAXED);
        if (n > 0) {
            fprintf(out, "apid_responses_total{status=\"%zu\"} %" PRIu64 "\n", i, n);
        }
    }
    /* every code from the start, so that a rate over a first failure is not lost */
    family(out, "btv_verdicts_total", "counter", "Validations by outcome.");
    for (int e = 0; e < BTV_ERROR_COUNT; e++) {
        fprintf(out, "btv_verdicts_total{code=\"%s\"} %" PRIu64 "\n",
                btv_error_code((enum btv_error)e), stats->verdicts[e]);
    }
    family(out, "apid_denied_total", "counter",
           "Good tokens without the scope, role or client of a route.");
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        fprintf(out, "apid_denied_total{code=\"%s\"} %" PRIu64 "\n", btv_error_code(needs[i]),
                __atomic_load_n(&denied[needs[i]], __ATOMIC_RELAXED));
    }
    single(out, "btv_fetches_total", "counter", "HTTP requests for metadata or keys.",
           stats->fetches);
    family(out, "btv_refreshes_total", "counter", "Refreshes of the keys by outcome.");
    fprintf(out, "btv_refreshes_total{outcome=\"ok\"} %" PRIu64 "\n", stats->refreshes_ok);
    fprintf(out, "btv_refreshes_total{outcome=\"failed\"} %" PRIu64 "\n", stats->refreshes_failed);
    single(out, "btv_kid_misses_total", "counter", "Tokens whose kid was not in the set in hand.",
           stats->kid_misses);
    single(out, "btv_keys", "gauge", "Keys in the present set.", stats->keys);
    single(out, "btv_last_refresh_timestamp_seconds", "gauge",
           "When a refresh last succeeded, 0 before the first.", (uint64_t)stats->last_success);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
