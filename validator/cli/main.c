/* The program btv: the validator for shells and scripts. */
#include "validator/cli/commands.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"verify", command_verify},
    {"explain", command_explain},
};

int main(int argc, char **argv)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = BTV_GO_ON;
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            status = commands[i].run(argc - 1, argv + 1);
        }
    }
    if (status == BTV_GO_ON) {
        status = command_decide(argc, argv);
    }
    curl_global_cleanup();
    return status;
}
