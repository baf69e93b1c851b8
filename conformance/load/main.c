/* loadgen: how fast does it validate? The core beside OpenSSL's own loop, or a protected API over
 * HTTP. And how fast does the mock issue? */
#include "conformance/load/provider.h"
#include "conformance/load/run.h"

#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_INPROC = 256,
    OPT_URL,
    OPT_IDP,
    OPT_PEER,
    OPT_IDP_PID,
    OPT_PEER_PID,
    OPT_CLOSED,
    OPT_DURATION,
    OPT_WARMUP,
    OPT_CONNECTIONS,
    OPT_THREADS,
    OPT_TOKENS,
    OPT_JSON,
    OPT_HELP,
    OPT_VERSION
};

static const struct option options[] = {
    {"inproc", no_argument, NULL, OPT_INPROC},
    {"url", required_argument, NULL, OPT_URL},
    {"idp", required_argument, NULL, OPT_IDP},
    {"peer", required_argument, NULL, OPT_PEER},
    {"idp-pid", required_argument, NULL, OPT_IDP_PID},
    {"peer-pid", required_argument, NULL, OPT_PEER_PID},
    {"closed", no_argument, NULL, OPT_CLOSED},
    {"duration", required_argument, NULL, OPT_DURATION},
    {"warmup", required_argument, NULL, OPT_WARMUP},
    {"connections", required_argument, NULL, OPT_CONNECTIONS},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"tokens", required_argument, NULL, OPT_TOKENS},
    {"json", required_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static const char usage[] =
    "usage: loadgen --inproc --closed [options]\n"
    "       loadgen --url URL --idp URL --closed [options]\n"
    "       loadgen --idp URL [--peer URL] --closed [options]\n"
    "\n"
    "  --inproc          drive the validator core in this process, beside EVP_PKEY_verify\n"
    "  --url URL         drive a protected API over plain HTTP\n"
    "  --idp URL         with --url: the http URL of the mockidp that the API trusts; it bakes the "
    "tokens\n"
    "                    without --url and --inproc: drive the mock itself, tokens beside "
    "EVP_PKEY_sign\n"
    "  --peer URL        then: its key set beside this URL's bytes (of another server)\n"
    "  --idp-pid, --peer-pid PID[,PID]  their processes: rates by the processor time that they "
    "use, too\n"
    "  --closed          closed loop: the next request follows the answer\n"
    "  --duration S      measured seconds (5)\n"
    "  --warmup S        seconds before that (1)\n"
    "  --threads N       1 to 64 (1)\n"
    "  --connections N   with --url, in all, 1 to 1024 (16)\n"
    "  --tokens N        distinct tokens, 1 to 100000 (1024)\n"
    "  --json FILE       also write the report as JSON ('-': to standard output, alone)\n"
    "  --help, --version\n";

static int bad_usage(const char *option, const char *fault)
{
    fprintf(stderr, "loadgen: %s: %s (see --help)\n", option, fault);
    return 2;
}

static int read_number(const char *text, double low, double high, double *out)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= low && value <= high)) {
        return -1;
    }
    *out = value;
    return 0;
}

struct command_line {
    struct load_options load;
    bool inproc;
    bool closed;
    const char *json;
    struct load_provider_servers servers;
};

static int take_processes(const char *name, struct load_processes *processes)
{
    char why[128];
    return load_processes_parse(optarg, processes, why, sizeof why) == 0 ? -1
                                                                         : bad_usage(name, why);
}

/* Takes one option. Returns -1 to go on, else the exit status. */
static int take_option(struct command_line *c, int option, const char *name)
{
    double n = 0;
    switch (option) {
    case OPT_INPROC: c->inproc = true; return -1;
    case OPT_CLOSED: c->closed = true; return -1;
    case OPT_URL: c->load.url = optarg; return -1;
    case OPT_IDP: c->load.idp = optarg; return -1;
    case OPT_PEER: c->servers.peer = optarg; return -1;
    case OPT_IDP_PID: return take_processes(name, &c->servers.idp_processes);
    case OPT_PEER_PID: return take_processes(name, &c->servers.peer_processes);
    case OPT_JSON: c->json = optarg; return -1;
    case OPT_DURATION:
        return read_number(optarg, 0.01, 86400, &c->load.duration_s) == 0
                   ? -1
                   : bad_usage(name, "seconds, 0.01 to 86400");
    case OPT_WARMUP:
        return read_number(optarg, 0, 3600, &c->load.warmup_s) == 0
                   ? -1
                   : bad_usage(name, "seconds, 0 to 3600");
    case OPT_THREADS:
        if (read_number(optarg, 1, 64, &n) != 0) {
            return bad_usage(name, "1 to 64");
        }
        c->load.threads = (unsigned)n;
        return -1;
    case OPT_CONNECTIONS:
        if (read_number(optarg, 1, 1024, &n) != 0) {
            return bad_usage(name, "1 to 1024");
        }
        c->load.connections = (unsigned)n;
        return -1;
    case OPT_TOKENS:
        if (read_number(optarg, 1, 100000, &n) != 0) {
            return bad_usage(name, "1 to 100000");
        }
        c->load.tokens = (unsigned)n;
        return -1;
    case OPT_HELP: fputs(usage, stdout); return 0;
    case OPT_VERSION: puts("loadgen " ETB_VERSION); return 0;
    default: return 2;
    }
}

static int check(const struct command_line *c, int argc, char **argv)
{
    if (optind < argc) {
        return bad_usage(argv[optind], "no such argument");
    }
    if (c->inproc ? c->load.url != NULL : c->load.url == NULL && c->load.idp == NULL) {
        return bad_usage("--inproc, --url, --idp", "give one of them");
    }
    const struct load_provider_servers *s = &c->servers;
    if ((s->peer || s->idp_processes.count || s->peer_processes.count) &&
        (c->inproc || c->load.url)) {
        return bad_usage("--peer, --idp-pid, --peer-pid", "go with --idp alone");
    }
    if (c->load.url && !c->load.idp) {
        return bad_usage("--idp", "needed with --url");
    }
    if (!c->closed) {
        return bad_usage("--closed", "give it: an open loop is not built yet");
    }
    if (!c->inproc && c->load.connections < c->load.threads) {
        return bad_usage("--connections", "at least one a thread");
    }
    return -1;
}

/* Takes the reference over. */
static int write_json(const struct command_line *c, json_t *object)
{
    int status = -1;
    if (object && strcmp(c->json, "-") == 0) {
        status = json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
    } else if (object) {
        status = json_dump_file(object, c->json, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    }
    json_decref(object);
    if (status != 0) {
        fprintf(stderr, "loadgen: --json: cannot write %s\n", c->json);
    }
    return status;
}

static bool wants_text(const struct command_line *c)
{
    return !c->json || strcmp(c->json, "-") != 0;
}

/* Both return the exit status. */
static int drive_provider(const struct command_line *c)
{
    struct load_provider_report report;
    char why[512] = "";
    if (load_run_provider(&c->load, &c->servers, &report, why, sizeof why) != 0) {
        fprintf(stderr, "loadgen: %s\n", why);
        return 3;
    }
    if (wants_text(c)) {
        load_provider_print(stdout, &c->load, &report);
    }
    bool written = !c->json || write_json(c, load_provider_json(&c->load, &report)) == 0;
    return written && report.errors == 0 ? 0 : 1;
}

static int drive_validator(const struct command_line *c)
{
    struct load_report report = {0};
    char why[512] = "";
    int status = c->load.url ? load_run_url(&c->load, &report, why, sizeof why)
                             : load_run_inproc(&c->load, &report, why, sizeof why);
    if (status != 0) {
        fprintf(stderr, "loadgen: %s\n", why);
        status = 3;
    } else {
        if (wants_text(c)) {
            load_report_print(&c->load, &report);
        }
        bool written = !c->json || write_json(c, load_report_json(&c->load, &report)) == 0;
        status = written && report.valid ? 0 : 1;
    }
    load_report_cleanup(&report);
    return status;
}

int main(int argc, char **argv)
{
    struct command_line c = {
        .load = {.duration_s = 5, .warmup_s = 1, .threads = 1, .connections = 16, .tokens = 1024}};
    int option = 0;
    int index = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, &index)) != -1) {
        char name[64];
        if (option == '?' || option == ':') {
            return bad_usage(argv[optind - 1],
                             option == '?' ? "no such option" : "it needs an argument");
        }
        snprintf(name, sizeof name, "--%s", options[index].name);
        int status = take_option(&c, option, name);
        if (status >= 0) {
            return status;
        }
    }
    int status = check(&c, argc, argv);
    if (status >= 0) {
        return status;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    status = c.inproc || c.load.url ? drive_validator(&c) : drive_provider(&c);
    curl_global_cleanup();
    return status;
}
