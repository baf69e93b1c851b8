/* The program apid: an API that lets in who brings a good token. Options in, signals handled. */
#include "validator/apid/clock_file.h"
#include "validator/apid/keywait.h"
#include "validator/apid/listen.h"
#include "validator/apid/route_rules.h"
#include "validator/apid/server.h"
#include "validator/core/command_line.h"
#include "validator/keys/origin.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 64, CONFIG_BYTES_MAX = 1 << 20 };

/* struct options is what the program needs besides the validator's settings. */
struct options {
    const char *listen;
    const char *ready_file;
    const char *log_name;
    const char *threads;
    const char *connections;
    const char *request_timeout;
    const char *drain_timeout;
    const char *clock_path;
    char host[64];
    char port[8];
    enum log_format log;
    struct server_limits limits;
    struct clock_file clock;   /* of --clock-file */
    struct route_rules *rules; /* owned */
};

/* *out keeps its value when there is no text. BTV_GO_ON, or the exit status. */
static int read_number(const char *name, const char *text, unsigned min, unsigned max,
                       unsigned *out)
{
    size_t digits = text ? strspn(text, "0123456789") : 0;
    unsigned long value = digits > 0 && digits < 9 ? strtoul(text, NULL, 10) : max + 1UL;
    if (text && (text[digits] || value < min || value > max)) {
        return btv_usage("apid", "--%s: '%s' is not a number from %u to %u", name, text, min, max);
    }
    *out = text ? (unsigned)value : *out;
    return BTV_GO_ON;
}

/*
 * Who can write the file can make expired tokens valid: it is for tests on one machine, and whoever
 * starts the program reads so. BTV_GO_ON, or the exit status.
 */
static int check_clock(struct options *o)
{
    char why[512];
    char url[sizeof o->host + 16];
    bool v6 = strchr(o->host, ':') != NULL;
    if (!o->clock_path) {
        return BTV_GO_ON;
    }
    (void)snprintf(url, sizeof url, "http://%s%s%s/", v6 ? "[" : "", o->host, v6 ? "]" : "");
    if (!btv_url_is_loopback(url)) {
        return btv_usage("apid", "--clock-file: for tests, and so with --listen on loopback only");
    }
    if (clock_file_open(&o->clock, o->clock_path, why, sizeof why) != 0) {
        return btv_usage("apid", "--clock-file: %s", why);
    }
    fprintf(stderr, "apid: for tests only: the time is what %s says\n", o->clock_path);
    return BTV_GO_ON;
}

/* BTV_GO_ON, or the exit status. */
static int check_options(struct options *o)
{
    if (listen_parse(o->listen, o->host, sizeof o->host, o->port) != 0) {
        return btv_usage("apid", "--listen: '%s' is not ADDR:PORT", o->listen);
    }
    if (log_format_parse(o->log_name, &o->log) != 0) {
        return btv_usage("apid", "--log: '%s' is not text, json or off", o->log_name);
    }
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = processors > 1 && processors <= THREADS_MAX ? (unsigned)processors : 2;
    o->limits = (struct server_limits){threads, 1000, 30, 5};
    int status = BTV_GO_ON;
    if ((status = read_number("threads", o->threads, 1, THREADS_MAX, &o->limits.threads)) ==
            BTV_GO_ON &&
        (status = read_number("connections", o->connections, 1, 1000000, &o->limits.connections)) ==
            BTV_GO_ON &&
        (status = read_number("request-timeout", o->request_timeout, 1, 3600,
                              &o->limits.request_seconds)) == BTV_GO_ON) {
        status = read_number("drain-timeout", o->drain_timeout, 0, 3600, &o->limits.drain_seconds);
    }
    return status == BTV_GO_ON ? check_clock(o) : status;
}

/* The file of --config holds this program's routes beside the validator's settings. */
static int read_config(struct btv_command_line *line, struct options *o, struct btv_config *c)
{
    char why[512] = "";
    size_t len = 0;
    if (line->config_file) {
        char *json = btv_read_file(line->config_file, CONFIG_BYTES_MAX, &len, why, sizeof why);
        if (!json) {
            fprintf(stderr, "apid: --config %s\n", why);
            return BTV_EXIT_USAGE;
        }
        int failed = route_rules_load(json, len, c, &o->rules, why, sizeof why);
        free(json);
        if (failed) {
            fprintf(stderr, "apid: --config %s: %s\n", line->config_file, why);
            return BTV_EXIT_USAGE;
        }
        line->config_file = NULL; /* read */
    }
    return btv_command_line_config(line, c);
}

/* Fills `o` and the configuration; BTV_GO_ON, or the exit status. */
static int read_arguments(int argc, char **argv, struct options *o, struct btv_config *c)
{
    const struct btv_option own[] = {
        {"listen", "ADDR:PORT", "where to listen; port 0 picks one (default 127.0.0.1:7071)",
         &o->listen},
        {"ready-file", "FILE", "written when it listens: URL and pid, as JSON", &o->ready_file},
        {"log", "text|json|off", "one line a request on stderr (default text)", &o->log_name},
        {"threads", "N", "threads that answer, 1 to 64 (default: one a processor, 2 at least)",
         &o->threads},
        {"connections", "N", "open connections at most; more are closed (default 1000)",
         &o->connections},
        {"request-timeout", "SECONDS",
         "for a whole request, then its connection is cut "
         "(default 30)",
         &o->request_timeout},
        {"drain-timeout", "SECONDS", "for requests under way when it ends (default 5)",
         &o->drain_timeout},
        {"clock-file", "FILE", "for tests: the time is the Unix seconds that FILE holds",
         &o->clock_path},
    };
    struct btv_command_line line = {
        .program = "apid",
        .synopsis = "apid [OPTION]...\n"
                    "GET /api/auth-test answers who brings a good bearer token of Microsoft Entra "
                    "ID;\n/health and /metrics answer anyone. TERM and INT end it.\n",
        .own = own,
        .own_count = sizeof own / sizeof own[0]};
    int status = btv_command_line_read(&line, argc, argv);
    if (status != BTV_GO_ON) {
        return status;
    }
    if (line.first_operand < argc) {
        return btv_usage("apid", "unexpected argument '%s'", argv[line.first_operand]);
    }
    status = check_options(o);
    return status == BTV_GO_ON ? read_config(&line, o, c) : status;
}

/* Written beside and renamed, so that who waits for the file never reads half of it. */
static int write_ready_file(const char *path, const char *url)
{
    char beside[4096];
    if ((size_t)snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid()) >= sizeof beside) {
        errno = ENAMETOOLONG;
        return -1;
    }
    FILE *f = fopen(beside, "w");
    if (!f) {
        return -1;
    }
    int written = fprintf(f, "{\"http\":\"%s\",\"pid\":%ld}\n", url, (long)getpid());
    if (fclose(f) != 0 || written < 0 || rename(beside, path) != 0) {
        int error = errno;
        remove(beside);
        errno = error;
        return -1;
    }
    return 0;
}

static void wait_for_signal(const sigset_t *signals)
{
    int got = 0;
    while (sigwait(signals, &got) != 0) {
    }
}

/* Listens, answers until a signal comes, drains. Returns the exit status. */
static int serve(const struct options *o, struct routes *routes, const sigset_t *signals)
{
    char url[LISTEN_URL_CAP];
    char why[256];
    int fd = listen_open(o->host, o->port, url, why, sizeof why);
    struct server *server =
        fd < 0 ? NULL : server_start(fd, &o->limits, routes, o->log, why, sizeof why);
    if (!server) {
        fprintf(stderr, "apid: %s\n", why);
        return EXIT_FAILURE;
    }
    int status = EXIT_SUCCESS;
    if (o->ready_file && write_ready_file(o->ready_file, url) != 0) {
        fprintf(stderr, "apid: --ready-file %s: %s\n", o->ready_file, strerror(errno));
        status = EXIT_FAILURE;
    } else {
        printf("apid: %s/api/auth-test\n", url);
        fflush(stdout);
        wait_for_signal(signals);
    }
    server_stop(server);
    if (o->ready_file && status == EXIT_SUCCESS) {
        remove(o->ready_file);
    }
    return status;
}

/* struct hearer is what hears of events: the log, and who waits for keys. */
struct hearer {
    enum log_format log;
    struct keywait *wait;
};

static void hear(void *ctx, const struct btv_event *event)
{
    struct hearer *hearer = ctx;
    log_event(&hearer->log, event);
    if (event->kind == BTV_EVENT_REFRESH) {
        keywait_tell(hearer->wait);
    }
}

/* The validator never waits for keys by itself: its workers are counted here. */
static struct btv_validator *make_validator(struct btv_config *c, struct hearer *hearer, char *why,
                                            size_t cap)
{
    btv_config_event(c, hear, hearer);
    return btv_config_set(c, "key_wait_ms", "0", why, cap) == 0 ? btv_validator_new(c, why, cap)
                                                                : NULL;
}

static int run(struct options *o, struct btv_config *c, const sigset_t *signals)
{
    char why[512] = "out of memory";
    struct routes routes = {0};
    struct keywait wait = {0};
    struct hearer hearer = {o->log, &wait};
    struct btv_validator *validator = NULL;
    int status = EXIT_FAILURE;
    keywait_init(&wait, o->limits.threads, btv_config_number(c, BTV_SET_KEY_WAIT_MS));
    if (o->clock_path) {
        btv_config_clock(c, clock_file_now, &o->clock);
    }
    if (route_rules_complete(&o->rules, c) != 0 ||
        !(validator = make_validator(c, &hearer, why, sizeof why)) ||
        routes_init(&routes, validator, &wait, o->rules) != 0) {
        status = btv_refused("apid", *why ? why : "out of memory");
    } else {
        btv_validator_start(validator, 0); /* it keeps trying; /health tells when it has keys */
        status = serve(o, &routes, signals);
        routes_cleanup(&routes);
    }
    btv_validator_free(validator);
    keywait_cleanup(&wait);
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {.listen = "127.0.0.1:7071", .log_name = "text"};
    struct btv_config *config = btv_config_new();
    sigset_t signals;
    /* blocked before any thread starts, so that sigwait alone gets them */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = EXIT_FAILURE;
    if (!config) {
        fprintf(stderr, "apid: out of memory\n");
    } else if ((status = read_arguments(argc, argv, &options, config)) == BTV_GO_ON) {
        status = run(&options, config, &signals);
    }
    route_rules_free(options.rules);
    btv_config_free(config);
    curl_global_cleanup();
    return status;
}
