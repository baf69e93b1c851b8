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

#endif
