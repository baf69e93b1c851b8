/* Reading the command line of conform. */
#include "conformance/options.h"

#include "conformance/run.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row {
    const char *name;
    const char *argument;
    const char *help;
} rows[] = {
    {"target", "FILE|URL",
     "whom to test: a target file, or the URL of a protected resource (default: libbtv in "
     "process)"},
    {"idp", "[URL|FILE]",
     "the identity-provider half: an issuer's URL or profile (default: the mock in process)"},
    {"idp-ca", "FILE", "the CA of that issuer, if it is none of the system's"},
    {"safe", NULL, "with --idp: only GETs without credentials, fit for an issuer that others use"},
    {"cases", "DIR", "where the cases are (default: fixtures/cases); may be repeated"},
    {"level", "LEVEL", "least level of the cases: must, should, may, info (default info)"},
    {"expected", "FILE", "known deviations with their reasons"},
    {"strict", NULL, "NON-STRICT fails the run too"},
    {"json", "FILE", "writes everything that was sent, expected and got, in JSON lines"},
    {"junit", "FILE", "writes JUnit XML"},
    {"markdown", "FILE", "writes a summary for a CI job"},
    {"html", "FILE", "writes one page with everything that happened"},
    {"tap", "FILE", "writes TAP 13"},
    {"sarif", "FILE", "writes SARIF 2.1.0"},
    {"color", "WHEN", "auto (on a terminal, unless NO_COLOR is set), always, never"},
    {"seed", "TEXT", "makes tokens and keys reproducible"},
    {"timeout", "S", "seconds to wait for an answer (default 10)"},
    {"jobs", "N", "plays in N worlds at once, where the suite starts the target (default 1)"},
    {"idp-listen", "ADDR:PORT",
     "where the mock listens for HTTP (a target file's idp.listen, or 127.0.0.1:8080)"},
    {"idp-listen-tls", "ADDR:PORT", "the same for HTTPS, 'off' for none (localhost:8443)"},
    {"idp-state", "DIR", "where the mock keeps its CA and keys (a target file's idp.state)"},
    {"wait-for", "URL", "waits until this URL answers 200 before the first case"},
    {"verbose", NULL, "shows every case, not only those that deviate"},
    {"help", NULL, "shows this"},
    {"version", NULL, "shows the version"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* The commands, with the fewest and the most words behind them. */
static const struct command_row {
    const char *name;
    size_t least;
    size_t most;
    const char *words;
    const char *help;
} commands[] = {
    {"run", 0, OPTIONS_LIST_MAX, "[FILTER]...", "plays cases against a target"},
    {"list", 0, OPTIONS_LIST_MAX, "[FILTER]...", "shows the cases"},
    {"explain", 1, 1, "ID", "shows one: what is sent, what must happen, why"},
    {"bake", 1, 1, "RECIPE", "prints the Authorization value of a recipe (JSON text)"},
    {"init", 1, 2, "URL [FILE]", "writes a target file, prints the settings for the API"},
    {"replay", 2, 2, "REPORT ID", "plays a case of a JSON report again, shows both"},
    {"diff", 2, 2, "REPORT REPORT", "what changed between two; 1 when something got worse"},
    {"matrix", 1, OPTIONS_LIST_MAX, "REPORT...", "merges runs: --html, --markdown, --json …"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        char left[40];
        (void)snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].words);
        (void)printf("%s conform %-22s %s\n", i == 0 ? "Usage:" : "      ", left, commands[i].help);
    }
    (void)printf("A filter is an id or a pattern (TIM-04, 'KEY-*'), a group (AUD), or words of a "
                 "title.\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        char left[40];
        (void)snprintf(left, sizeof left, "--%s%s%s", rows[i].name, rows[i].argument ? " " : "",
                       rows[i].argument ? rows[i].argument : "");
        (void)printf("  %-28s %s\n", left, rows[i].help);
    }
    (void)printf("\nExit status: 0 as expected, 1 deviation, 2 bad usage or nothing matched, 3 "
                 "target not reached.\n");
}

__attribute__((format(printf, 1, 2))) static int usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("conform: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputs(" (--help lists the options)\n", stderr);
    va_end(args);
    return CONFORM_USAGE;
}

static int append(const char **list, size_t *count, const char *value, const char *name)
{
    if (*count == OPTIONS_LIST_MAX) {
        return usage("--%s: there are too many", name);
    }
    list[(*count)++] = value;
    return -1;
}

/* Options with one text each: where it goes, or NULL. */
static const char **text_member(struct conform_options *o, const char *name)
{
    const struct {
        const char *name;
        const char **member;
    } texts[] = {{"expected", &o->expected},
                 {"junit", &o->junit},
                 {"json", &o->json},
                 {"markdown", &o->markdown},
                 {"html", &o->html},
                 {"tap", &o->tap},
                 {"sarif", &o->sarif},
                 {"idp-state", &o->idp_state},
                 {"seed", &o->seed},
                 {"idp-listen", &o->idp_listen},
                 {"idp-listen-tls", &o->idp_listen_tls},
                 {"idp-ca", &o->idp_ca},
                 {"wait-for", &o->wait_for}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(texts[i].name, name) == 0) {
            return texts[i].member;
        }
    }
    return NULL;
}

static int take_timeout(struct conform_options *o, const char *argument)
{
    char *end = NULL;
    double seconds = strtod(argument, &end);
    if (*end || end == argument || !(seconds > 0) || seconds > 3600) {
        return usage("--timeout: '%s' is not a number of seconds up to 3600", argument);
    }
    o->timeout_ms = (long)(seconds * 1000);
    return -1;
}

static int take_jobs(struct conform_options *o, const char *argument)
{
    char *end = NULL;
    long jobs = strtol(argument, &end, 10);
    if (*end || end == argument || jobs < 1 || jobs > CF_JOBS_MAX) {
        return usage("--jobs: '%s' is not a number from 1 to %d", argument, CF_JOBS_MAX);
    }
    o->jobs = (size_t)jobs;
    return -1;
}

static int take_option(struct conform_options *o, const char *name, const char *argument)
{
    assert(o);
    const char **member = text_member(o, name);
    if (member) {
        *member = argument;
        return -1;
    }
    if (strcmp(name, "target") == 0) {
        return append(o->targets, &o->target_count, argument, name);
    }
    if (strcmp(name, "cases") == 0) {
        return append(o->case_dirs, &o->case_dir_count, argument, name);
    }
    if (strcmp(name, "level") == 0) {
        return cf_level_parse(argument, &o->level) == 0
                   ? -1
                   : usage("--level: '%s' is no level", argument);
    }
    if (strcmp(name, "color") == 0) {
        o->color = argument;
        bool known = strcmp(argument, "auto") == 0 || strcmp(argument, "always") == 0 ||
                     strcmp(argument, "never") == 0;
        return known ? -1 : usage("--color: '%s' is not auto, always or never", argument);
    }
    if (strcmp(name, "timeout") == 0) {
        return take_timeout(o, argument);
    }
    if (strcmp(name, "jobs") == 0) {
        return take_jobs(o, argument);
    }
    if (strcmp(name, "help") == 0) {
        print_help();
        return CONFORM_OK;
    }
    if (strcmp(name, "version") == 0) {
        (void)printf("conform %s\n", ETB_VERSION);
        return CONFORM_OK;
    }
    if (strcmp(name, "idp") == 0) {
        o->idp = true;
        o->idp_where = argument;
    }
    o->safe = o->safe || strcmp(name, "safe") == 0;
    o->strict = o->strict || strcmp(name, "strict") == 0;
    o->verbose = o->verbose || strcmp(name, "verbose") == 0;
    return -1;
}

static int take_words(struct conform_options *o, int argc, char **argv, int first)
{
    const struct command_row *row = NULL;
    if (first == argc) {
        return usage("a command is missing: run, list, explain …");
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        row = strcmp(argv[first], commands[i].name) == 0 ? &commands[i] : row;
    }
    if (!row) {
        return usage("'%s' is no command", argv[first]);
    }
    o->command = row->name;
    for (int i = first + 1; i < argc; i++) {
        int status = append(o->words, &o->word_count, argv[i], "FILTER");
        if (status >= 0) {
            return status;
        }
    }
    if (o->word_count < row->least || o->word_count > row->most) {
        return usage("%s takes %s", row->name, row->words);
    }
    return -1;
}

/* --idp alone is the mock; what follows it is taken for the issuer if it looks like one. */
static const char *issuer_behind(int argc, char **argv, const char *argument)
{
    const char *next = optind < argc ? argv[optind] : "";
    size_t len = strlen(next);
    if (argument) {
        return argument;
    }
    if (strstr(next, "://") || (len > 5 && strcmp(next + len - 5, ".json") == 0)) {
        optind++;
        return next;
    }
    return NULL;
}

static int has_argument(const struct option_row *row)
{
    return !row->argument          ? no_argument
           : *row->argument == '[' ? optional_argument
                                   : required_argument;
}

/* What does not go together. */
static int check(const struct conform_options *o)
{
    if (o->idp && o->target_count > 0) {
        return usage("--idp and --target are two halves: one at a time");
    }
    return (o->safe || o->idp_ca) && !o->idp ? usage("--safe and --idp-ca go with --idp") : -1;
}

int options_read(int argc, char **argv, struct conform_options *o)
{
    struct option options[ROWS + 1];
    int index = 0;
    int found = 0;
    memset(o, 0, sizeof *o);
    for (size_t i = 0; i < ROWS; i++) {
        options[i] = (struct option){rows[i].name, has_argument(&rows[i]), NULL, 0};
    }
    options[ROWS] = (struct option){NULL, 0, NULL, 0};
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":v", options, &index)) != -1) {
        if (found == ':' || found == '?') {
            return usage(found == ':' ? "option '%s' needs an argument" : "unknown option '%s'",
                         argv[optind - 1]);
        }
        if (found != 'v' && strcmp(rows[index].name, "idp") == 0) {
            optarg = (char *)(uintptr_t)issuer_behind(argc, argv, optarg);
        }
        int status = found == 'v' ? take_option(o, "verbose", NULL)
                                  : take_option(o, rows[index].name, optarg);
        if (status >= 0) {
            return status;
        }
    }
    int status = check(o);
    return status >= 0 ? status : take_words(o, argc, argv, optind);
}
