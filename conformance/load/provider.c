/*
 * All threads do the same at the same time, in slots: sign, ask for tokens, for keys, for the
 * peer's copy of the keys, sign again. A noisy machine moves absolute numbers by tens of percent;
 * neighbouring slots share the noise, so their ratio is what counts, and of many the median.
 */
#include "conformance/load/provider.h"

#include "conformance/load/lanes.h"
#include "conformance/load/reference.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENANT_PATH "/c0ffee00-0000-4000-8000-000000000001"
#define TOKEN_FORM                                                                                 \
    "grant_type=client_credentials&client_id=c0ffee00-0000-4000-8000-0000000000d1"                 \
    "&client_secret=daemon-secret&scope=api%3A%2F%2Fauth-test%2F.default"

enum { SLOT_SIGN, SLOT_TOKENS, SLOT_KEYS, SLOT_PEER, SLOTS };
enum { SLOT_MS = 200, SLOT_NS = SLOT_MS * 1000000, REQUEST_CAP = 2048, ROUNDS_MAX = 10000 };

/* What one thread got done in one slot. */
struct slot_result {
    double a_second;
    uint64_t done; /* answers that came too late for the slot included: somebody worked for them */
};

struct bench_thread {
    struct bench *bench;
    pthread_t id;
    struct load_reference *reference;
    struct load_lanes *lanes[SLOTS]; /* NULL for S, and without a peer */
    uint64_t errors;
    struct slot_result *results; /* [place_of()] */
};

/* Processor seconds until the beginning of a slot: of this process, the mock and the peer. */
struct reading {
    double own;
    double idp;
    double peer;
};

struct bench {
    pthread_barrier_t barrier;
    unsigned rounds; /* the first is a warm-up; one more than these follows, for its S alone */
    unsigned thread_count;
    const struct load_provider_servers *servers;
    struct load_processes own;
    struct load_url urls[SLOTS];
    char requests[SLOTS][REQUEST_CAP];
    struct bench_thread *threads;
    struct reading *readings; /* [place_of()], and one behind the last slot */
};

static size_t place_of(unsigned round, unsigned which)
{
    return (size_t)round * SLOTS + which;
}

/* ---- one thread ---- */

static struct slot_result sign_slot(struct bench_thread *t, uint64_t start)
{
    uint64_t now = start;
    uint64_t count = 0;
    while (now - start < SLOT_NS) {
        for (unsigned i = 0; i < 8; i++) {
            count += (uint64_t)load_reference_sign(t->reference);
        }
        now = load_clock_ns();
    }
    return (struct slot_result){(double)count * 1e9 / (double)(now - start), count};
}

static struct slot_result slot(struct bench_thread *t, unsigned which)
{
    uint64_t start = load_clock_ns();
    struct load_tally tally = {0};
    if (which == SLOT_SIGN) {
        return sign_slot(t, start);
    }
    if (t->lanes[which]) {
        load_lanes_drive(t->lanes[which], start + SLOT_NS, &tally);
    }
    t->errors += tally.errors;
    return (struct slot_result){(double)tally.in_time * 1000.0 / SLOT_MS,
                                tally.in_time + tally.late};
}

static void read_clocks(struct bench *b, size_t place)
{
    b->readings[place] =
        (struct reading){.own = load_processes_seconds(&b->own),
                         .idp = load_processes_seconds(&b->servers->idp_processes),
                         .peer = load_processes_seconds(&b->servers->peer_processes)};
}

/* SCHED_BATCH: an answer does not take the processor away from the server that is about to write
 * the next one, so that less of the time goes into changing between the two (sched(7)). */
static void *thread_main(void *closure)
{
    struct bench_thread *t = closure;
    struct bench *b = t->bench;
    size_t last = place_of(b->rounds, SLOT_SIGN);
    const struct sched_param none = {0};
    (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
    for (size_t place = 0; place <= last; place++) {
        pthread_barrier_wait(&b->barrier);
        if (t == b->threads) {
            read_clocks(b, place);
        }
        t->results[place] = slot(t, (unsigned)(place % SLOTS));
    }
    return NULL;
}

/* ---- all of them ---- */

static int make_requests(struct bench *b, const char *idp, char *why, size_t cap)
{
    const char *peer = b->servers->peer;
    struct load_url *url = &b->urls[SLOT_TOKENS];
    for (unsigned which = SLOT_TOKENS; which < SLOTS; which++) {
        const char *from = which == SLOT_PEER ? peer : idp;
        if (from && load_url_parse(from, &b->urls[which], why, cap) != 0) {
            return -1;
        }
    }
    snprintf(b->requests[SLOT_TOKENS], REQUEST_CAP,
             "POST " TENANT_PATH "/oauth2/v2.0/token HTTP/1.1\r\nHost: %s:%s\r\n"
             "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
             url->host, url->port, strlen(TOKEN_FORM), TOKEN_FORM);
    snprintf(b->requests[SLOT_KEYS], REQUEST_CAP,
             "GET " TENANT_PATH "/discovery/v2.0/keys HTTP/1.1\r\nHost: %s:%s\r\n\r\n", url->host,
             url->port);
    snprintf(b->requests[SLOT_PEER], REQUEST_CAP, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n",
             b->urls[SLOT_PEER].path, b->urls[SLOT_PEER].host, b->urls[SLOT_PEER].port);
    return 0;
}

static int prepare(struct bench *b, struct bench_thread *t, const struct load_options *o, char *why,
                   size_t cap)
{
    t->bench = b;
    t->reference = load_reference_new();
    t->results = calloc(place_of(b->rounds, SLOT_SIGN) + 1, sizeof *t->results);
    if (!t->reference || !t->results) {
        snprintf(why, cap, "out of memory");
        return -1;
    }
    for (unsigned which = SLOT_TOKENS; which < SLOTS; which++) {
        if (which == SLOT_PEER && !b->servers->peer) {
            continue;
        }
        t->lanes[which] = load_lanes_open(&b->urls[which], b->requests[which],
                                          load_share(o, (unsigned)(t - b->threads)), why, cap);
        if (!t->lanes[which]) {
            return -1;
        }
    }
    return 0;
}

/* ---- what came of it ---- */

/* A rate of all threads in one slot. */
typedef double rate_of(const struct bench *b, unsigned round, unsigned which);

static double a_second(const struct bench *b, unsigned round, unsigned which)
{
    double total = 0;
    for (unsigned i = 0; i < b->thread_count; i++) {
        total += b->threads[i].results[place_of(round, which)].a_second;
    }
    return total;
}

static double a_processor_second(const struct bench *b, unsigned round, unsigned which)
{
    const struct reading *from = &b->readings[place_of(round, which)];
    const struct reading *to = from + 1;
    double used = which == SLOT_SIGN   ? to->own - from->own
                  : which == SLOT_PEER ? to->peer - from->peer
                                       : to->idp - from->idp;
    uint64_t done = 0;
    for (unsigned i = 0; i < b->thread_count; i++) {
        done += b->threads[i].results[place_of(round, which)].done;
    }
    return used > 0 ? (double)done / used : 0;
}

static double ratio(double of, double to)
{
    return to > 0 ? of / to : 0;
}

/* Round 0 warms up and is not looked at. Returns -1 without memory. */
static int summarize(const struct bench *b, rate_of *rate, struct load_provider_rates *out)
{
    size_t n = b->rounds - 1;
    double *values = calloc(6 * n, sizeof *values);
    if (!values) {
        return -1;
    }
    for (unsigned round = 1; round <= n; round++) {
        double sign = (rate(b, round, SLOT_SIGN) + rate(b, round + 1, SLOT_SIGN)) / 2;
        double tokens = rate(b, round, SLOT_TOKENS);
        double keys = rate(b, round, SLOT_KEYS);
        double peer = rate(b, round, SLOT_PEER);
        const double row[] = {sign, tokens, ratio(tokens, sign), keys, peer, ratio(keys, peer)};
        for (unsigned k = 0; k < 6; k++) {
            values[k * n + round - 1] = row[k];
        }
    }
    *out = (struct load_provider_rates){.sign = load_median(values, n),
                                        .tokens = load_median(values + n, n),
                                        .tokens_to_sign = load_median(values + 2 * n, n),
                                        .keys = load_median(values + 3 * n, n),
                                        .peer = load_median(values + 4 * n, n),
                                        .keys_to_peer = load_median(values + 5 * n, n)};
    free(values);
    return 0;
}

/* ---- the run ---- */

static int run(struct bench *b, const struct load_options *o, struct load_provider_report *report,
               char *why, size_t cap)
{
    for (unsigned i = 0; i < b->thread_count; i++) {
        if (prepare(b, &b->threads[i], o, why, cap) != 0) {
            return -1;
        }
    }
    pthread_barrier_init(&b->barrier, NULL, b->thread_count);
    unsigned started = 0;
    while (started < b->thread_count &&
           pthread_create(&b->threads[started].id, NULL, thread_main, &b->threads[started]) == 0) {
        started++;
    }
    if (started < b->thread_count) {
        fprintf(stderr, "loadgen: cannot start %u threads\n", b->thread_count);
        exit(3); /* those that run wait for the others */
    }
    for (unsigned i = 0; i < started; i++) {
        pthread_join(b->threads[i].id, NULL);
        report->errors += b->threads[i].errors;
    }
    read_clocks(b, place_of(b->rounds, SLOT_SIGN) + 1);
    pthread_barrier_destroy(&b->barrier);
    report->rounds = b->rounds - 1;
    snprintf(why, cap, "out of memory");
    return summarize(b, a_second, &report->a_second) == 0 &&
                   summarize(b, a_processor_second, &report->a_processor_second) == 0
               ? 0
               : -1;
}

static void cleanup(struct bench *b)
{
    for (unsigned i = 0; b->threads && i < b->thread_count; i++) {
        for (unsigned which = SLOT_TOKENS; which < SLOTS; which++) {
            load_lanes_close(b->threads[i].lanes[which]);
        }
        load_reference_free(b->threads[i].reference);
        free(b->threads[i].results);
    }
    free(b->threads);
    free(b->readings);
}

int load_run_provider(const struct load_options *o, const struct load_provider_servers *servers,
                      struct load_provider_report *report, char *why, size_t cap)
{
    struct bench b = {.thread_count = o->threads, .servers = servers, .own = load_processes_own()};
    double round_s = (servers->peer ? SLOTS : SLOTS - 1) * SLOT_MS / 1000.0;
    double rounds = o->duration_s / round_s;
    b.rounds = 2 + (unsigned)(rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX);
    *report = (struct load_provider_report){0};
    snprintf(why, cap, "out of memory");
    b.threads = calloc(o->threads, sizeof *b.threads);
    b.readings = calloc(place_of(b.rounds, SLOT_SIGN) + 2, sizeof *b.readings);
    int status = b.threads && b.readings && make_requests(&b, o->idp, why, cap) == 0
                     ? run(&b, o, report, why, cap)
                     : -1;
    cleanup(&b);
    return status;
}

/* ---- what it says ---- */

static json_t *rates_json(const struct load_provider_rates *r)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "openssl_sign", r->sign, "tokens", r->tokens,
                     "tokens_to_openssl_sign", r->tokens_to_sign, "keys", r->keys, "peer", r->peer,
                     "keys_to_peer", r->keys_to_peer);
}

json_t *load_provider_json(const struct load_options *o, const struct load_provider_report *r)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:o, s:o, s:I, s:b}", "target", o->idp, "threads",
                     (int)o->threads, "connections", (int)o->connections, "rounds", (int)r->rounds,
                     "a_second", rates_json(&r->a_second), "a_processor_second",
                     rates_json(&r->a_processor_second), "errors", (json_int_t)r->errors, "valid",
                     r->errors == 0);
}

/* One row of the table; what is not known is a dash, and a ratio below its goal says so. */
static void print_row(FILE *out, const char *what, double goal, double wall, double processor)
{
    char text[2][32] = {"-", "-"};
    const double values[2] = {wall, processor};
    for (unsigned i = 0; i < 2; i++) {
        if (values[i] > 0) {
            snprintf(text[i], sizeof text[i], "%s%.*f", values[i] < goal ? "below: " : "",
                     goal > 0 ? 2 : 0, values[i]);
        }
    }
    fprintf(out, "  %-42s %12s %20s", what, text[0], text[1]);
    if (goal > 0) {
        fprintf(out, "   goal %.2f", goal);
    }
    fprintf(out, "\n");
}

void load_provider_print(FILE *out, const struct load_options *o,
                         const struct load_provider_report *r)
{
    const struct load_provider_rates *w = &r->a_second;
    const struct load_provider_rates *p = &r->a_processor_second;
    fprintf(out, "%s, closed loop, %u threads, %u connections, medians of %u rounds\n", o->idp,
            o->threads, o->connections, r->rounds);
    fprintf(out, "  %-42s %12s %20s\n", "", "a second", "a processor second");
    print_row(out, "EVP_PKEY_sign, in slots between (S)", 0, w->sign, p->sign);
    print_row(out, "tokens by client_credentials", 0, w->tokens, p->tokens);
    print_row(out, "tokens / S", LOAD_GOAL_TOKENS, w->tokens_to_sign, p->tokens_to_sign);
    print_row(out, "key sets", 0, w->keys, p->keys);
    print_row(out, "the same bytes from the peer", 0, w->peer, p->peer);
    print_row(out, "key sets / peer", LOAD_GOAL_KEYS, w->keys_to_peer, p->keys_to_peer);
    if (r->errors > 0) {
        fprintf(out, "  THIS RUN IS NOT VALID: %llu errors\n", (unsigned long long)r->errors);
    }
}
