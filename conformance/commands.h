/* What conform does, command by command. Each returns an exit status. */
#ifndef CONFORMANCE_COMMANDS_H
#define CONFORMANCE_COMMANDS_H

#include "conformance/case.h"
#include "conformance/options.h"
#include "conformance/world/world.h"

#include <jansson.h>
#include <stdint.h>

/* command_load loads the cases of one half; -1 with a line on stderr. command_load.c */
int command_load(const struct conform_options *o, enum cf_half half, struct cf_suite *suite);

int command_run(const struct conform_options *o, const struct cf_suite *suite); /* command_run.c */
int command_list(const struct conform_options *o,
                 const struct cf_suite *suite); /* command_show.c */
int command_explain(const struct conform_options *o, const struct cf_suite *suite);
int command_bake(const struct conform_options *o);
int command_init(const struct conform_options *o); /* command_init.c */
int command_replay(const struct conform_options *o,
                   const struct cf_suite *suite);    /* command_replay.c */
int command_diff(const struct conform_options *o);   /* command_compare.c */
int command_matrix(const struct conform_options *o); /* command_compare.c */

/*
 * command_play plays the selected cases against one target (a file, a URL, or NULL for libbtv in
 * process). A run, a new reference, or NULL with *status and a line on stderr.
 */
json_t *command_play(const struct conform_options *o, const struct cf_suite *suite,
                     const char *file, int *status);

/* command_play_provider does the same with an issuer: a profile, a URL, or NULL for the mock in
 * process. command_provider.c */
json_t *command_play_provider(const struct conform_options *o, const struct cf_suite *suite,
                              const char *where, int *status);

struct cf_target;

/* command_world_options is what the mock listens on and keeps: the command line says, then the
 * target file, then there are free ports in process; HTTPS unless it is 'off'. Borrowed from both.
 */
struct cf_world_options command_world_options(const struct conform_options *o,
                                              const struct cf_target *target);

/* command_fail says why on stderr and returns the exit status. */
int command_fail(int status, const char *why);

/* command_blame_listener is command_fail for a world that did not open. The mock calls its options
 * --listen and --listen-tls; here they are others, or those of the target file `file`. */
int command_blame_listener(const struct conform_options *o, const char *file, const char *why);

/* struct command_about is what a reader of a report wants to know of a run; borrowed, NULL where
 * there is none. command_about adds it, with the options' part of it. */
struct command_about {
    const char *adapter;
    const char *url;
    const char *file;
    const char *comment;
    int64_t started; /* Unix seconds; 0: now */
    int64_t began_ms;
};
void command_about(json_t *run, const struct conform_options *o, const struct command_about *about);

/* command_may_save says whether every report that the options ask for can be written, before
 * anything is played; command_save writes them. CONFORM_OK, or CONFORM_USAGE with a line on stderr
 * that names the option and the file. command_save.c */
int command_may_save(const struct conform_options *o);
int command_save(const struct conform_options *o, const json_t *runs);

#endif
