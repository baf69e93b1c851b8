/* A stream of Authorization values in, a stream of verdicts out, in order. */
#include "validator/cli/commands.h"
#include "validator/cli/lines.h"
#include "validator/core/caller.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first fetch has its own deadline (http_timeout_ms); this is longer than its greatest value.
 */
enum { FIRST_KEYS_MS = 10000 };

static void tell_refresh(void *ctx, const struct btv_event *event)
{
    (void)ctx;
    if (event->kind == BTV_EVENT_REFRESH && event->error != BTV_OK) {
        fprintf(stderr, "btv: keys: %s\n", event->detail ? event->detail : "not available");
    }
}

struct btv_validator *command_validator(const struct btv_command_line *line, const char *jwks_file,
                                        int *status)
{
    char why[512] = "out of memory";
    struct btv_config *c = btv_config_new();
    struct btv_validator *v = NULL;
    *status = BTV_EXIT_FAILURE;
    int read = c ? btv_command_line_config(line, c) : BTV_GO_ON;
    if (read != BTV_GO_ON) {
        *status = read;
        btv_config_free(c);
        return NULL;
    }
    if (c && (!jwks_file || btv_config_set(c, "jwks_file", jwks_file, why, sizeof why) == 0)) {
        btv_config_event(c, tell_refresh, NULL);
        v = btv_validator_new(c, why, sizeof why);
    }
    btv_config_free(c);
    if (!v) {
        *status = btv_refused("btv", why);
        return NULL;
    }
    btv_validator_start(v, FIRST_KEYS_MS); /* without keys each verdict is keys_unavailable */
    return v;
}

/* The payload as it was signed: numbers keep their digits. Line ends in it can only stand between
 * its values. */
static void print_claims(const char *json)
{
    fputs(",\"claims\":", stdout);
    for (const char *p = json; *p; p++) {
        putchar(*p == '\n' || *p == '\r' ? ' ' : *p);
    }
}

/* Returns -1 when memory is short. */
static int print_verdict(const struct btv_result *r)
{
    enum btv_error e = btv_result_error(r);
    bool accepted = e == BTV_OK;
    json_t *verdict =
        json_pack("{s:s, s:i, s:s?, s:s?, s:s?}", "decision", accepted ? "accept" : "reject",
                  "status", btv_result_http_status(r), "error", accepted ? NULL : btv_error_code(e),
                  "oauth_error", btv_error_oauth(e), "challenge", btv_result_challenge(r));
    if (verdict && accepted) {
        json_object_set_new(verdict, "user", json_string(btv_caller(r)));
    }
    char *text = json_dumps(verdict, JSON_COMPACT);
    json_decref(verdict);
    if (!text) {
        return -1;
    }
    fwrite(text, 1, strlen(text) - 1, stdout);
    free(text);
    if (accepted) {
        print_claims(btv_result_claims_json(r));
    }
    fputs("}\n", stdout);
    return fflush(stdout) == 0 ? 0 : -1;
}

static int decide_lines(struct btv_validator *v)
{
    char *line = malloc(LINE_MAX_BYTES);
    struct btv_result *r = btv_result_new();
    size_t len = 0;
    int status = line && r ? EXIT_SUCCESS : BTV_EXIT_FAILURE;
    while (line && r && lines_next(stdin, line, &len)) {
        if (btv_validate(v, line, len, r) != BTV_OK) {
            status = BTV_EXIT_FAILURE;
        }
        if (print_verdict(r) != 0) {
            fprintf(stderr, "btv: cannot write the verdict\n");
            status = BTV_EXIT_FAILURE;
            break;
        }
    }
    btv_result_free(r);
    free(line);
    return status;
}

int command_decide(int argc, char **argv)
{
    struct btv_command_line line = {
        .program = "btv",
        .synopsis =
            "btv [OPTION]...            Authorization values in, JSON verdicts out, one a line\n"
            "       btv verify --jwks FILE [--alg LIST]      JWSs in, valid or invalid out\n"
            "       btv explain TOKEN|- [OPTION]...          one token, for a person\n"
            "Exit status: 0 all accepted, 1 any refused, 2 bad usage. `btv COMMAND --help` "
            "says more.\n"};
    int status = btv_command_line_read(&line, argc, argv);
    if (status != BTV_GO_ON) {
        return status;
    }
    if (line.first_operand < argc) {
        return btv_usage("btv", "unexpected argument '%s'", argv[line.first_operand]);
    }
    struct btv_validator *v = command_validator(&line, NULL, &status);
    if (v) {
        status = decide_lines(v);
        btv_validator_free(v);
    }
    return status;
}
