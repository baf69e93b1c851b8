/* The program conform: cases as data, played against any validator of Entra's tokens, or any
 * issuer of them. */
#include "conformance/commands.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

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
    enum cf_half half = o->idp ? CF_PROVIDERS : CF_VALIDATORS;
    int status = CONFORM_USAGE;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(o->command, commands[i].name) == 0) {
            status = commands[i].plain                    ? commands[i].plain(o)
                     : command_load(o, half, &suite) == 0 ? commands[i].with_cases(o, &suite)
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
