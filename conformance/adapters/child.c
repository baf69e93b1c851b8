/* Reading and writing a child's streams, with a deadline. */
#include "conformance/adapters/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FAREWELL_MS 1000

/* struct pump is one call: what is to be written, and until when. */
struct pump {
    struct cf_child *child;
    const char *text;
    size_t left;
    int64_t end_ms;
    size_t dropped; /* output that was read and not kept */
    bool keep;
};

static int64_t monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void close_end(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
}

int cf_child_start(struct cf_child *c, char *const *argv, char *const *environment, char *why,
                   size_t cap)
{
    (void)signal(SIGPIPE, SIG_IGN); /* a child that is gone is an answer, not our end */
    c->pid = cf_process_start_piped(argv, environment, &c->pipes, why, cap);
    c->len = 0;
    c->said_len = 0;
    c->said[0] = '\0';
    if (c->pid < 0) {
        c->pid = 0;
        return -1;
    }
    c->open = true;
    return 0;
}

/* As cf_process_reap; then there is no process. */
static bool reap(struct cf_child *c, int64_t end_ms, int *status)
{
    int64_t left_ms = end_ms - monotonic_ms();
    bool ended = cf_process_reap(c->pid, left_ms > 0 ? (long)left_ms : 0, status);
    c->pid = ended ? 0 : c->pid;
    return ended;
}

static void feed(struct pump *p)
{
    ssize_t n = p->left > 0 ? write(p->child->pipes.in, p->text, p->left) : 0;
    if (n >= 0) {
        p->text += n;
        p->left -= (size_t)n;
    } else if (errno != EAGAIN && errno != EINTR) {
        p->left = 0; /* it does not want to hear more; its answer may come all the same */
    }
}

static void hear(struct cf_child *c)
{
    char scratch[4096];
    ssize_t n = read(c->pipes.err, scratch, sizeof scratch);
    size_t room = sizeof c->said - 1 - c->said_len;
    size_t take = n > 0 && (size_t)n < room ? (size_t)n : n > 0 ? room : 0;
    memcpy(c->said + c->said_len, scratch, take);
    c->said_len += take;
    c->said[c->said_len] = '\0';
    if (n == 0) {
        close_end(&c->pipes.err);
    }
}

/* Reads output; 0 at its end. */
static ssize_t take(struct pump *p)
{
    struct cf_child *c = p->child;
    char scratch[4096];
    ssize_t n = p->keep ? read(c->pipes.out, c->line + c->len, CF_CHILD_LINE_MAX - c->len)
                        : read(c->pipes.out, scratch, sizeof scratch);
    if (n > 0) {
        c->len += p->keep ? (size_t)n : 0;
        p->dropped += p->keep ? 0 : (size_t)n;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 1 : n < 0 ? 0 : n;
}

/* One wait and what it brings; 1 while there is more to come, 0 at the end of the output, -1 at the
 * deadline. */
static int pump_once(struct pump *p)
{
    struct cf_child *c = p->child;
    int64_t left_ms = p->end_ms - monotonic_ms();
    struct pollfd fds[] = {{.fd = c->pipes.out, .events = POLLIN},
                           {.fd = c->pipes.err, .events = POLLIN},
                           {.fd = p->left > 0 ? c->pipes.in : -1, .events = POLLOUT}};
    if (left_ms <= 0 || poll(fds, 3, (int)left_ms) == 0) {
        return -1;
    }
    if (fds[2].revents) {
        feed(p);
    }
    if (fds[1].revents) {
        hear(c);
    }
    return fds[0].revents && take(p) == 0 ? 0 : 1;
}

/* How it ended, and what it said. */
static void tell_end(struct cf_child *c, bool ended, int status, char *why, size_t cap)
{
    while (c->pipes.err >= 0 && c->said_len < sizeof c->said - 1) {
        size_t before = c->said_len;
        hear(c);
        if (c->said_len == before) {
            break;
        }
    }
    for (char *at = c->said; *at; at++) { /* a report is text */
        *at = (char)(*at >= ' ' && *at <= '~' ? *at : ' ');
    }
    const char *said = *c->said ? "; it said: " : "";
    if (!ended) {
        (void)snprintf(why, cap, "the program closed its output and did not end%s%s", said,
                       c->said);
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(why, cap, "the program was ended by signal %d (%s)%s%s", WTERMSIG(status),
                       strsignal(WTERMSIG(status)), said, c->said);
    } else {
        (void)snprintf(why, cap, "the program ended with status %d%s%s", WEXITSTATUS(status), said,
                       c->said);
    }
}

char *cf_child_exchange(struct cf_child *c, const char *text, long timeout_ms, char *why,
                        size_t cap)
{
    struct pump p = {c, text, strlen(text), monotonic_ms() + timeout_ms, 0, true};
    int more = 1;
    int status = 0;
    c->len = 0;
    while (more == 1 && c->len < CF_CHILD_LINE_MAX && !memchr(c->line, '\n', c->len)) {
        more = pump_once(&p);
    }
    char *newline = memchr(c->line, '\n', c->len);
    if (newline && newline == c->line + c->len - 1) {
        *newline = '\0';
        return c->line;
    }
    if (newline) {
        (void)snprintf(why, cap, "the program wrote more than the one line of its answer");
    } else if (more == 0) {
        bool ended = reap(c, monotonic_ms() + FAREWELL_MS, &status);
        tell_end(c, ended, status, why, cap);
    } else if (more < 0) {
        (void)snprintf(why, cap, "the program did not answer within %ld ms", timeout_ms);
    } else {
        (void)snprintf(why, cap, "the program wrote a line of more than %d bytes",
                       CF_CHILD_LINE_MAX);
    }
    return NULL;
}

int cf_child_finish(struct cf_child *c, const char *text, long timeout_ms, char *why, size_t cap)
{
    struct pump p = {c, text, strlen(text), monotonic_ms() + timeout_ms, 0, false};
    int more = 1;
    int status = 0;
    while (more == 1 && p.dropped <= CF_CHILD_OUTPUT_MAX) {
        if (p.left == 0) {
            close_end(&c->pipes.in); /* it reads until there is no more */
        }
        more = pump_once(&p);
    }
    if (more == 1) {
        (void)snprintf(why, cap, "the program wrote more than %d bytes", CF_CHILD_OUTPUT_MAX);
        return -1;
    }
    close_end(&c->pipes.in);
    if (!reap(c, p.end_ms, &status)) {
        (void)snprintf(why, cap, "the program did not end within %ld ms", timeout_ms);
        return -1;
    }
    tell_end(c, true, status, why, cap);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void cf_child_stop(struct cf_child *c, const char *farewell)
{
    int status = 0;
    if (!c->open) {
        return;
    }
    bool polite = c->pid > 0 && farewell && c->pipes.in >= 0 &&
                  write(c->pipes.in, farewell, strlen(farewell)) > 0;
    close_end(&c->pipes.in);
    if (c->pid > 0 && (!polite || !reap(c, monotonic_ms() + FAREWELL_MS, &status))) {
        cf_process_stop(c->pid);
    }
    close_end(&c->pipes.out);
    close_end(&c->pipes.err);
    c->pid = 0;
    c->open = false;
}
