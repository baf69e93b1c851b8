/* The program apid over HTTP: statuses, challenges and bodies. */
#include "validator/tests/support/apid.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <signal.h>
#include <string.h>

#define NEEDED "\r\nWWW-Authenticate: Bearer"

static const struct {
    const char *authorization;
    int status;
    const char *challenge;
    const char *error;
    const char *why;
} header_rows[] = {
    {NULL, 401, NEEDED "\r\n", "no_credentials", "no header: no error attribute (RFC 6750 §3.1)"},
    {"Basic YTpi", 401, NEEDED "\r\n", "no_credentials", "another scheme"},
    {"eyJ.eyJ.x", 400, NEEDED " error=\"invalid_request\"", "bearer_malformed", "no scheme"},
    {"Bearer nonsense", 401, NEEDED " error=\"invalid_token\"", "token_malformed", "no JWS"},
    {"Bearer a\x80\xff\x01.b.c", 401, NEEDED " error=\"invalid_token\"", "header_malformed",
     "bytes that are not text"},
};

START_TEST(a_request_without_a_usable_header_is_refused)
{
    apid_set_up(false, NULL);
    for (size_t i = 0; i < sizeof header_rows / sizeof header_rows[0]; i++) {
        apid_call(header_rows[i].authorization);
        ck_assert_msg(apid.status == header_rows[i].status, "%s: %ld", header_rows[i].why,
                      apid.status);
        ck_assert_msg(apid_head_has(header_rows[i].challenge), "%s: %s", header_rows[i].why,
                      apid.head);
        ck_assert_msg(strcmp(apid_member("error"), header_rows[i].error) == 0, "%s: %s",
                      header_rows[i].why, apid.body);
        ck_assert_msg(apid_head_has("\r\nCache-Control: no-store\r\n"), "%s", header_rows[i].why);
    }
    apid_tear_down();
}
END_TEST

static const struct {
    const char *changes;
    const char *without;
    int status;
    const char *challenge;
    const char *error;
} token_rows[] = {
    {"\"exp\":1700000000,\"nbf\":1699990000,", NULL, 401, "error=\"invalid_token\"",
     "token_expired"},
    {"\"nbf\":3999999999,\"exp\":4000000000,", NULL, 401, "error=\"invalid_token\"",
     "token_not_yet_valid"},
    {"\"aud\":\"someone-else\",", NULL, 401, "error=\"invalid_token\"", "audience_mismatch"},
    {"\"iss\":\"https://login.test/x/v2.0\",", NULL, 401, "error=\"invalid_token\"",
     "issuer_mismatch"},
    {"\"scp\":\"other\",", NULL, 403, "error=\"insufficient_scope\"", "scope_missing"},
    {"", "scp", 403, "scope=\"access_as_user\"", "scope_missing"},
};

START_TEST(a_token_that_is_not_good_here_is_refused_and_a_good_one_is_not)
{
    apid_set_up(false, NULL);
    for (size_t i = 0; i < sizeof token_rows / sizeof token_rows[0]; i++) {
        char *token =
            http_authority_token(&apid.authority, token_rows[i].changes, token_rows[i].without);
        apid_call(token);
        ck_assert_msg(apid.status == token_rows[i].status, "%s: %ld %s", token_rows[i].error,
                      apid.status, apid.body);
        ck_assert_msg(apid_head_has(token_rows[i].challenge), "%s: %s", token_rows[i].error,
                      apid.head);
        ck_assert_str_eq(apid_member("error"), token_rows[i].error);
        free(token);
    }
    char *token = http_authority_token(&apid.authority, "", NULL);
    apid_call(token);
    ck_assert_int_eq(apid.status, 200);
    ck_assert_str_eq(apid.body, "{\"message\":\"Test successful\",\"user\":\"Alice\"}");
    ck_assert(apid_head_has("\r\nCache-Control: no-store\r\n"));
    ck_assert(!apid_head_has("WWW-Authenticate"));
    token[strlen(token) - 10] = token[strlen(token) - 10] == 'A' ? 'B' : 'A';
    apid_call(token);
    ck_assert_str_eq(apid_member("error"), "signature_invalid");
    free(token);
    apid_tear_down();
}
END_TEST

static const struct {
    const char *changes;
    const char *without;
    const char *user;
} user_rows[] = {
    {"\"name\":\"A\\\"\\\\\\n\\u00e9\",", NULL, "A\"\\\n\xc3\xa9"},
    {"\"preferred_username\":\"alice@contoso.test\",", "name", "alice@contoso.test"},
    {"\"name\":\"\",\"upn\":\"alice@upn.test\",", NULL, "alice@upn.test"},
    {"\"azp\":\"the-app\",", "name", "the-app"},
};

START_TEST(the_caller_is_named_as_JSON)
{
    apid_set_up(false, NULL);
    for (size_t i = 0; i < sizeof user_rows / sizeof user_rows[0]; i++) {
        char *token =
            http_authority_token(&apid.authority, user_rows[i].changes, user_rows[i].without);
        apid_call(token);
        ck_assert_int_eq(apid.status, 200);
        ck_assert_str_eq(apid_member("user"), user_rows[i].user);
        free(token);
    }
    apid_tear_down();
}
END_TEST

START_TEST(only_one_header_line_carries_a_token)
{
    apid_set_up(false, NULL);
    char *token = http_authority_token(&apid.authority, "", NULL);
    char *line = test_text("Authorization: %s", token);
    char *query = test_text("/api/auth-test?access_token=%s", token + strlen("Bearer "));
    apid_request("GET", "/api/auth-test",
                 (const char *const[]){line, "authorization: Bearer x", NULL}, NULL);
    ck_assert_int_eq(apid.status, 400);
    ck_assert(apid_head_has("error=\"invalid_request\""));
    apid_request("GET", "/api/auth-test", (const char *const[]){line, line, NULL}, NULL);
    ck_assert_msg(apid.status == 400, "the same line twice is still two");
    apid_request("GET", query, NULL, NULL);
    ck_assert_msg(apid.status == 401, "a token in the query is no credential");
    apid_request("GET", "/api/auth-test", NULL, query + strlen("/api/auth-test?"));
    ck_assert_msg(apid.status == 401, "a token in a form is no credential");
    apid_request("HEAD", "/api/auth-test", (const char *const[]){line, NULL}, NULL);
    ck_assert_msg(apid.status == 200 && apid.body_len == 0, "HEAD is GET without the body");
    free(line);
    free(query);
    free(token);
    apid_tear_down();
}
END_TEST

START_TEST(other_paths_methods_and_large_requests_have_their_answers)
{
    apid_set_up(false, NULL);
    apid_request("GET", "/api/auth-test/", NULL, NULL);
    ck_assert_int_eq(apid.status, 404);
    ck_assert_str_eq(apid_member("error"), "not_found");
    apid_request("DELETE", "/api/auth-test", NULL, NULL);
    ck_assert_int_eq(apid.status, 405);
    ck_assert(apid_head_has("\r\nAllow: GET, HEAD\r\n"));
    char *large = malloc(1 << 17);
    ck_assert_ptr_nonnull(large);
    memset(large, 'a', 1 << 17);
    large[65536] = '\0';
    apid_request("POST", "/health", NULL, large);
    ck_assert_msg(apid.status == 405, "64 KiB are read: %ld", apid.status);
    large[65536] = 'a';
    large[65537] = '\0';
    apid_request("POST", "/health", NULL, large);
    ck_assert_int_eq(apid.status, 413);
    apid_request("POST", "/health", (const char *const[]){"Transfer-Encoding: chunked", NULL},
                 large);
    ck_assert_int_eq(apid.status, 413);
    memcpy(large, "Bearer ", 7);
    large[7 + 16384] = '\0';
    apid_call(large);
    ck_assert_str_eq(apid_member("error"), "token_malformed");
    memset(large + 7, 'a', 80000);
    large[80000] = '\0';
    apid_call(large);
    ck_assert_str_eq(apid_member("error"), "token_too_large");
    free(large);
    apid_tear_down();
}
END_TEST

START_TEST(without_keys_it_says_so_until_they_come)
{
    apid_set_up(true, NULL);
    char *token = http_authority_token(&apid.authority, "", NULL);
    apid_request("GET", "/health", NULL, NULL);
    ck_assert_int_eq(apid.status, 503);
    apid_call(token);
    ck_assert_int_eq(apid.status, 503);
    ck_assert(apid_head_has("\r\nRetry-After: 1\r\n"));
    ck_assert(!apid_head_has("WWW-Authenticate"));
    ck_assert_str_eq(apid_member("error"), "keys_unavailable");
    http_authority_set_down(&apid.authority, false);
    ck_assert(http_authority_await(&apid.authority, 1));
    do { /* the keys are sent, and soon in hand */
        apid_request("GET", "/health", NULL, NULL);
    } while (apid.status == 503);
    apid_call(token);
    ck_assert_int_eq(apid.status, 200);
    apid_request("GET", "/health", NULL, NULL);
    ck_assert_int_eq(apid.status, 200);
    ck_assert_str_eq(apid_member("status"), "ok");
    http_authority_set_down(&apid.authority, true);
    apid_call(token);
    ck_assert_msg(apid.status == 200, "keys in hand outlive their source");
    free(token);
    apid_tear_down();
}
END_TEST

START_TEST(metrics_count_and_logs_hold_no_token)
{
    apid_set_up(false, NULL);
    char *token = http_authority_token(&apid.authority, "\"name\":\"Very Private\",", NULL);
    apid_call(token);
    apid_call(token);
    apid_call("Bearer very-secret-token");
    apid_request("GET", "/very-secret-path?very-secret-query", NULL, NULL);
    apid_request("GET", "/metrics", NULL, NULL);
    ck_assert_int_eq(apid.status, 200);
    ck_assert(apid_head_has("text/plain; version=0.0.4"));
    ck_assert(strstr(apid.body, "\nbtv_verdicts_total{code=\"ok\"} 2\n"));
    ck_assert(strstr(apid.body, "\nbtv_verdicts_total{code=\"token_malformed\"} 1\n"));
    ck_assert(strstr(apid.body, "\napid_responses_total{status=\"404\"} 1\n"));
    ck_assert(strstr(apid.body, "\nbtv_keys 1\n"));
    ck_assert(strstr(apid.body, "\nbtv_fetches_total 2\n"));
    kill(apid.program.pid, SIGTERM);
    char *log = program_read(apid.program.err);
    ck_assert(strstr(log, "path=/api/auth-test status=200 code=ok"));
    ck_assert(strstr(log, "path=/api/auth-test status=401 code=token_malformed"));
    ck_assert(strstr(log, "path=other status=404"));
    ck_assert(strstr(log, "event=refresh outcome=ok"));
    ck_assert(!strstr(log, token + strlen("Bearer ")) && !strstr(log, "ery"));
    ck_assert_int_eq(program_end(&apid.program), 0);
    free(log);
    free(token);
    http_authority_stop(&apid.authority);
}
END_TEST

TEST_MAIN("apid", a_request_without_a_usable_header_is_refused,
          a_token_that_is_not_good_here_is_refused_and_a_good_one_is_not,
          the_caller_is_named_as_JSON, only_one_header_line_carries_a_token,
          other_paths_methods_and_large_requests_have_their_answers,
          without_keys_it_says_so_until_they_come, metrics_count_and_logs_hold_no_token)
