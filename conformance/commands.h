/* What conform does, command by command. Each returns an exit status. */
#ifndef CONFORMANCE_COMMANDS_H
#define CONFORMANCE_COMMANDS_H

#include "conformance/case.h"
#include "conformance/options.h"

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

/* command_may_save says whether every report that the options ask for can be written, before
 * anything is played; command_save writes them. CONFORM_OK, or CONFORM_USAGE with a line on stderr
 * that names the option and the file. command_save.c */
int command_may_save(const struct conform_options *o);
int command_save(const struct conform_options *o, const json_t *runs);

#endif
