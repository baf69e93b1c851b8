/*
 * The core in process, beside R. A noisy machine moves absolute numbers by tens of percent, so each
 * slot of validations stands between two slots of EVP_PKEY_verify, all threads doing the same at
 * the same time, and the ratio is the median.
 */
#include "conformance/load/reference.h"
#include "conformance/load/run.h"

#include "btv/validator.h"
#include "mockidp/idp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_NS 15000000U
#define MAX_ROUNDS 4096U

struct bench;

struct bench_thread {
    struct bench *bench;
    pthread_t id;
    unsigned index;
    struct load_reference *reference;
    struct btv_result *result;
    struct load_histogram *service;
    uint64_t wrong;
    size_t next;
    double *reference_rate; /* a second, by round; rounds + 1 of them */
    double *validate_rate;
};

struct bench {
    struct btv_validator *validator;
    const struct load_corpus *corpus;
    pthread_barrier_t barrier;
    unsigned rounds;
    unsigned warmup_rounds;
    unsigned thread_count;
    struct bench_thread *threads;
};

static double reference_slot(struct bench_thread *t)
{
    uint64_t start = load_clock_ns();
    uint64_t now = start;
    uint64_t count = 0;
    while (now - start < SLOT_NS) {
        for (unsigned i = 0; i < 16; i++) {
            count += (uint64_t)load_reference_verify(t->reference);
        }
        now = load_clock_ns();
    }
    return (double)count * 1e9 / (double)(now - start);
}

static double validate_slot(struct bench_thread *t, bool measured)
{
    uint64_t start = load_clock_ns();
    uint64_t now = start;
    uint64_t count = 0;
    while (now - start < SLOT_NS) {
        const struct load_token *token =
            &t->bench->corpus->tokens[t->next++ % t->bench->corpus->count];
        enum btv_error e =
            btv_validate(t->bench->validator, token->authorization, token->len, t->result);
        uint64_t end = load_clock_ns();
        if (measured) {
            load_histogram_record(t->service, end - now);
            t->wrong += btv_error_http_status(e) != token->expected_status;
        }
        count++;
        now = end;
    }
    return (double)count * 1e9 / (double)(now - start);
}

static void *thread_main(void *arg)
{
    struct bench_thread *t = arg;
    struct bench *b = t->bench;
    t->next = t->index * (b->corpus->count / b->thread_count);
    for (unsigned round = 0; round < b->warmup_rounds + b->rounds; round++) {
        bool measured = round >= b->warmup_rounds;
        unsigned slot = measured ? round - b->warmup_rounds : 0;
        pthread_barrier_wait(&b->barrier);
        t->reference_rate[slot] = reference_slot(t);
        pthread_barrier_wait(&b->barrier);
        t->validate_rate[slot] = validate_slot(t, measured);
    }
    pthread_barrier_wait(&b->barrier);
    t->reference_rate[b->rounds] = reference_slot(t);
    return NULL;
}

static double sum_of(const struct bench *b, unsigned round, bool reference)
{
    double sum = 0;
    for (unsigned i = 0; i < b->thread_count; i++) {
        sum += reference ? b->threads[i].reference_rate[round] : b->threads[i].validate_rate[round];
    }
    return sum;
}

static int summarize(const struct bench *b, struct load_report *report)
{
    double *ratio = calloc(b->rounds, sizeof *ratio);
    report->service = load_histogram_new();
    if (!ratio || !report->service) {
        free(ratio);
        return -1;
    }
    double validate = 0;
    double reference = 0;
    for (unsigned round = 0; round < b->rounds; round++) {
        double around = (sum_of(b, round, true) + sum_of(b, round + 1, true)) / 2;
        ratio[round] = sum_of(b, round, false) / around;
        validate += sum_of(b, round, false) / b->rounds;
        reference += around / b->rounds;
    }
    report->ratio_to_openssl = load_median(ratio, b->rounds);
    report->validations_per_s = validate;
    report->openssl_verify_per_s = reference;
    for (unsigned i = 0; i < b->thread_count; i++) {
        load_histogram_add(report->service, b->threads[i].service);
        report->wrong_verdicts += b->threads[i].wrong;
    }
    report->operations = load_histogram_count(report->service);
    free(ratio);
    return 0;
}

static void bench_cleanup(struct bench *b)
{
    for (unsigned i = 0; b->threads && i < b->thread_count; i++) {
        struct bench_thread *t = &b->threads[i];
        load_reference_free(t->reference);
        btv_result_free(t->result);
        load_histogram_free(t->service);
        free(t->reference_rate);
        free(t->validate_rate);
    }
    free(b->threads);
}

static int bench_prepare(struct bench *b)
{
    struct load_reference *first = load_reference_new();
    b->threads = calloc(b->thread_count, sizeof *b->threads);
    int status = first && b->threads ? 0 : -1;
    for (unsigned i = 0; status == 0 && i < b->thread_count; i++) {
        struct bench_thread *t = &b->threads[i];
        t->bench = b;
        t->index = i;
        t->reference = load_reference_clone(first);
        t->result = btv_result_new();
        t->service = load_histogram_new();
        t->reference_rate = calloc(b->rounds + 1, sizeof *t->reference_rate);
        t->validate_rate = calloc(b->rounds + 1, sizeof *t->validate_rate);
        if (!t->reference || !t->result || !t->service || !t->reference_rate || !t->validate_rate) {
            status = -1;
        }
    }
    load_reference_free(first);
    return status;
}

/* Threads meet at a barrier, so a machine that cannot start all of them cannot run at all. */
static int bench_run(struct bench *b)
{
    pthread_barrier_init(&b->barrier, NULL, b->thread_count);
    for (unsigned i = 0; i < b->thread_count; i++) {
        if (pthread_create(&b->threads[i].id, NULL, thread_main, &b->threads[i]) != 0) {
            fprintf(stderr, "loadgen: cannot start thread %u\n", i + 1);
            exit(1);
        }
    }
    for (unsigned i = 0; i < b->thread_count; i++) {
        pthread_join(b->threads[i].id, NULL);
    }
    pthread_barrier_destroy(&b->barrier);
    return 0;
}

static json_t *bake_inproc(void *ctx, const json_t *recipe, char *why, size_t cap)
{
    int status = 0;
    json_t *answer = idp_admin(ctx, "POST", "/_admin/tokens", recipe, &status);
    if (status != 200) {
        const char *said = json_string_value(json_object_get(answer, "error_description"));
        snprintf(why, cap, "the mock baked no token: %d %s", status, said ? said : "");
        json_decref(answer);
        return NULL;
    }
    return answer;
}

static struct btv_validator *demo_validator(struct idp *idp, char *why, size_t cap)
{
    char instance[256];
    snprintf(instance, sizeof instance, "%s/", idp_http_url(idp));
    struct btv_config *c = btv_config_new();
    struct btv_validator *v = NULL;
    if (c && btv_config_set(c, "instance", instance, why, cap) == 0 &&
        btv_config_set(c, "tenant_id", "c0ffee00-0000-4000-8000-000000000001", why, cap) == 0 &&
        btv_config_set(c, "client_id", "c0ffee00-0000-4000-8000-0000000000a1", why, cap) == 0 &&
        btv_config_set(c, "scopes", "access_as_user", why, cap) == 0) {
        v = btv_validator_new(c, why, cap);
    }
    btv_config_free(c);
    if (v && btv_validator_start(v, 10000) != 0) {
        snprintf(why, cap, "the validator found no keys at the mock");
        btv_validator_free(v);
        v = NULL;
    }
    return v;
}

static unsigned rounds_in(double seconds)
{
    double rounds = seconds * 1e9 / (2.0 * SLOT_NS);
    return rounds < 1 ? 1 : rounds > MAX_ROUNDS ? MAX_ROUNDS : (unsigned)rounds;
}

int load_run_inproc(const struct load_options *o, struct load_report *report, char *why, size_t cap)
{
    int status = -1;
    struct idp_options idp_options = {.listen = "127.0.0.1:0"};
    struct load_corpus corpus = {0};
    struct bench bench = {
        .corpus = &corpus, .thread_count = o->threads, .rounds = rounds_in(o->duration_s)};
    bench.warmup_rounds = o->warmup_s > 0 ? rounds_in(o->warmup_s) : 0;
    struct idp *idp = idp_start(&idp_options, why, cap);
    if (!idp || load_corpus_make(&corpus, o->tokens, bake_inproc, idp, why, cap) != 0) {
        goto out;
    }
    bench.validator = demo_validator(idp, why, cap);
    if (!bench.validator) {
        goto out;
    }
    if (bench_prepare(&bench) != 0 || bench_run(&bench) != 0 || summarize(&bench, report) != 0) {
        snprintf(why, cap, "out of memory");
        goto out;
    }
    load_report_judge(report);
    status = 0;
out:
    bench_cleanup(&bench);
    btv_validator_free(bench.validator);
    load_corpus_free(&corpus);
    idp_stop(idp);
    return status;
}
