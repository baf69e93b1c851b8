/* Proof Key for Code Exchange: which challenges and verifiers are well-formed (RFC 7636 §4.1), and
 * which belong together (appendix B). */
#include "mockidp/grants/pkce.h"

#include <check.h>
#include <string.h>

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

START_TEST(they_have_43_to_128_characters)
{
    static const size_t lengths[] = {0, 42, 129, 43, 128};
    char text[130] = "";
    memset(text, 'x', lengths[_i]);
    ck_assert_int_eq(pkce_is_well_formed(text), _i >= 3);
    ck_assert_int_eq(pkce_matches(text, true, text), _i >= 3);
}
END_TEST

/* unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~" */
START_TEST(of_the_unreserved_ones)
{
    static const char good[] = "azAZ09-._~";
    char text[] = VERIFIER;
    for (int c = 1; c < 256; c++) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        text[20] = (char)c;
        ck_assert_msg(pkce_is_well_formed(text) == (letter || digit || strchr(good, c)), "%d", c);
    }
}
END_TEST

static const struct {
    const char *reason;
    const char *challenge;
    bool plain;
    const char *verifier;
    bool matches;
} pairs[] = {
    {"another verifier", CHALLENGE, false, "x" VERIFIER, false},
    {"the challenge itself for S256", CHALLENGE, false, CHALLENGE, false},
    {"plain, but hashed", CHALLENGE, true, VERIFIER, false},
    {"plain, another", VERIFIER, true, VERIFIER "x", false},
    {"S256", CHALLENGE, false, VERIFIER, true},
    {"plain", VERIFIER, true, VERIFIER, true},
};

START_TEST(a_verifier_proves_its_challenge)
{
    ck_assert_msg(pkce_matches(pairs[_i].challenge, pairs[_i].plain, pairs[_i].verifier) ==
                      pairs[_i].matches,
                  "%s", pairs[_i].reason);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("pkce");
    TCase *tcase = tcase_create("pkce");
    tcase_add_loop_test(tcase, they_have_43_to_128_characters, 0, 5);
    tcase_add_test(tcase, of_the_unreserved_ones);
    tcase_add_loop_test(tcase, a_verifier_proves_its_challenge, 0, ROWS(pairs));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
