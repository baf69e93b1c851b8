/*
 * All threads do the same at the same time, in slots: sign, ask for tokens, for keys, for the
 * peer's copy of the keys, sign again. A noisy machine moves absolute numbers by tens of percent;
 * neighbouring slots share the noise, so their ratio is what counts, and of many the median.
 */
#include "conformance/load/provider.h"

#include "conformance/load/lanes.h"
#include "conformance/load/reference.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TENANT_PATH "/c0ffee00-0000-4000-8000-000000000001"
#define TOKEN_FORM                                                                                 \
    "grant_type=client_credentials&client_id=c0ffee00-0000-4000-8000-0000000000d1"                 \
    "&client_secret=daemon-secret&scope=api%3A%2F%2Fauth-test%2F.default"

enum { SLOT_TOKENS, SLOT_KEYS, SLOT_PEER, SLOT_SIGN, SLOTS };
enum { SLOT_MS = 200, SLOT_NS = SLOT_MS * 1000000, REQUEST_CAP = 2048, ROUNDS_MAX = 10000 };

struct bench_thread {
    struct bench *bench;
    pthread_t id;
    struct load_reference *reference;
    struct load_lanes *lanes[SLOT_SIGN]; /* NULL without a peer */
    uint64_t errors;
    double *rates; /* [round * SLOTS + slot]; one round more than measured, for its S alone */
};

struct bench {
    pthread_barrier_t barrier;
    unsigned rounds; /* the first is a warm-up */
    unsigned thread_count;
    struct load_url urls[SLOT_SIGN];
    char requests[SLOT_SIGN][REQUEST_CAP];
    struct bench_thread *threads;
};

/* ---- one thread ---- */

static double sign_slot(struct bench_thread *t, uint64_t start)
{
    uint64_t now = start;
    uint64_t count = 0;
    while (now - start < SLOT_NS) {
        for (unsigned i = 0; i < 8; i++) {
            count += (uint64_t)load_reference_sign(t->reference);
        }
        now = load_clock_ns();
    }
    return (double)count * 1e9 / (double)(now - start);
}

static double slot(struct bench_thread *t, unsigned which)
{
    uint64_t start = load_clock_ns();
    if (which == SLOT_SIGN) {
        return sign_slot(t, start);
    }
    uint64_t stop = start + SLOT_NS;
    uint64_t good = t->lanes[which] ? load_lanes_drive(t->lanes[which], stop, &t->errors) : 0;
    return (double)good * 1000.0 / SLOT_MS;
}

static void *thread_main(void *closure)
{
    struct bench_thread *t = closure;
    for (unsigned round = 0; round <= t->bench->rounds; round++) {
        double *rates = t->rates + (size_t)round * SLOTS;
        pthread_barrier_wait(&t->bench->barrier);
        rates[SLOT_SIGN] = slot(t, SLOT_SIGN);
        for (unsigned which = 0; which < SLOT_SIGN && round < t->bench->rounds; which++) {
            pthread_barrier_wait(&t->bench->barrier);
            rates[which] = slot(t, which);
        }
    }
    return NULL;
}

/* ---- all of them ---- */

static int make_requests(struct bench *b, const char *idp, const char *peer, char *why, size_t cap)
{
    struct load_url *url = b->urls;
    for (unsigned which = 0; which < SLOT_SIGN; which++) {
        const char *from = which == SLOT_PEER ? peer : idp;
        if (from && load_url_parse(from, &url[which], why, cap) != 0) {
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
             url[SLOT_PEER].path, url[SLOT_PEER].host, url[SLOT_PEER].port);
    return 0;
}

static int prepare(struct bench *b, struct bench_thread *t, const struct load_options *o,
                   bool has_peer, char *why, size_t cap)
{
    t->bench = b;
    t->reference = load_reference_new();
    t->rates = calloc((size_t)(b->rounds + 1) * SLOTS, sizeof *t->rates);
    if (!t->reference || !t->rates) {
        snprintf(why, cap, "out of memory");
        return -1;
    }
    for (unsigned which = 0; which < SLOT_SIGN; which++) {
        if (which == SLOT_PEER && !has_peer) {
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

/* The rate of all threads in one slot. */
static double sum(const struct bench *b, unsigned round, unsigned which)
{
    double total = 0;
    for (unsigned i = 0; i < b->thread_count; i++) {
        total += b->threads[i].rates[(size_t)round * SLOTS + which];
    }
    return total;
}

/* Round 0 warms up and is not looked at. */
static int summarize(const struct bench *b, struct load_provider_report *report)
{
    unsigned n = b->rounds - 1;
    double *tokens = calloc(n, sizeof *tokens);
    double *keys = calloc(n, sizeof *keys);
    if (!tokens || !keys) {
        free(tokens);
        free(keys);
        return -1;
    }
    report->rounds = n;
    for (unsigned i = 0; i < n; i++) {
        double around = (sum(b, i + 1, SLOT_SIGN) + sum(b, i + 2, SLOT_SIGN)) / 2;
        double peer = sum(b, i + 1, SLOT_PEER);
        tokens[i] = sum(b, i + 1, SLOT_TOKENS) / around;
        keys[i] = peer > 0 ? sum(b, i + 1, SLOT_KEYS) / peer : 0;
        report->sign_per_s += around / n;
        report->tokens_per_s += sum(b, i + 1, SLOT_TOKENS) / n;
        report->keys_per_s += sum(b, i + 1, SLOT_KEYS) / n;
        report->peer_per_s += peer / n;
    }
    report->tokens_to_sign = load_median(tokens, n);
    report->keys_to_peer = load_median(keys, n);
    free(tokens);
    free(keys);
    return 0;
}

static int run(struct bench *b, const struct load_options *o, bool has_peer,
               struct load_provider_report *report, char *why, size_t cap)
{
    unsigned ready = 0;
    for (; ready < b->thread_count; ready++) {
        if (prepare(b, &b->threads[ready], o, has_peer, why, cap) != 0) {
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
    pthread_barrier_destroy(&b->barrier);
    snprintf(why, cap, "out of memory");
    return summarize(b, report);
}

int load_run_provider(const struct load_options *o, const char *peer,
                      struct load_provider_report *report, char *why, size_t cap)
{
    struct bench b = {.thread_count = o->threads};
    double round_s = (peer ? SLOTS : SLOTS - 1) * SLOT_MS / 1000.0;
    double rounds = o->duration_s / round_s;
    b.rounds = 2 + (unsigned)(rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX);
    *report = (struct load_provider_report){0};
    snprintf(why, cap, "out of memory");
    b.threads = calloc(o->threads, sizeof *b.threads);
    int status = b.threads && make_requests(&b, o->idp, peer, why, cap) == 0
                     ? run(&b, o, peer != NULL, report, why, cap)
                     : -1;
    for (unsigned i = 0; b.threads && i < o->threads; i++) {
        for (unsigned which = 0; which < SLOT_SIGN; which++) {
            load_lanes_close(b.threads[i].lanes[which]);
        }
        load_reference_free(b.threads[i].reference);
        free(b.threads[i].rates);
    }
    free(b.threads);
    return status;
}

/* ---- what it says ---- */

json_t *load_provider_json(const struct load_options *o, const struct load_provider_report *r)
{
    return json_pack("{s:s, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:I, s:b}", "target",
                     o->idp, "threads", (int)o->threads, "connections", (int)o->connections,
                     "rounds", (int)r->rounds, "openssl_sign_per_s", r->sign_per_s, "tokens_per_s",
                     r->tokens_per_s, "tokens_to_openssl_sign", r->tokens_to_sign, "keys_per_s",
                     r->keys_per_s, "peer_per_s", r->peer_per_s, "keys_to_peer", r->keys_to_peer,
                     "errors", (json_int_t)r->errors, "valid", r->errors == 0);
}

void load_provider_print(const struct load_options *o, const struct load_provider_report *r)
{
    printf("%s, closed loop, %u threads, %u connections, %u rounds\n", o->idp, o->threads,
           o->connections, r->rounds);
    printf("  %10.0f tokens/s by client_credentials\n", r->tokens_per_s);
    printf("  %10.0f EVP_PKEY_sign/s (S), on %u threads, timed in slots between\n", r->sign_per_s,
           o->threads);
    printf("  %10.2f of S (median of the paired slots)\n", r->tokens_to_sign);
    printf("  %10.0f key sets/s\n", r->keys_per_s);
    if (r->peer_per_s > 0) {
        printf("  %10.0f /s of the same bytes from the peer\n", r->peer_per_s);
        printf("  %10.2f of the peer (median of the paired slots)\n", r->keys_to_peer);
    }
    if (r->errors > 0) {
        printf("  THIS RUN IS NOT VALID: %llu errors\n", (unsigned long long)r->errors);
    }
}
