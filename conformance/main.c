/* The program conform: cases as data, played against any validator of Entra's tokens. */
#include "conformance/commands.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int load_cases(const struct conform_options *o, struct cf_suite *suite)
{
    char why[512] = "there are no cases: --cases says where they are";
    char *folder = o->case_dir_count > 0 ? NULL : cf_case_folder();
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

int main(int argc, char **argv)
{
    struct conform_options o;
    struct cf_suite suite = {0};
    int status = options_read(argc, argv, &o);
    if (status >= 0) {
        return status;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    if (strcmp(o.command, "bake") == 0) {
        status = command_bake(&o);
    } else if (load_cases(&o, &suite) != 0) {
        status = CONFORM_USAGE;
    } else if (strcmp(o.command, "run") == 0) {
        status = command_run(&o, &suite);
    } else {
        status =
            strcmp(o.command, "list") == 0 ? command_list(&o, &suite) : command_explain(&o, &suite);
    }
    cf_suite_cleanup(&suite);
    curl_global_cleanup();
    return status;
}
