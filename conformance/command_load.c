/* Which cases a command works on. */
#include "conformance/commands.h"

#include <stdio.h>
#include <stdlib.h>

int command_load(const struct conform_options *o, enum cf_half half, struct cf_suite *suite)
{
    char why[512] = "there are no cases: --cases says where they are";
    char *folder = o->case_dir_count > 0 ? NULL : cf_case_folder();
    suite->half = half;
    int status = folder                  ? cf_suite_load(suite, folder, why, sizeof why)
                 : o->case_dir_count > 0 ? 0
                                         : -1;
    for (size_t i = 0; i < o->case_dir_count && status == 0; i++) {
        status = cf_suite_load(suite, o->case_dirs[i], why, sizeof why);
    }
    free(folder);
    if (status != 0) {
        (void)fprintf(stderr, "conform: %s\n", why);
    }
    return status;
}
