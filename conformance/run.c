/* The plan, handed out in pieces to one world or to several; the report is in its order. */
#include "conformance/run.h"

#include "conformance/block.h"
#include "conformance/select.h"

#include <pthread.h>
#include <stdlib.h>

/* With several worlds a block is handed out in pieces of so many cases, or one long block would
 * keep one world busy while the others have nothing to do. */
#define PIECE 6

/* struct piece is a part of the plan that one world plays. */
struct piece {
    size_t first; /* of its cases, in the plan */
    size_t end;
    bool waits; /* it is one case that waits */
    bool taken;
    json_t *results;
};

struct pool {
    const struct cf_run *run;
    pthread_mutex_t lock; /* guards all below */
    struct piece *pieces; /* in the order of the plan */
    size_t count;
    size_t done;
    struct cf_controls controls;
};

/* struct worker is one thread and its world. */
struct worker {
    struct pool *pool;
    struct cf_run run; /* as the pool's, in a world of its own */
    bool waits_alone;  /* takes only what waits */
    pthread_t thread;
};

static void cut(struct pool *pool)
{
    const struct cf_run *run = pool->run;
    for (size_t first = 0; first < run->count; first = pool->pieces[pool->count++].end) {
        size_t end = cf_block_end(run, first);
        if (run->beside_count > 0 && end - first > PIECE) {
            end = first + PIECE;
        }
        /* without a world for it, it is played where it stands: the plan's order has reasons */
        bool waits = run->aside_count > 0 && cf_waits(run->plan[first]);
        pool->pieces[pool->count] = (struct piece){.first = first, .end = end, .waits = waits};
    }
}

/* take hands out the next piece that waits (or does not); NULL when there is none. */
static struct piece *take(struct pool *pool, bool waits)
{
    struct piece *piece = NULL;
    pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < pool->count && !piece; i++) {
        if (!pool->pieces[i].taken && pool->pieces[i].waits == waits) {
            piece = &pool->pieces[i];
            piece->taken = true;
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return piece;
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

/* What nobody waits for yet is played last, by whoever is left. */
static void *work(void *arg)
{
    struct worker *worker = arg;
    struct pool *pool = worker->pool;
    struct cf_stage stage = {.run = &worker->run};
    struct cf_controls controls = {0};
    struct piece *piece = NULL;
    while ((piece = worker->waits_alone ? NULL : take(pool, false)) != NULL ||
           (piece = take(pool, true)) != NULL) {
        piece->results = json_array();
        cf_block_play(&stage, piece->first, piece->end, piece->results, &controls);
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

/* struct crew is workers, each a thread. */
struct crew {
    struct worker workers[CF_JOBS_MAX];
    size_t count;
};

static struct worker worker_in(struct pool *pool, struct cf_world *world, bool waits_alone)
{
    struct worker worker = {.pool = pool, .run = *pool->run, .waits_alone = waits_alone};
    worker.run.world = world;
    worker.run.progress = tell;
    worker.run.ctx = pool;
    return worker;
}

/* What cannot be started is done by the others. */
static void start(struct crew *crew, struct pool *pool, struct cf_world *const *worlds,
                  size_t count, bool waits_alone)
{
    bool started = true;
    for (size_t i = 0; i < count && i < CF_JOBS_MAX && started; i++) {
        struct worker *worker = &crew->workers[i];
        *worker = worker_in(pool, worlds[i], waits_alone);
        started = pthread_create(&worker->thread, NULL, work, worker) == 0;
        crew->count += started;
    }
}

static void join(struct crew *crew)
{
    for (size_t i = 0; i < crew->count; i++) {
        (void)pthread_join(crew->workers[i].thread, NULL);
    }
    crew->count = 0;
}

static void play_all(struct pool *pool)
{
    const struct cf_run *run = pool->run;
    struct crew waiting = {.count = 0};
    struct crew beside = {.count = 0};
    struct worker first = worker_in(pool, run->world, false);
    start(&waiting, pool, run->aside, run->aside_count, true);
    if (run->one_process) {
        first.waits_alone = true;
        (void)work(&first);
        join(&waiting);
        first.waits_alone = false;
    }
    start(&beside, pool, run->beside, run->beside_count, false);
    (void)work(&first);
    join(&waiting);
    join(&beside);
}

json_t *cf_run_play(const struct cf_run *run)
{
    struct pool pool = {.run = run, .pieces = calloc(run->count + 1, sizeof *pool.pieces)};
    json_t *results = json_array();
    if (!pool.pieces) {
        json_decref(results);
        return NULL;
    }
    cut(&pool);
    pthread_mutex_init(&pool.lock, NULL);
    play_all(&pool);
    pthread_mutex_destroy(&pool.lock);
    for (size_t i = 0; i < pool.count; i++) {
        json_array_extend(results, pool.pieces[i].results);
        json_decref(pool.pieces[i].results);
    }
    free(pool.pieces);
    return json_pack("{s:s, s:o, s:o, s:b}", "target", run->name, "counts",
                     cf_count_verdicts(results), "cases", results, "reached",
                     pool.controls.reached || !pool.controls.tried);
}
