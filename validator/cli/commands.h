/* What btv does, one function a command. Each reads argv from its own name on and returns the exit
 * status: 0 all accepted, 1 any refused or a failure, 2 bad usage. */
#ifndef VALIDATOR_CLI_COMMANDS_H
#define VALIDATOR_CLI_COMMANDS_H

#include "validator/core/command_line.h"

/* command_decide: Authorization values on standard input, one JSON verdict a line. */
int command_decide(int argc, char **argv);

/* command_verify: compact JWSs on standard input, `valid` or `invalid CODE` a line. */
int command_verify(int argc, char **argv);

/* command_explain: one token, told to a person. */
int command_explain(int argc, char **argv);

/*
 * command_validator returns a newly allocated validator of the options in `line` whose keys were
 * asked for, with `jwks_file` (or NULL) instead of the network; NULL with the exit status in
 * `*status` after the reason was printed. Why keys cannot be had goes to stderr.
 */
struct btv_validator *command_validator(const struct btv_command_line *line, const char *jwks_file,
                                        int *status);

#endif
