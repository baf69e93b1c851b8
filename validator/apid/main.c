/* The program apid: an API that lets in who brings a good token. Options in, signals handled. */
#include "validator/apid/listen.h"
#include "validator/apid/server.h"
#include "validator/core/command_line.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

/* struct options is what the program needs besides the validator's settings. */
struct options {
    const char *listen;
    const char *ready_file;
    const char *log_name;
    const char *threads_text;
    char host[64];
    char port[8];
    enum log_format log;
    unsigned threads;
};

/* BTV_GO_ON, or the exit status. */
static int check_options(struct options *o)
{
    char *end = NULL;
    if (listen_parse(o->listen, o->host, sizeof o->host, o->port) != 0) {
        return btv_usage("apid", "--listen: '%s' is not ADDR:PORT", o->listen);
    }
    if (log_format_parse(o->log_name, &o->log) != 0) {
        return btv_usage("apid", "--log: '%s' is not text, json or off", o->log_name);
    }
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    o->threads = processors > 1 && processors <= THREADS_MAX ? (unsigned)processors : 2;
    if (o->threads_text) {
        unsigned long threads = strtoul(o->threads_text, &end, 10);
        if (o->threads_text[0] < '1' || o->threads_text[0] > '9' || *end || threads > THREADS_MAX) {
            return btv_usage("apid", "--threads: '%s' is not a number from 1 to 64",
                             o->threads_text);
        }
        o->threads = (unsigned)threads;
    }
    return BTV_GO_ON;
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
         &o->threads_text},
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
    return status == BTV_GO_ON ? btv_command_line_config(&line, c) : status;
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
        fd < 0 ? NULL : server_start(fd, o->threads, routes, o->log, why, sizeof why);
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

static int run(struct options *o, struct btv_config *c, const sigset_t *signals)
{
    char why[512];
    struct routes routes = {0};
    btv_config_event(c, log_event, &o->log);
    struct btv_validator *validator = btv_validator_new(c, why, sizeof why);
    if (!validator) {
        fprintf(stderr, "apid: %s\n", why);
        return EXIT_FAILURE;
    }
    int status = EXIT_FAILURE;
    if (routes_init(&routes, validator, btv_config_text(c, BTV_SET_SCOPES)) != 0) {
        fprintf(stderr, "apid: out of memory\n");
    } else {
        btv_validator_start(validator, 0); /* it keeps trying; /health tells when it has keys */
        status = serve(o, &routes, signals);
        routes_cleanup(&routes);
    }
    btv_validator_free(validator);
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
    btv_config_free(config);
    curl_global_cleanup();
    return status;
}
