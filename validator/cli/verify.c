/* Signatures of a stream of JWSs, for suites that test nothing else. */
#include "validator/cli/commands.h"
#include "validator/cli/jws.h"
#include "validator/cli/lines.h"

#include <stdio.h>
#include <stdlib.h>

static int verify_lines(struct jws_checker *checker)
{
    char *line = malloc(LINE_MAX_BYTES);
    size_t len = 0;
    int status = line ? EXIT_SUCCESS : BTV_EXIT_FAILURE;
    while (line && lines_next(stdin, line, &len)) {
        enum btv_error e = jws_check(checker, jose_span(line, len));
        if (e == BTV_OK) {
            puts("valid");
        } else {
            printf("invalid %s\n", btv_error_code(e));
            status = BTV_EXIT_FAILURE;
        }
        if (fflush(stdout) != 0) {
            status = BTV_EXIT_FAILURE;
            break;
        }
    }
    free(line);
    return status;
}

int command_verify(int argc, char **argv)
{
    const char *jwks_file = NULL;
    const char *algorithms = "RS256";
    const struct btv_option own[] = {
        {"jwks", "FILE", "the key set (required)", &jwks_file},
        {"alg", "LIST", "algorithms that may sign, separated by commas (default RS256)",
         &algorithms},
    };
    struct btv_command_line line = {
        .program = "btv verify",
        .synopsis = "btv verify --jwks FILE [--alg RS256,ES256,...]\n"
                    "Compact JWSs on standard input, one a line; `valid` or `invalid CODE` out.\n"
                    "Signatures only. Without a kid the set's only key is used.\n",
        .own = own,
        .own_count = sizeof own / sizeof own[0],
        .own_only = true};
    struct jws_checker checker = {0};
    char why[512];
    int status = btv_command_line_read(&line, argc, argv);
    if (status != BTV_GO_ON) {
        return status;
    }
    if (line.first_operand < argc) {
        return btv_usage("btv verify", "unexpected argument '%s'", argv[line.first_operand]);
    }
    if (!jwks_file) {
        return btv_usage("btv verify", "--jwks FILE is required");
    }
    if (jws_algorithms(algorithms, &checker.algorithms) != 0) {
        return btv_usage("btv verify", "--alg: '%s' names an algorithm that does not exist here",
                         algorithms);
    }
    if (jws_open(&checker, jwks_file, why, sizeof why) != 0) {
        fprintf(stderr, "btv verify: --jwks %s\n", why);
        status = BTV_EXIT_FAILURE;
    } else {
        status = verify_lines(&checker);
    }
    jws_close(&checker);
    return status;
}
