/* A server under closed-loop load: each thread keeps its connections busy, one request in flight on
 * each. */
#include "conformance/load/conn.h"
#include "conformance/load/run.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CONNECTIONS 1024U
#define REQUEST_CAP 32768U
#define ANSWER_TIMEOUT_MS 5000

struct lane { /* a connection and the request that it waits for */
    struct load_conn conn;
    const struct load_token *token;
    uint64_t sent_at;
};

struct driver {
    pthread_t id;
    const struct load_url *url;
    const struct load_corpus *corpus;
    struct lane *lanes;
    struct pollfd *polls;
    unsigned lane_count;
    size_t next;
    uint64_t measure_from;
    uint64_t stop_at;
    struct load_histogram *service;
    uint64_t wrong;
    uint64_t errors;
};

static int send_next(struct driver *d, struct lane *lane)
{
    char request[REQUEST_CAP];
    lane->token = &d->corpus->tokens[d->next++ % d->corpus->count];
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: %s\r\n\r\n", d->url->path,
                       d->url->host, d->url->port, lane->token->authorization);
    if (len < 0 || (size_t)len >= sizeof request) {
        return -1;
    }
    lane->sent_at = load_clock_ns();
    return load_conn_send(&lane->conn, request, (size_t)len);
}

/* A broken connection is an error of the run, and is opened again so that the rest of the run still
 * means something. */
static void reopen(struct driver *d, struct lane *lane)
{
    d->errors++;
    load_conn_close(&lane->conn);
    if (load_conn_open(&lane->conn, d->url) != 0 || send_next(d, lane) != 0) {
        load_conn_close(&lane->conn);
    }
}

static void lane_ready(struct driver *d, struct lane *lane)
{
    const char *body = NULL;
    size_t body_len = 0;
    int status = load_conn_receive(&lane->conn, &body, &body_len);
    if (status == 0) {
        return;
    }
    if (status < 0) {
        reopen(d, lane);
        return;
    }
    uint64_t now = load_clock_ns();
    if (lane->sent_at >= d->measure_from) {
        load_histogram_record(d->service, now - lane->sent_at);
        d->wrong += status != lane->token->expected_status;
    }
    if (send_next(d, lane) != 0) {
        reopen(d, lane);
    }
}

static void *driver_main(void *arg)
{
    struct driver *d = arg;
    for (unsigned i = 0; i < d->lane_count; i++) {
        if (load_conn_open(&d->lanes[i].conn, d->url) != 0 || send_next(d, &d->lanes[i]) != 0) {
            d->errors++;
            load_conn_close(&d->lanes[i].conn);
        }
    }
    while (load_clock_ns() < d->stop_at) {
        unsigned open = 0;
        for (unsigned i = 0; i < d->lane_count; i++) {
            d->polls[i] = (struct pollfd){.fd = d->lanes[i].conn.fd, .events = POLLIN};
            open += d->lanes[i].conn.fd >= 0;
        }
        int ready = open > 0 ? poll(d->polls, d->lane_count, ANSWER_TIMEOUT_MS) : 0;
        if (ready == 0) {
            d->errors += open; /* silence for five seconds: nothing more is learnt by waiting */
            break;
        }
        for (unsigned i = 0; i < d->lane_count; i++) {
            if (d->polls[i].revents && d->lanes[i].conn.fd >= 0) {
                lane_ready(d, &d->lanes[i]);
            }
        }
    }
    for (unsigned i = 0; i < d->lane_count; i++) {
        load_conn_close(&d->lanes[i].conn);
    }
    return NULL;
}

static int driver_prepare(struct driver *d, const struct load_options *o, unsigned index)
{
    d->lane_count = load_share(o, index);
    d->next = index * (d->corpus->count / o->threads);
    d->lanes = calloc(d->lane_count, sizeof *d->lanes);
    d->polls = calloc(d->lane_count, sizeof *d->polls);
    d->service = load_histogram_new();
    return d->lanes && d->polls && d->service ? 0 : -1;
}

/* Starts the drivers, waits for them and adds up what they saw. */
static int drive(struct driver *drivers, const struct load_options *o, struct load_report *report)
{
    unsigned started = 0;
    uint64_t now = load_clock_ns();
    for (; started < o->threads; started++) {
        drivers[started].measure_from = now + (uint64_t)(o->warmup_s * 1e9);
        drivers[started].stop_at = drivers[started].measure_from + (uint64_t)(o->duration_s * 1e9);
        if (pthread_create(&drivers[started].id, NULL, driver_main, &drivers[started]) != 0) {
            break;
        }
    }
    report->service = load_histogram_new();
    for (unsigned i = 0; i < started; i++) {
        pthread_join(drivers[i].id, NULL);
        report->wrong_verdicts += drivers[i].wrong;
        report->errors += drivers[i].errors;
        if (report->service) {
            load_histogram_add(report->service, drivers[i].service);
        }
    }
    if (started < o->threads || !report->service) {
        return -1;
    }
    report->operations = load_histogram_count(report->service);
    report->validations_per_s = (double)report->operations / o->duration_s;
    return 0;
}

/* Asks a running mock to bake a recipe, over the same plain connection code. */
static json_t *bake_remote(void *ctx, const json_t *recipe, char *why, size_t cap)
{
    const struct load_url *idp = ctx;
    struct load_conn *conn = calloc(1, sizeof *conn);
    char *body = json_dumps(recipe, JSON_COMPACT);
    char head[512];
    const char *answer = NULL;
    size_t answer_len = 0;
    int status = -1;
    json_t *result = NULL;
    snprintf(why, cap, "cannot reach the mock at %s:%s", idp->host, idp->port);
    if (conn && body && load_conn_open(conn, idp) == 0) {
        int len = snprintf(
            head, sizeof head,
            "POST /_admin/tokens HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: application/json\r\n"
            "Content-Length: %zu\r\nConnection: close\r\n\r\n",
            idp->host, idp->port, strlen(body));
        if (load_conn_send(conn, head, (size_t)len) == 0 &&
            load_conn_send(conn, body, strlen(body)) == 0) {
            do {
                status = load_conn_receive(conn, &answer, &answer_len);
            } while (status == 0);
        }
    }
    if (status == 200) {
        result = json_loadb(answer, answer_len, 0, NULL);
    }
    if (status > 0 && !result) {
        snprintf(why, cap, "the mock baked no token: HTTP %d", status);
    }
    if (conn) {
        load_conn_close(conn);
    }
    free(conn);
    free(body);
    return result;
}

int load_run_url(const struct load_options *o, struct load_report *report, char *why, size_t cap)
{
    struct load_url url;
    struct load_url idp;
    struct load_corpus corpus = {0};
    int status = -1;
    struct driver *drivers = NULL;
    if (load_url_parse(o->url, &url, why, cap) != 0 ||
        load_url_parse(o->idp, &idp, why, cap) != 0 ||
        load_corpus_make(&corpus, o->tokens, bake_remote, &idp, why, cap) != 0) {
        goto out;
    }
    snprintf(why, cap, "out of memory or threads");
    drivers = calloc(o->threads, sizeof *drivers);
    status = drivers ? 0 : -1;
    for (unsigned i = 0; status == 0 && i < o->threads; i++) {
        drivers[i].url = &url;
        drivers[i].corpus = &corpus;
        status = driver_prepare(&drivers[i], o, i);
    }
    if (status == 0) {
        status = drive(drivers, o, report);
    }
    if (status == 0) {
        load_report_judge(report);
    }
out:
    for (unsigned i = 0; drivers && i < o->threads; i++) {
        free(drivers[i].lanes);
        free(drivers[i].polls);
        load_histogram_free(drivers[i].service);
    }
    free(drivers);
    load_corpus_free(&corpus);
    return status;
}
