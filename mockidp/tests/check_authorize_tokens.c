/* The tokens of /authorize itself: what an ID token vouches for, its nonce, how long an access
 * token lives (OpenID Connect Core 1.0 §3.2.2, §3.3.2). */
#include "mockidp/tests/support/browser.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK                                                                                        \
    "/contoso.test/oauth2/v2.0/authorize?client_id=c0ffee00-0000-4000-8000-0000000000b1"           \
    "&redirect_uri=http://localhost:5000/callback"                                                 \
    "&scope=openid+profile+api://auth-test/access_as_user"

static struct idp *idp;

static void start(void)
{
    idp = browser_start("auto");
}

static void stop(void)
{
    idp_stop(idp);
}

static void half_hash(const char *text, char *out, size_t cap)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    ck_assert_int_eq(EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL), 1);
    char *hash = text_of_base64url(digest, 16);
    (void)snprintf(out, cap, "%s", hash);
    free(hash);
}

START_TEST(an_id_token_vouches_for_what_comes_with_it)
{
    static const struct {
        const char *path;
        const char *with;
        const char *claim;
        const char *not_there;
    } rows[] = {{ASK "&response_type=code+id_token&nonce=n", "code", "c_hash", "at_hash"},
                {ASK "&response_type=id_token+token&nonce=n", "access_token", "at_hash", "c_hash"}};
    char want[50];
    const struct wire_answer *answer = mock_ask(idp, "GET", rows[_i].path, "", NULL);
    char *location = browser_header(answer, "Location");
    char *with = browser_parameter(location, rows[_i].with);
    char *id_token = browser_parameter(location, "id_token");
    char *session = browser_parameter(location, "session_state");
    json_t *claims = token_json(id_token, 1);
    half_hash(with, want, sizeof want);
    ck_assert_str_eq(text_at(claims, rows[_i].claim), want);
    ck_assert_ptr_null(json_object_get(claims, rows[_i].not_there));
    ck_assert_str_eq(text_at(claims, "nonce"), "n");
    ck_assert_str_eq(text_at(claims, "sid"), session);
    ck_assert_str_eq(text_at(claims, "preferred_username"), "alice@contoso.test");
    json_decref(claims);
    free(session);
    free(id_token);
    free(with);
    free(location);
}
END_TEST

/* Whole, or not at all: who cannot compare it must not trust the token. */
START_TEST(a_nonce_comes_back_whole)
{
    enum { LONGEST = 511 };
    char nonce[LONGEST + 2] = "";
    char path[1200];
    memset(nonce, 'n', LONGEST + (size_t)_i);
    (void)snprintf(path, sizeof path, ASK "&response_type=id_token&nonce=%s", nonce);
    char *location = browser_header(mock_ask(idp, "GET", path, "", NULL), "Location");
    char *id_token = browser_parameter(location, "id_token");
    char *description = browser_parameter(location, "error_description");
    if (_i == 0) {
        json_t *claims = token_json(id_token, 1);
        ck_assert_str_eq(text_at(claims, "nonce"), nonce);
        json_decref(claims);
    } else {
        ck_assert_msg(!id_token && strstr(description, "AADSTS9002313: "), "%s", location);
    }
    free(description);
    free(id_token);
    free(location);
}
END_TEST

START_TEST(an_access_token_lives_as_long_as_the_answer_says)
{
    char *location = browser_header(
        mock_ask(idp, "GET", ASK "&response_type=id_token+token&nonce=n", "", NULL), "Location");
    char *token = browser_parameter(location, "access_token");
    char *seconds = browser_parameter(location, "expires_in");
    json_t *claims = token_json(token, 1);
    ck_assert_int_eq(json_integer_value(json_object_get(claims, "exp")),
                     KITCHEN_NOW + strtol(seconds, NULL, 10) + 1);
    json_decref(claims);
    free(seconds);
    free(token);
    free(location);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("authorize_tokens");
    TCase *tcase = tcase_create("tokens of /authorize");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, an_id_token_vouches_for_what_comes_with_it, 0, 2);
    tcase_add_loop_test(tcase, a_nonce_comes_back_whole, 0, 2);
    tcase_add_test(tcase, an_access_token_lives_as_long_as_the_answer_says);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
