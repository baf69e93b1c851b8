/* One token for a person: what it says, what was checked, and how far it may be believed. */
#include "validator/cli/commands.h"
#include "validator/cli/jws.h"
#include "validator/cli/lines.h"
#include "validator/cli/show.h"
#include "validator/jose/compact.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

/* The checks in the order in which they are made, and the errors by which each is known to fail. */
static const struct {
    const char *name;
    enum btv_error errors[6]; /* ends at BTV_UNDECIDED */
} checks[] = {
    {"three parts", {BTV_TOKEN_TOO_LARGE, BTV_TOKEN_MALFORMED, BTV_TOKEN_ENCRYPTED}},
    {"header", {BTV_HEADER_MALFORMED, BTV_CRIT_UNSUPPORTED}},
    {"algorithm", {BTV_ALG_NOT_ALLOWED}},
    {"type", {BTV_TYP_NOT_ALLOWED}},
    {"key", {BTV_KID_MISSING, BTV_KID_UNKNOWN, BTV_KEYS_UNAVAILABLE}},
    {"signature", {BTV_KEY_UNSUITABLE, BTV_SIGNATURE_INVALID}},
    {"claims", {BTV_CLAIMS_MALFORMED}},
    {"issuer and tenant", {BTV_ISSUER_MISMATCH, BTV_TENANT_NOT_ALLOWED}},
    {"audience", {BTV_AUDIENCE_MISMATCH}},
    {"lifetime", {BTV_LIFETIME_MALFORMED, BTV_TOKEN_EXPIRED, BTV_TOKEN_NOT_YET_VALID}},
    {"permission",
     {BTV_SCOPE_MISSING, BTV_ROLE_MISSING, BTV_CLIENT_NOT_ALLOWED, BTV_CLAIMS_INSUFFICIENT,
      BTV_CONTEXT_MISSING}},
};
enum { CHECKS = sizeof checks / sizeof checks[0], TYPE_CHECK = 3, SIGNATURE_CHECK = 5 };

/* The index of the check that `e` fails, CHECKS when none does. A token bound to a key (cnf) is
 * refused as a type once its claims are read; it is shown where its code stands. */
static size_t failed_check(enum btv_error e)
{
    for (size_t i = 0; i < CHECKS; i++) {
        for (size_t k = 0; k < 6 && checks[i].errors[k] != BTV_UNDECIDED; k++) {
            if (checks[i].errors[k] == e) {
                return i;
            }
        }
    }
    return CHECKS;
}

/* The first `count` checks, of which `e` ended the run. The type matters to an API, not to a
 * signature. */
static void print_checks(enum btv_error e, size_t count, const char *detail)
{
    size_t failed = failed_check(e);
    printf("Checks\n");
    for (size_t i = 0; i < count; i++) {
        if (i == failed) {
            printf("  %-18s FAILED  %s: %s%s%s\n", checks[i].name, btv_error_code(e),
                   btv_error_sentence(e), detail[0] ? " " : "", detail);
        } else if (i == TYPE_CHECK && count < CHECKS) {
            printf("  %-18s not checked\n", checks[i].name);
        } else {
            printf("  %-18s %s\n", checks[i].name, i < failed ? "ok" : "not reached");
        }
    }
    if (e != BTV_OK && failed == CHECKS) {
        printf("  %s: %s\n", btv_error_code(e), btv_error_sentence(e));
    }
}

struct explanation {
    struct jose_span token;
    bool checked;      /* anything at all */
    bool signature_ok; /* the claims are what the issuer signed */
    enum btv_error error;
    size_t count; /* of checks */
    char detail[320];
};

static int check_signature(struct explanation *x, const char *jwks_file)
{
    struct jws_checker checker = {.algorithms = ~0U};
    char why[512];
    int status = BTV_GO_ON;
    if (jws_open(&checker, jwks_file, why, sizeof why) != 0) {
        fprintf(stderr, "btv explain: --jwks %s\n", why);
        status = BTV_EXIT_FAILURE;
    } else {
        x->error = jws_check(&checker, x->token);
        x->signature_ok = x->error == BTV_OK;
        x->checked = true;
        x->count = SIGNATURE_CHECK + 1;
    }
    jws_close(&checker);
    return status;
}

static int check_all(struct explanation *x, const struct btv_command_line *line,
                     const char *jwks_file)
{
    int status = BTV_GO_ON;
    struct btv_validator *v = command_validator(line, jwks_file, &status);
    struct btv_result *r = v ? btv_result_new() : NULL;
    if (r) {
        x->error = btv_validate_token(v, x->token.data, x->token.len, r);
        x->signature_ok = failed_check(x->error) > SIGNATURE_CHECK;
        x->checked = true;
        x->count = CHECKS;
        snprintf(x->detail, sizeof x->detail, "(%s)", btv_result_detail(r));
        x->detail[0] = btv_result_detail(r)[0] ? '(' : '\0';
        status = BTV_GO_ON;
    }
    btv_result_free(r);
    btv_validator_free(v);
    return status;
}

static int print_explanation(const struct explanation *x)
{
    struct jose_compact parts;
    int64_t now = (int64_t)time(NULL);
    bool readable = jose_compact_split(x->token, LINE_MAX_BYTES, &parts) == BTV_OK;
    if (readable) {
        printf("Header\n");
        readable = show_part(parts.header, now) == 0;
        printf("Claims%s\n", x->signature_ok ? ", signed by a key that is trusted here"
                                             : " - UNVERIFIED, anyone can have written them");
        readable = show_part(parts.payload, now) == 0 && readable;
    } else {
        printf("Not a JWS of three parts.\n");
    }
    if (x->checked) {
        print_checks(x->error, x->count, x->detail);
        return x->error == BTV_OK ? EXIT_SUCCESS : BTV_EXIT_FAILURE;
    }
    printf("Checks\n  none: give --jwks FILE for the signature, --tenant-id and --client-id for "
           "all\n");
    return readable ? EXIT_SUCCESS : BTV_EXIT_FAILURE;
}

/* Everything can be checked once the settings say for whom; they may come from a file or from the
 * environment, too. */
static bool names_an_api(const struct btv_command_line *line)
{
    return line->config_file || line->settings[BTV_SET_TENANT_ID] ||
           line->settings[BTV_SET_ISSUERS] || getenv("AzureAd__TenantId") ||
           getenv("AzureAd__Issuers");
}

/* The token of `operand`, "-" being the first line of standard input; "Bearer " before it is let
 * go. */
static struct jose_span token_of(const char *operand, char *line)
{
    struct jose_span token = jose_span_of(operand);
    size_t len = 0;
    if (strcmp(operand, "-") == 0) {
        token = jose_span(line, lines_next(stdin, line, &len) ? len : 0);
    }
    if (token.len > 7 && strncasecmp(token.data, "Bearer ", 7) == 0) {
        token = jose_span(token.data + 7, token.len - 7);
    }
    return token;
}

static int explain(const struct btv_command_line *line, const char *operand, const char *jwks_file)
{
    char *buffer = malloc(LINE_MAX_BYTES);
    int status = BTV_GO_ON;
    if (!buffer) {
        return BTV_EXIT_FAILURE;
    }
    struct explanation x = {.token = token_of(operand, buffer)};
    if (names_an_api(line)) {
        status = check_all(&x, line, jwks_file);
    } else if (jwks_file) {
        status = check_signature(&x, jwks_file);
    }
    if (status == BTV_GO_ON) {
        status = print_explanation(&x);
    }
    free(buffer);
    return status;
}

int command_explain(int argc, char **argv)
{
    const char *jwks_file = NULL;
    const struct btv_option own[] = {
        {"jwks", "FILE", "keys from this file, without network", &jwks_file},
    };
    struct btv_command_line line = {
        .program = "btv explain",
        .synopsis = "btv explain TOKEN|- [OPTION]...\n"
                    "Prints header and claims, and each check that the options allow: with --jwks "
                    "the signature,\nwith a tenant and a client id all of them. '-' reads the "
                    "token from standard input.\n",
        .own = own,
        .own_count = sizeof own / sizeof own[0]};
    int status = btv_command_line_read(&line, argc, argv);
    if (status != BTV_GO_ON) {
        return status;
    }
    if (line.first_operand + 1 != argc) {
        return btv_usage("btv explain", "one TOKEN is needed");
    }
    return explain(&line, argv[line.first_operand], jwks_file);
}
