/* The program mockidp: options in, signals handled, everything else in the library. */
#include "mockidp/idp.h"

#include "mockidp/platform/pages.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { EXIT_USAGE = 2 };

/* struct settings is what the command line says. */
struct settings {
    struct idp_options idp;
    const char *ready_file;
    const char *threads;
};

/* The one table of options: getopt, --help and the settings all come from it. `member` is where the
 * argument goes. */
struct option_row {
    const char *name;
    const char *argument; /* NULL: a flag */
    size_t member;
    const char *help;
};

#define IDP(field) offsetof(struct settings, idp.field)
static const struct option_row rows[] = {
    {"config", "FILE", IDP(config_file),
     "the directory: tenants, apps, users (default: the demo directory, built in)"},
    {"listen", "ADDR:PORT", IDP(listen),
     "HTTP listener, 'off' for none (default 127.0.0.1:8080; port 0 picks one)"},
    {"listen-tls", "ADDR:PORT", IDP(listen_tls),
     "HTTPS listener, 'off' for none (default localhost:8443, with --as localhost:443)"},
    {"tls-cert", "FILE", IDP(tls_cert),
     "PEM certificate chain of the HTTPS listener (default: from an own CA)"},
    {"tls-key", "FILE", IDP(tls_key), "PEM private key of --tls-cert"},
    {"public-url", "URL", IDP(public_url),
     "prefix of every URL (default: the Host that the client used)"},
    {"as", "NAME[,NAME]", IDP(as),
     "serves these host names over HTTPS, on port 443 by default, and speaks of the first"},
    {"state", "DIR", IDP(state_dir),
     "keeps the CA from one start to the next (default: a temporary folder)"},
    {"seed", "TEXT", IDP(seed), "makes everything random reproducible"},
    {"clock", "TIME", IDP(clock),
     "'now', an ISO 8601 time to stand still at, or +SECONDS or -SECONDS"},
    {"rotate", "EVERY", IDP(rotate),
     "rolls the signing keys: EVERY[,publish-ahead=D][,retire-after=D]"},
    {"faults", "FILE", IDP(faults_file), "JSON list of fault rules"},
    {"sign-in", "page|auto[:USER]", IDP(sign_in), "how /authorize signs in (default: page)"},
    {"admin", "on|off|token", IDP(admin),
     "the admin calls under /_admin (default: on, for loopback only)"},
    {"ready-file", "FILE", offsetof(struct settings, ready_file),
     "written when the listeners accept: URLs, CA file, pid"},
    {"log", "text|json|off", IDP(log), "one line a request on stderr (default: text)"},
    {"threads", "N", offsetof(struct settings, threads),
     "threads of each listener, 1 to 64 (default 2)"},
    {"allow-remote", NULL, 0, "allows listeners that are not on loopback"},
    {"help", NULL, 0, "shows this"},
    {"version", NULL, 0, "shows the version"},
};
#undef IDP
enum { ROWS = sizeof rows / sizeof *rows };

static void print_help(void)
{
    char left[48];

    printf("Usage: mockidp [OPTION]...\n"
           "A mock Microsoft Entra ID: discovery, keys, tokens and the faults that clients must "
           "survive.\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        (void)snprintf(left, sizeof left, "--%s%s%s", rows[i].name,
                       rows[i].argument == NULL ? "" : " ",
                       rows[i].argument == NULL ? "" : rows[i].argument);
        printf("  %-28s %s\n", left, rows[i].help);
    }
    printf("\nTERM and INT end it, HUP reads --config again.\n");
}

/* take_option stores what row `index` says; -1 to go on, else the exit status. */
static int take_option(struct settings *settings, size_t index, const char *argument)
{
    const struct option_row *row = &rows[index];

    if (row->argument != NULL) {
        memcpy((char *)settings + row->member, &argument, sizeof argument);
    } else if (strcmp(row->name, "allow-remote") == 0) {
        settings->idp.allow_remote = true;
    } else if (strcmp(row->name, "help") == 0) {
        print_help();
        return EXIT_SUCCESS;
    } else {
        printf("mockidp %s\n", ETB_VERSION);
        return EXIT_SUCCESS;
    }
    return -1;
}

__attribute__((format(printf, 1, 2))) static int usage(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fprintf(stderr, "mockidp: ");
    (void)vfprintf(stderr, format, args);
    (void)fprintf(stderr, " (--help lists the options)\n");
    va_end(args);
    return EXIT_USAGE;
}

/* check_settings reads the numbers and applies the defaults; -1 when all is well, else the exit
 * status. */
static int check_settings(struct settings *settings)
{
    struct idp_options *idp = &settings->idp;

    if (settings->threads != NULL) {
        char *end = NULL;
        unsigned long threads = strtoul(settings->threads, &end, 10);
        if (settings->threads[0] < '1' || settings->threads[0] > '9' || *end != '\0' ||
            threads > 64) {
            return usage("--threads: '%s' is not a number from 1 to 64", settings->threads);
        }
        idp->threads = (unsigned)threads;
    }
    if ((idp->tls_cert == NULL) != (idp->tls_key == NULL)) {
        return usage("%s needs the other of --tls-cert and --tls-key",
                     idp->tls_cert == NULL ? "--tls-key" : "--tls-cert");
    }
    idp->listen = idp->listen == NULL ? "127.0.0.1:8080" : idp->listen;
    if (idp->listen_tls == NULL) {
        idp->listen_tls = idp->as == NULL ? "localhost:8443" : "localhost:443";
    }
    idp->listen = strcmp(idp->listen, "off") == 0 ? NULL : idp->listen;
    idp->listen_tls = strcmp(idp->listen_tls, "off") == 0 ? NULL : idp->listen_tls;
    idp->log = idp->log == NULL ? "text" : idp->log;
    return -1;
}

/* read_arguments fills the settings; -1 to go on, else the exit status. */
static int read_arguments(int argc, char **argv, struct settings *settings)
{
    struct option options[ROWS + 1];
    int index = 0;
    int found = 0;

    for (size_t i = 0; i < ROWS; i++) {
        options[i] = (struct option){rows[i].name, rows[i].argument != NULL, NULL, 0};
    }
    options[ROWS] = (struct option){NULL, 0, NULL, 0};
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":", options, &index)) != -1) {
        if (found == ':') {
            return usage("option '%s' needs an argument", argv[optind - 1]);
        }
        if (found != 0) {
            return usage("unknown option '%s'", argv[optind - 1]);
        }
        int status = take_option(settings, (size_t)index, optarg);
        if (status >= 0) {
            return status;
        }
    }
    if (optind < argc) {
        return usage("unexpected argument '%s'", argv[optind]);
    }
    return check_settings(settings);
}

static void reload(struct idp *idp)
{
    char why[512];

    if (idp_reload(idp, why, sizeof why) == 0) {
        (void)fprintf(stderr, "mockidp: configuration read again\n");
    } else {
        (void)fprintf(stderr, "mockidp: configuration kept as it was: %s\n", why);
    }
}

/* serve waits for signals until one ends the program. */
static void serve(struct idp *idp, const sigset_t *signals)
{
    int got = 0;

    for (;;) {
        if (sigwait(signals, &got) != 0 || got == SIGTERM || got == SIGINT) {
            return;
        }
        if (got == SIGHUP) {
            reload(idp);
        }
    }
}

/* The usual soft limit of 1024 descriptors is for programs that call select(). */
static void allow_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        const rlim_t wanted = 8192;
        files.rlim_cur = files.rlim_max < wanted   ? files.rlim_max
                         : files.rlim_cur < wanted ? wanted
                                                   : files.rlim_cur;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void greet(const struct idp *idp)
{
    const char *http = idp_http_url(idp);
    const char *https = idp_https_url(idp);

    printf("mockidp: %s%s%s\n", http == NULL ? "" : http,
           http != NULL && https != NULL ? " and " : "", https == NULL ? "" : https);
    if (idp_as_url(idp) != NULL) {
        printf("mockidp: as %s\n", idp_as_url(idp));
    }
    if (idp_ca_file(idp) != NULL) {
        printf("mockidp: CA %s\n", idp_ca_file(idp));
    }
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    struct settings settings = {.ready_file = NULL};
    sigset_t signals;
    char why[512];
    int status = read_arguments(argc, argv, &settings);

    if (status >= 0) {
        return status;
    }
    /* Blocked before any thread starts, so that sigwait alone gets them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    allow_files();
    /* One heap for all threads: with one each, what outlives its neighbours pins pages in all. */
    (void)mallopt(M_ARENA_MAX, 1);
    struct idp *idp = idp_start(&settings.idp, why, sizeof why);
    if (idp == NULL) {
        (void)fprintf(stderr, "mockidp: %s\n", why);
        return strncmp(why, "--", 2) == 0 ? EXIT_USAGE : EXIT_FAILURE;
    }
    if (settings.ready_file != NULL && idp_write_ready_file(idp, settings.ready_file) != 0) {
        (void)fprintf(stderr, "mockidp: --ready-file %s: %s\n", settings.ready_file,
                      strerror(errno));
        idp_stop(idp);
        return EXIT_FAILURE;
    }
    greet(idp);
    pages_drop_code();
    serve(idp, &signals);
    idp_stop(idp);
    if (settings.ready_file != NULL) {
        (void)remove(settings.ready_file);
    }
    return EXIT_SUCCESS;
}
