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

static int run_command(const struct conform_options *o)
{
    static const struct {
        const char *name;
        int (*plain)(const struct conform_options *o);
        int (*with_cases)(const struct conform_options *o, const struct cf_suite *suite);
    } commands[] = {
        {"run", NULL, command_run},         {"list", NULL, command_list},
        {"explain", NULL, command_explain}, {"bake", command_bake, NULL},
        {"init", command_init, NULL},       {"replay", NULL, command_replay},
        {"diff", command_diff, NULL},       {"matrix", command_matrix, NULL},
    };
    struct cf_suite suite = {0};
    int status = CONFORM_USAGE;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(o->command, commands[i].name) == 0) {
            status = commands[i].plain            ? commands[i].plain(o)
                     : load_cases(o, &suite) == 0 ? commands[i].with_cases(o, &suite)
                                                  : CONFORM_USAGE;
        }
    }
    cf_suite_cleanup(&suite);
    return status;
}

int main(int argc, char **argv)
{
    struct conform_options o;
    int status = options_read(argc, argv, &o);
    if (status >= 0) {
        return status;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    status = run_command(&o);
    curl_global_cleanup();
    return status;
}
