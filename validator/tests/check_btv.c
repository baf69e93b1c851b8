/* The program btv: verdicts, signatures and explanations as scripts and people see them. */
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/program.h"
#include "validator/tests/support/suite.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

/* A key set of test_key(0) as "k0" (and test_key(1) as "k1") in a file that has no name anymore. */
static FILE *jwks;
static char jwks_file[64];

static void write_jwks(int keys)
{
    jwks = tmpfile();
    ck_assert_ptr_nonnull(jwks);
    fputs("{\"keys\":[", jwks);
    for (int i = 0; i < keys; i++) {
        char *kid = test_text("k%d", i);
        char *jwk = test_jwk(test_key(i), kid, "");
        fprintf(jwks, "%s%s", i ? "," : "", jwk);
        free(jwk);
        free(kid);
    }
    fputs("]}", jwks);
    fflush(jwks);
    snprintf(jwks_file, sizeof jwks_file, "/proc/%ld/fd/%d", (long)getpid(), fileno(jwks));
}

static void drop_jwks(void)
{
    fclose(jwks);
    jwks = NULL;
}

static char *good_token(const char *changes)
{
    char *all = test_text("%s\"exp\":4000000000,", changes);
    char *claims = test_claims(all, NULL);
    char *jws = test_jws(test_key(0), "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k0\"}", claims);
    free(all);
    free(claims);
    return jws;
}

static struct program start_decide(void)
{
    return program_start((const char *const[]){"btv", "--instance", TEST_INSTANCE, "--tenant-id",
                                               TEST_TENANT, "--client-id", TEST_CLIENT,
                                               "--jwks-file", jwks_file, NULL});
}

static json_t *verdict_of(struct program *p, const char *line)
{
    json_error_t error;
    fprintf(p->in, "%s\n", line);
    fflush(p->in);
    char *text = program_line(p->out);
    json_t *verdict = json_loads(text, 0, &error);
    ck_assert_msg(verdict != NULL, "%s: '%s'", error.text, text);
    free(text);
    return verdict;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const struct {
    const char *line;
    const char *error;
    int status;
    const char *oauth_error;
    const char *why;
} refusals[] = {
    {"", "no_credentials", 401, NULL, "nothing"},
    {"Basic YTpi", "no_credentials", 401, NULL, "another scheme"},
    {"eyJ.eyJ.x", "bearer_malformed", 400, "invalid_request", "no scheme"},
    {"Bearer x", "token_malformed", 401, "invalid_token", "no JWS"},
    {"Bearer e30.e30.AAAA", "header_malformed", 401, "invalid_token", "a header without alg"},
};

START_TEST(each_line_gets_its_verdict_in_order)
{
    write_jwks(1);
    struct program p = start_decide();
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        json_t *v = verdict_of(&p, refusals[i].line);
        ck_assert_msg(strcmp(text_of(v, "decision"), "reject") == 0, "%s", refusals[i].why);
        ck_assert_msg(strcmp(text_of(v, "error"), refusals[i].error) == 0, "%s: %s",
                      refusals[i].why, text_of(v, "error"));
        ck_assert_msg(json_integer_value(json_object_get(v, "status")) == refusals[i].status, "%s",
                      refusals[i].why);
        ck_assert_pstr_eq(text_of(v, "oauth_error"), refusals[i].oauth_error);
        ck_assert_msg(strncmp(text_of(v, "challenge"), "Bearer", 6) == 0, "%s", refusals[i].why);
        ck_assert_msg(!json_object_get(v, "user") && !json_object_get(v, "claims"),
                      "%s: a refusal tells nothing of the token", refusals[i].why);
        json_decref(v);
    }
    char *token = good_token("\"name\":\"Al\\\"ice \\u00e9\",");
    char *header = test_text("Bearer %s", token);
    json_t *v = verdict_of(&p, header);
    ck_assert_str_eq(text_of(v, "decision"), "accept");
    ck_assert(json_is_null(json_object_get(v, "error")));
    ck_assert_str_eq(text_of(v, "user"), "Al\"ice \xc3\xa9");
    ck_assert_str_eq(text_of(json_object_get(v, "claims"), "tid"), TEST_TENANT);
    json_decref(v);
    free(header);
    free(token);
    ck_assert_msg(program_end(&p) == 1, "one refusal makes the status 1");
    drop_jwks();
}
END_TEST

START_TEST(only_acceptances_exit_zero_and_claims_stay_on_one_line)
{
    write_jwks(1);
    struct program p = start_decide();
    char *token = good_token("\r\n \"big\":1180591620717411303424,\n");
    fprintf(p.in, "bearer %s\n", token);
    fclose(p.in);
    p.in = NULL;
    char *line = program_line(p.out);
    ck_assert_ptr_nonnull(strstr(line, "\"big\":1180591620717411303424"));
    ck_assert_int_eq(line[strlen(line) - 1], '}');
    char *rest = program_read(p.out);
    ck_assert_str_eq(rest, "");
    ck_assert_int_eq(program_end(&p), 0);
    free(rest);
    free(line);
    free(token);
    drop_jwks();
}
END_TEST

START_TEST(a_line_beyond_every_limit_is_one_refusal)
{
    write_jwks(1);
    struct program p = start_decide();
    fputs("Bearer ", p.in);
    for (int i = 0; i < 400 * 1024; i++) {
        putc('a', p.in);
    }
    fputc('\n', p.in);
    json_t *v = verdict_of(&p, "Bearer x");
    ck_assert_str_eq(text_of(v, "error"), "token_too_large");
    json_decref(v);
    char *next = program_line(p.out);
    ck_assert_ptr_nonnull(strstr(next, "token_malformed"));
    free(next);
    ck_assert_int_eq(program_end(&p), 1);
    drop_jwks();
}
END_TEST

static void expect_verify(const char *alg, const char *line, const char *expected, const char *why)
{
    struct program p = program_start(
        (const char *const[]){"btv", "verify", "--jwks", jwks_file, "--alg", alg, NULL});
    fprintf(p.in, "%s\n", line);
    fclose(p.in);
    p.in = NULL;
    char *got = program_line(p.out);
    ck_assert_msg(strcmp(got, expected) == 0, "%s: '%s', not '%s'", why, got, expected);
    ck_assert_msg(program_end(&p) == (strcmp(expected, "valid") != 0), "%s: status", why);
    free(got);
}

START_TEST(signatures_are_verified_alone)
{
    char *expired = test_jws(test_key(0), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", "{\"exp\":1}");
    char *stranger = test_jws(test_key(1), "{\"alg\":\"RS256\",\"kid\":\"k0\"}", "{}");
    char *unknown = test_jws(test_key(0), "{\"alg\":\"RS256\",\"kid\":\"k9\"}", "{}");
    char *nameless = test_jws(test_key(0), "{\"alg\":\"RS256\"}", "no JSON at all");
    char *pss = test_jws_as(test_key(0), "SHA256", 1, "{\"alg\":\"PS256\",\"kid\":\"k0\"}", "{}");
    write_jwks(2);
    expect_verify("RS256", "", "invalid token_malformed", "an empty line");
    expect_verify("RS256", "e30.e30.", "invalid header_malformed", "no alg");
    expect_verify("RS256", "eyJhbGciOiJub25lIn0.e30.", "invalid alg_not_allowed", "none");
    expect_verify("RS256", stranger, "invalid signature_invalid", "another key's signature");
    expect_verify("RS256", unknown, "invalid kid_unknown", "a key that is not in the set");
    expect_verify("RS256", nameless, "invalid kid_missing", "two keys and no kid");
    expect_verify("RS256", pss, "invalid alg_not_allowed", "an algorithm that was not named");
    expect_verify("RS256,PS256", pss, "valid", "one that was");
    expect_verify("RS256", expired, "valid", "claims are not looked at");
    drop_jwks();
    write_jwks(1);
    expect_verify("RS256", nameless, "valid", "the set's only key");
    drop_jwks();
    free(expired);
    free(stranger);
    free(unknown);
    free(nameless);
    free(pss);
}
END_TEST

static char *explain(const char *token, const char *option, const char *value, int *status)
{
    struct program p =
        program_start((const char *const[]){"btv", "explain", token, option, value, NULL});
    char *text = program_read(p.out);
    *status = program_end(&p);
    return text;
}

START_TEST(an_explanation_says_what_may_be_believed)
{
    int status = 0;
    write_jwks(1);
    char *token = good_token("\"nbf\":1700000000,\"name\":\"\\u001b[2J\\u0080x\",");
    char *text = explain(token, NULL, NULL, &status);
    ck_assert_ptr_nonnull(strstr(text, "UNVERIFIED"));
    ck_assert_ptr_nonnull(strstr(text, "2023-11-14 22:13:20 UTC, "));
    ck_assert_msg(strchr(text, '\x1b') == NULL && strstr(text, "\xc2\x80") == NULL,
                  "control characters must not reach the terminal");
    ck_assert_int_eq(status, 0);
    free(text);
    text = explain(token, "--jwks", jwks_file, &status);
    ck_assert_ptr_null(strstr(text, "UNVERIFIED"));
    ck_assert_ptr_nonnull(strstr(text, "type               not checked"));
    ck_assert_ptr_nonnull(strstr(text, "signature          ok"));
    ck_assert_int_eq(status, 0);
    free(text);
    token[strlen(token) - 10] = token[strlen(token) - 10] == 'A' ? 'B' : 'A';
    text = explain(token, "--jwks", jwks_file, &status);
    ck_assert_ptr_nonnull(strstr(text, "UNVERIFIED"));
    ck_assert_ptr_nonnull(strstr(text, "FAILED  signature_invalid"));
    ck_assert_int_eq(status, 1);
    free(text);
    free(token);
    drop_jwks();
}
END_TEST

START_TEST(an_explanation_makes_every_check_when_it_knows_for_whom)
{
    write_jwks(1);
    char *token = good_token("\"scp\":\"other\",");
    struct program p = program_start((const char *const[]){
        "btv", "explain", "-", "--jwks", jwks_file, "--instance", TEST_INSTANCE, "--tenant-id",
        TEST_TENANT, "--client-id", TEST_CLIENT, NULL});
    fprintf(p.in, "Bearer %s\n", token);
    fclose(p.in);
    p.in = NULL;
    char *text = program_read(p.out);
    ck_assert_ptr_nonnull(strstr(text, "audience           ok"));
    ck_assert_ptr_nonnull(strstr(text, "permission         FAILED  scope_missing"));
    ck_assert_msg(strstr(text, "UNVERIFIED") == NULL, "its signature is good");
    ck_assert_int_eq(program_end(&p), 1);
    free(text);
    free(token);
    drop_jwks();
}
END_TEST

static const struct {
    const char *argv[6];
    int status;
    const char *says;
} usages[] = {
    {{"btv", "--nonsense"}, 2, "--nonsense"},
    {{"btv", "--tenant-id"}, 2, "--tenant-id"},
    {{"btv", "--skew", "601"}, 2, "--skew"},
    {{"btv", "file"}, 2, "file"},
    {{"btv", "--client-id", "x"}, 2, "--tenant-id: without a tenant"},
    {{"btv", "--config", "/nonexistent/x.json"}, 2, "--config /nonexistent/x.json: No such"},
    {{"btv", "verify"}, 2, "--jwks"},
    {{"btv", "verify", "--jwks", "x", "--alg", "none"}, 2, "--alg"},
    {{"btv", "verify", "--skew", "1"}, 2, "--skew"},
    {{"btv", "verify", "--jwks", "/nonexistent/jwks"}, 1, "--jwks"},
    {{"btv", "explain"}, 2, "TOKEN"},
};

START_TEST(bad_usage_is_named_in_one_line)
{
    for (size_t i = 0; i < sizeof usages / sizeof usages[0]; i++) {
        const char *argv[7] = {NULL};
        memcpy(argv, usages[i].argv, sizeof usages[i].argv);
        struct program p = program_start(argv);
        char *line = program_line(p.err);
        char *rest = program_read(p.err);
        ck_assert_msg(strstr(line, usages[i].says) != NULL, "row %zu: '%s'", i, line);
        ck_assert_msg(*rest == '\0', "row %zu: '%s'", i, rest);
        ck_assert_int_eq(program_end(&p), usages[i].status);
        free(line);
        free(rest);
    }
}
END_TEST

TEST_MAIN("btv", each_line_gets_its_verdict_in_order,
          only_acceptances_exit_zero_and_claims_stay_on_one_line,
          a_line_beyond_every_limit_is_one_refusal, signatures_are_verified_alone,
          an_explanation_says_what_may_be_believed,
          an_explanation_makes_every_check_when_it_knows_for_whom, bad_usage_is_named_in_one_line)
