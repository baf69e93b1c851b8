/* One poll loop over connections with one request in flight on each. */
#include "conformance/load/lanes.h"

#include "conformance/load/run.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_TIMEOUT_MS 5000

struct lane {
    struct load_conn conn;
    bool waits; /* for an answer */
};

struct load_lanes {
    const struct load_url *url;
    const char *request;
    size_t len;
    unsigned count;
    struct lane *lanes;
    struct pollfd *polls;
};

struct load_lanes *load_lanes_open(const struct load_url *url, const char *request, unsigned count,
                                   char *why, size_t cap)
{
    struct load_lanes *l = calloc(1, sizeof *l);
    if (l) {
        *l = (struct load_lanes){.url = url, .request = request, .len = strlen(request)};
        l->lanes = calloc(count, sizeof *l->lanes);
        l->polls = calloc(count, sizeof *l->polls);
    }
    snprintf(why, cap, "out of memory");
    while (l && l->lanes && l->polls && l->count < count) {
        if (load_conn_open(&l->lanes[l->count].conn, url) != 0) {
            snprintf(why, cap, "cannot reach %s:%s", url->host, url->port);
            break;
        }
        l->count++;
    }
    if (!l || l->count < count) {
        load_lanes_close(l);
        return NULL;
    }
    return l;
}

void load_lanes_close(struct load_lanes *l)
{
    if (!l) {
        return;
    }
    for (unsigned i = 0; i < l->count; i++) {
        load_conn_close(&l->lanes[i].conn);
    }
    free(l->lanes);
    free(l->polls);
    free(l);
}

/* A broken connection is opened again, so that the next slot still means something. */
static void renew(struct load_lanes *l, struct lane *lane)
{
    load_conn_close(&lane->conn);
    (void)load_conn_open(&lane->conn, l->url);
    lane->waits = false;
}

static void ask(struct load_lanes *l, struct lane *lane, struct load_tally *tally)
{
    lane->waits = load_conn_send(&lane->conn, l->request, l->len) == 0;
    if (!lane->waits) {
        tally->errors++;
        renew(l, lane);
    }
}

/* Takes what a lane got. */
static void take(struct load_lanes *l, struct lane *lane, bool in_time, struct load_tally *tally)
{
    const char *body = NULL;
    size_t len = 0;
    int status = load_conn_receive(&lane->conn, &body, &len);
    if (status == 0) {
        return;
    }
    lane->waits = false;
    *(status != 200 ? &tally->errors : in_time ? &tally->in_time : &tally->late) += 1;
    if (status < 0) {
        renew(l, lane);
    }
}

/* Prepares the poll over the lanes that wait for an answer; how many there are. */
static unsigned gather(struct load_lanes *l)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < l->count; i++) {
        bool waits = l->lanes[i].waits;
        l->polls[i] = (struct pollfd){.fd = waits ? l->lanes[i].conn.fd : -1, .events = POLLIN};
        waiting += waits;
    }
    return waiting;
}

void load_lanes_drive(struct load_lanes *l, uint64_t stop_at, struct load_tally *tally)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < l->count; i++) {
        ask(l, &l->lanes[i], tally);
    }
    while ((waiting = gather(l)) > 0) {
        if (poll(l->polls, l->count, ANSWER_TIMEOUT_MS) <= 0) {
            tally->errors += waiting;
            for (unsigned i = 0; i < l->count; i++) {
                renew(l, &l->lanes[i]);
            }
            break;
        }
        bool running = load_clock_ns() < stop_at;
        for (unsigned i = 0; i < l->count; i++) {
            struct lane *lane = &l->lanes[i];
            if (l->polls[i].revents && lane->waits) {
                take(l, lane, running, tally);
                if (!lane->waits && running) {
                    ask(l, lane, tally);
                }
            }
        }
    }
}
