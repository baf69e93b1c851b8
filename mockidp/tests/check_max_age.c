/* max_age at /authorize: how old a sign-in may be (OpenID Connect Core 1.0 §3.1.2.1). */
#include "mockidp/tests/support/demo.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"
#include "mockidp/tests/support/visitor.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define CALLBACK "&redirect_uri=http://localhost:5000/callback"
#define AUTHORIZE V2 "authorize?" WEB CALLBACK "&scope=openid&response_type=code"
#define SIGN_IN "&username=alice%40contoso.test&password=Passw0rd!"

static struct idp *idp;
static char *dir;

static void start(void)
{
    idp = demo_open(demo_json(), "page", &dir);
}

static void stop(void)
{
    demo_close(idp, dir);
}

static const struct {
    const char *reason;
    const char *more;
    bool arrives; /* without signing in again */
} rows[] = {
    {"older", "&max_age=99", false},
    {"just so old", "&max_age=100", true},
    {"zero is prompt=login", "&max_age=0", false},
    {"none is any", "", true},
    {"no number is passed over", "&max_age=1x", true},
    {"so is a negative one", "&max_age=-1", true},
    {"and one beyond all time", "&max_age=00000000000000000001", true},
};

/* sign_in leaves the visitor with a session that is 100 s old. */
static struct visitor sign_in(void)
{
    struct visitor v = {.idp = idp};
    free(visitor_arrives(visitor_answer(&v, visitor_open(&v, AUTHORIZE), SIGN_IN)));
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", "{'seconds':100}", NULL));
    return v;
}

START_TEST(an_old_sign_in_is_done_again)
{
    char path[300];
    struct visitor v = sign_in();
    (void)snprintf(path, sizeof path, AUTHORIZE "%s", rows[_i].more);
    const struct wire_answer *answer = visitor_open(&v, path);
    ck_assert_msg((answer->status == 302) == rows[_i].arrives, "%s: %d", rows[_i].reason,
                  answer->status);
    if (!rows[_i].arrives) {
        free(visitor_arrives(visitor_answer(&v, answer, SIGN_IN)));
    }
}
END_TEST

START_TEST(in_silence_it_is_refused)
{
    struct visitor v = sign_in();
    char *location = visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none&max_age=99"));
    ck_assert_msg(strstr(location, "error=login_required") != NULL, "%s", location);
    free(location);
    free(visitor_arrives(visitor_open(&v, AUTHORIZE "&prompt=none&max_age=100")));
}
END_TEST

/* A form that accepts is no answer to a page that was never shown. */
static const char *const hand_made[] = {"&max_age=99", "&max_age=0", "&prompt=login"};

START_TEST(accepting_is_no_sign_in)
{
    char path[300];
    struct visitor v = sign_in();
    (void)snprintf(path, sizeof path, AUTHORIZE "%s", hand_made[_i]);
    const struct wire_answer *page = visitor_open(&v, path);
    visitor_must_show(page, "Another account");
    page = visitor_answer(&v, page, "&accept=1");
    visitor_must_show(page, "Another account");
    free(visitor_arrives(visitor_answer(&v, page, SIGN_IN)));
}
END_TEST

/* Nor is one that comes when the sign-in has grown too old; of max_age=0 the page that follows the
 * sign-in is its own. */
static const struct {
    const char *more;
    bool asks; /* without signing in first */
    const char *seconds;
    bool arrives;
} answers[] = {
    {"&max_age=100&prompt=consent", true, "{'seconds':0}", true},
    {"&max_age=100&prompt=consent", true, "{'seconds':1}", false},
    {"&max_age=0&prompt=consent", false, "{'seconds':1}", true},
    {"&prompt=consent", true, "{'seconds':1000}", true},
};

START_TEST(a_page_is_answered_while_the_sign_in_is_new_enough)
{
    char path[300];
    struct visitor v = sign_in();
    (void)snprintf(path, sizeof path, AUTHORIZE "%s", answers[_i].more);
    const struct wire_answer *page = visitor_open(&v, path);
    if (!answers[_i].asks) {
        page = visitor_answer(&v, page, SIGN_IN);
    }
    visitor_must_show(page, "Permissions requested");
    static struct wire_answer shown; /* until the person answers */
    shown.body = strdup(page->body);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", answers[_i].seconds, NULL));
    page = visitor_answer(&v, &shown, "&accept=1");
    free(shown.body);
    if (!answers[_i].arrives) {
        visitor_must_show(page, "Another account");
        page = visitor_answer(&v, visitor_answer(&v, page, SIGN_IN), "&accept=1");
    }
    free(visitor_arrives(page));
}
END_TEST

/* "When max_age is used, the ID Token returned MUST include an auth_time Claim Value." */
START_TEST(the_id_token_says_when_it_was)
{
    struct visitor v = sign_in();
    char *location =
        visitor_arrives(visitor_open(&v, _i == 0 ? AUTHORIZE "&max_age=3600" : AUTHORIZE));
    json_t *answer = browser_redeem(idp, location);
    json_t *claims = token_json(text_at(answer, "id_token"), 1);
    const json_t *time = json_object_get(claims, "auth_time");
    ck_assert(_i == 0 ? json_integer_value(time) == KITCHEN_NOW : !time);
    json_decref(claims);
    json_decref(answer);
    free(location);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("max_age");
    TCase *tcase = tcase_create("max_age");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, an_old_sign_in_is_done_again, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tcase, in_silence_it_is_refused);
    tcase_add_loop_test(tcase, accepting_is_no_sign_in, 0, 3);
    tcase_add_loop_test(tcase, a_page_is_answered_while_the_sign_in_is_new_enough, 0, 4);
    tcase_add_loop_test(tcase, the_id_token_says_when_it_was, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
