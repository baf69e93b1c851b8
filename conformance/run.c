/* The plan, handed out in pieces to one world or to several; the report is in its order. */
#include "conformance/run.h"

#include "conformance/block.h"

#include <pthread.h>
#include <stdlib.h>

/* With several worlds a block is handed out in pieces of so many cases, or one long block would
 * keep one world busy while the others have nothing to do. */
#define PIECE 6

struct pool {
    const struct cf_run *run;
    pthread_mutex_t lock; /* guards all below */
    size_t next;
    size_t done;
    struct cf_controls controls;
    json_t **pieces; /* by the index of their first case */
};

/* struct worker is one thread and its world. */
struct worker {
    struct pool *pool;
    struct cf_run run; /* as the pool's, in a world of its own */
    pthread_t thread;
};

/* take hands out the next piece; false when there is none. */
static bool take(struct pool *pool, size_t *first, size_t *end)
{
    const struct cf_run *run = pool->run;
    pthread_mutex_lock(&pool->lock);
    *first = pool->next;
    *end = *first < run->count ? cf_block_end(run, *first) : *first;
    if (run->beside_count > 0 && *end - *first > PIECE) {
        *end = *first + PIECE;
    }
    pool->next = *end;
    pthread_mutex_unlock(&pool->lock);
    return *first < *end;
}

/* The progress of the whole, whichever world a case was played in. */
static void tell(void *ctx, const json_t *result, size_t done, size_t count)
{
    struct pool *pool = ctx;
    (void)done;
    pthread_mutex_lock(&pool->lock);
    pool->done++;
    if (pool->run->progress) {
        pool->run->progress(pool->run->ctx, result, pool->done, count);
    }
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct pool *pool = worker->pool;
    struct cf_stage stage = {.run = &worker->run};
    struct cf_controls controls = {0};
    size_t first = 0;
    size_t end = 0;
    while (take(pool, &first, &end)) {
        json_t *results = json_array();
        cf_block_play(&stage, first, end, results, &controls);
        pthread_mutex_lock(&pool->lock);
        pool->pieces[first] = results;
        pthread_mutex_unlock(&pool->lock);
    }
    cf_stage_leave(&stage);
    pthread_mutex_lock(&pool->lock);
    pool->controls.tried = pool->controls.tried || controls.tried;
    pool->controls.reached = pool->controls.reached || controls.reached;
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

json_t *cf_count_verdicts(const json_t *results)
{
    json_t *counts = json_object();
    const json_t *result = NULL;
    size_t i = 0;
    for (int v = 0; v < CF_VERDICTS; v++) {
        json_object_set_new(counts, cf_verdict_name((enum cf_verdict)v), json_integer(0));
    }
    json_array_foreach(results, i, result)
    {
        const char *verdict = json_string_value(json_object_get(result, "verdict"));
        json_object_set_new(counts, verdict,
                            json_integer(json_integer_value(json_object_get(counts, verdict)) + 1));
    }
    return counts;
}

/* Each world but the first has a thread; what cannot be started is done by the others. */
static void play_all(struct pool *pool)
{
    struct worker workers[CF_JOBS_MAX];
    const struct cf_run *run = pool->run;
    size_t started = 0;
    for (size_t i = 0; i <= run->beside_count && i < CF_JOBS_MAX; i++) {
        workers[i] = (struct worker){.pool = pool, .run = *run};
        workers[i].run.world = i == 0 ? run->world : run->beside[i - 1];
        workers[i].run.progress = tell;
        workers[i].run.ctx = pool;
    }
    while (started < run->beside_count && started + 1 < CF_JOBS_MAX &&
           pthread_create(&workers[started + 1].thread, NULL, work, &workers[started + 1]) == 0) {
        started++;
    }
    (void)work(&workers[0]);
    for (size_t i = 1; i <= started; i++) {
        (void)pthread_join(workers[i].thread, NULL);
    }
}

json_t *cf_run_play(const struct cf_run *run)
{
    struct pool pool = {.run = run, .pieces = calloc(run->count + 1, sizeof(json_t *))};
    json_t *results = json_array();
    if (!pool.pieces) {
        json_decref(results);
        return NULL;
    }
    pthread_mutex_init(&pool.lock, NULL);
    play_all(&pool);
    pthread_mutex_destroy(&pool.lock);
    for (size_t i = 0; i < run->count; i++) {
        json_array_extend(results, pool.pieces[i]);
        json_decref(pool.pieces[i]);
    }
    free((void *)pool.pieces);
    return json_pack("{s:s, s:o, s:o, s:b}", "target", run->name, "counts",
                     cf_count_verdicts(results), "cases", results, "reached",
                     pool.controls.reached || !pool.controls.tried);
}
