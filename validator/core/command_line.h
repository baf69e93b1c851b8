/*
 * The settings of config.def as GNU long options, and the order in which a program gathers them:
 * built-in defaults, --config FILE, the environment (AzureAd__*), options. For apid and btv.
 */
#ifndef VALIDATOR_CORE_COMMAND_LINE_H
#define VALIDATOR_CORE_COMMAND_LINE_H

#include "validator/core/config.h"

/* The exit statuses of both programs; 0 is success. */
enum { BTV_EXIT_FAILURE = 1, BTV_EXIT_USAGE = 2, BTV_GO_ON = -1 };

/* One option that a program has besides the settings. */
struct btv_option {
    const char *name;     /* without its dashes */
    const char *argument; /* what --help calls it; NULL: a flag */
    const char *help;
    const char **value; /* gets the argument, or "" for a flag */
};

/* `program`, `synopsis`, `own` and `own_only` are the caller's to fill; the rest is what was read,
 * borrowed from argv. */
struct btv_command_line {
    const char *program;
    const char *synopsis; /* what --help shows below "Usage: ", lines and all */
    const struct btv_option *own;
    size_t own_count;
    bool own_only;                           /* the program takes neither settings nor --config */
    const char *settings[BTV_SETTING_COUNT]; /* NULL: not given */
    const char *config_file;                 /* or NULL */
    int first_operand;                       /* index in argv */
};

/*
 * btv_command_line_read reads the options: `own`, one for each setting (its name with dashes and
 * without a final `_s`: --tenant-id, --skew), --config, --help and --version. Returns BTV_GO_ON, or
 * the exit status after it printed the help, the version or what is wrong. Not thread-safe, as
 * getopt_long is not.
 */
int btv_command_line_read(struct btv_command_line *line, int argc, char **argv);

/*
 * btv_command_line_config applies the file, the environment and the options to `c`, in that order;
 * then, when neither scopes nor roles are named, the scope access_as_user. Returns BTV_GO_ON, or
 * the exit status after it printed the reason.
 */
int btv_command_line_config(const struct btv_command_line *line, struct btv_config *c);

/*
 * btv_refused says why no validator came of the settings: a setting that `why` begins with ("name:
 * …", as btv_validator_new has it) is named by its option, and then the status is BTV_EXIT_USAGE;
 * otherwise BTV_EXIT_FAILURE.
 */
int btv_refused(const char *program, const char *why);

/* btv_usage prints "PROGRAM: …" and where help is to be had on stderr and returns BTV_EXIT_USAGE.
 */
int btv_usage(const char *program, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* btv_read_file returns the newly allocated, terminated content of a file of at most `max` bytes,
 * and its length; NULL with a sentence in `why`. */
char *btv_read_file(const char *path, size_t max, size_t *len, char *why, size_t cap);

#endif
