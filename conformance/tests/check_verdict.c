/* Judging answers on both axes, and baselines. */
#include "conformance/expected.h"
#include "conformance/verdict.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REJECT                                                                                     \
    "{\"decision\":\"reject\",\"status\":[401],\"error\":[\"invalid_token\"],\"code\":\"token_"    \
    "expired\"}"
#define BEARER "Bearer error=\"invalid_token\", error_description=\"error=x\""

/* A string that fills an array may not stand in parentheses. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define ANSWER(s, challenge_value, reason_code, text)                                              \
    {                                                                                              \
        .status = (s), .challenge = challenge_value, .code = reason_code, .body = text             \
    }

#define BARE(s, challenge_value, reason_code, no_status, no_challenge)                             \
    {                                                                                              \
        .status = (s), .challenge = challenge_value, .code = reason_code,                          \
        .status_unsaid = (no_status), .challenge_unsaid = (no_challenge)                           \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

START_TEST(both_axes)
{
    static const struct {
        const char *expect;
        struct cf_answer answer;
        enum cf_level level;
        enum cf_verdict verdict;
        const char *reason;
    } rows[] = {
        {REJECT, ANSWER(200, "", "", "hello Canary"), CF_MUST, CF_FAIL,
         "accepted: a wrong decision"},
        {REJECT, ANSWER(200, "", "", ""), CF_SHOULD, CF_NON_STRICT,
         "accepted: a wrong decision on a SHOULD"},
        {REJECT, ANSWER(200, "", "", ""), CF_MAY, CF_INFORMED, "accepted, on a MAY"},
        {REJECT, ANSWER(200, "", "", ""), CF_INFO, CF_INFORMED, "accepted, on an INFO"},
        {"{\"decision\":\"accept\"}", ANSWER(401, BEARER, "", ""), CF_MUST, CF_FAIL,
         "refused: a wrong decision"},
        {REJECT, ANSWER(401, BEARER, "token_expired", "Canary"), CF_MUST, CF_FAIL,
         "the refusal shows the protected body"},
        {REJECT, ANSWER(400, BEARER, "token_expired", ""), CF_MUST, CF_NON_STRICT,
         "right decision, other status"},
        {REJECT, ANSWER(401, "", "token_expired", ""), CF_MUST, CF_NON_STRICT, "no challenge"},
        {REJECT, ANSWER(401, "Bearer", "token_expired", ""), CF_MUST, CF_NON_STRICT,
         "no error in the challenge"},
        {REJECT, ANSWER(401, "Bearer error=\"invalid_request\"", "token_expired", ""), CF_MUST,
         CF_NON_STRICT, "other error"},
        {REJECT, ANSWER(401, "Bearer xerror=\"invalid_token\"", "token_expired", ""), CF_MUST,
         CF_NON_STRICT, "a look-alike"},
        {REJECT, ANSWER(401, BEARER, "signature_invalid", ""), CF_MUST, CF_NON_STRICT,
         "other reason"},
        {REJECT, ANSWER(401, BEARER, "", ""), CF_MUST, CF_NON_STRICT, "no reason"},
        {REJECT, ANSWER(401, BEARER, "token_expired", ""), CF_MUST, CF_PASS, "as it must be"},
        {"{\"decision\":\"reject\",\"status\":[401,431],\"code\":\"token_too_large\"}",
         ANSWER(431, "", "", ""), CF_MUST, CF_PASS, "a limit of the server"},
        {"{\"decision\":\"reject\",\"error\":[]}", ANSWER(401, "Bearer", "", ""), CF_MUST, CF_PASS,
         "a challenge without error"},
        {"{\"decision\":\"reject\",\"error\":[]}", ANSWER(401, BEARER, "", ""), CF_MUST,
         CF_NON_STRICT, "an error where none is due"},
        {"{\"decision\":\"accept\",\"status\":[200]}", ANSWER(200, "", "", "Canary"), CF_MUST,
         CF_PASS, "accepted"},
        {REJECT, BARE(401, "", "token_expired", true, true), CF_MUST, CF_PASS, "a bare decision"},
        {REJECT, BARE(403, "", "token_expired", false, true), CF_MUST, CF_NON_STRICT, "its status"},
        {REJECT, BARE(401, "Bearer", "token_expired", true, false), CF_MUST, CF_NON_STRICT,
         "its challenge"},
        {REJECT, BARE(401, "", "", true, true), CF_MUST, CF_NON_STRICT, "its reason"},
        {REJECT, BARE(200, "", "", true, true), CF_MUST, CF_FAIL, "a bare decision is one"},
        {"{}", ANSWER(500, "", "", ""), CF_INFO, CF_INFORMED, "INFO never passes or fails"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char reason[CF_REASON_CAP];
        json_t *expect = json_loads(rows[i].expect, 0, NULL);
        enum cf_verdict verdict =
            cf_judge(expect, &rows[i].answer, rows[i].level, "Canary", true, reason);
        ck_assert_msg(verdict == rows[i].verdict, "%s: %s (%s)", rows[i].reason,
                      cf_verdict_name(verdict), reason);
        json_decref(expect);
    }
}
END_TEST

/* Who does not name libbtv's errors is not judged by them. */
START_TEST(codes_are_asked_of_those_who_have_them)
{
    char reason[CF_REASON_CAP];
    const struct cf_answer answer = ANSWER(401, BEARER, "", "");
    json_t *expect = json_loads(REJECT, 0, NULL);
    ck_assert_int_eq(cf_judge(expect, &answer, CF_MUST, "Canary", false, reason), CF_PASS);
    ck_assert_int_eq(cf_judge(expect, &answer, CF_MUST, "Canary", true, reason), CF_NON_STRICT);
    json_decref(expect);
}
END_TEST

#define EITHER "[\"FAIL\",\"NON-STRICT\"]"

START_TEST(tallies)
{
    static const struct {
        const char *verdict;
        const char *known; /* of the baseline, or NULL */
        bool strict;
        size_t passed, failed, skipped;
    } rows[] = {
        {"PASS", NULL, true, 1, 0, 0},
        {"INFO", NULL, true, 1, 0, 0},
        {"UNIMPLEMENTED", NULL, true, 0, 0, 1},
        {"NON-STRICT", NULL, false, 1, 0, 0},
        {"NON-STRICT", NULL, true, 0, 1, 0},
        {"FAIL", NULL, false, 0, 1, 0},
        {"ERROR", NULL, false, 0, 1, 0},
        {"FAIL", "\"FAIL\"", true, 1, 0, 0},
        {"NON-STRICT", "\"FAIL\"", false, 0, 1, 0},
        {"PASS", "\"FAIL\"", false, 0, 1, 0},
        {"FAIL", EITHER, true, 1, 0, 0},
        {"NON-STRICT", EITHER, true, 1, 0, 0},
        {"PASS", EITHER, true, 0, 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *report =
            json_pack("{s:[{s:s,s:s}]}", "cases", "id", "X-01", "verdict", rows[i].verdict);
        json_t *known = rows[i].known ? json_loads(rows[i].known, JSON_DECODE_ANY, NULL) : NULL;
        json_t *expected =
            known ? json_pack("{s:{s:o,s:s}}", "X-01", "verdict", known, "reason", "r") : NULL;
        struct cf_tally tally = cf_tally(report, expected, rows[i].strict);
        ck_assert_msg(tally.passed == rows[i].passed && tally.failed == rows[i].failed &&
                          tally.skipped == rows[i].skipped,
                      "row %zu (%s): %zu %zu %zu", i, rows[i].verdict, tally.passed, tally.failed,
                      tally.skipped);
        json_decref(report);
        json_decref(expected);
    }
}
END_TEST

START_TEST(a_baseline_gives_its_reasons)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {{"{", false},
                {"{}", false},
                {"{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\"}}}", false},
                {"{\"deviations\":{\"X-01\":{\"verdict\":\"fail\",\"reason\":\"r\"}}}", false},
                {"{\"deviations\":{\"X-01\":{\"verdict\":[],\"reason\":\"r\"}}}", false},
                {"{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\",\"reason\":\"\"}}}", false},
                {"{\"deviations\":{\"X-01\":{\"verdict\":\"FAIL\",\"reason\":\"known\"}}}", true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[] = "/tmp/check-verdict-XXXXXX";
        char why[512] = "";
        int fd = mkstemp(path);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq((int)write(fd, rows[i].text, strlen(rows[i].text)),
                         (int)strlen(rows[i].text));
        (void)close(fd);
        json_t *expected = cf_expected_load(path, why, sizeof why);
        ck_assert_msg((expected != NULL) == rows[i].good, "%s: %s", rows[i].text, why);
        ck_assert(rows[i].good || strstr(why, path));
        json_decref(expected);
        (void)unlink(path);
    }
}
END_TEST

TEST_MAIN("verdict", both_axes, codes_are_asked_of_those_who_have_them, tallies,
          a_baseline_gives_its_reasons)
