/* A working day in seconds: thousands of flows, then the clock moves on, and what they left is gone
 * and the memory is what it was. Requests come without connections, so that every octet in use is
 * the mock's own. */
#include "mockidp/ask.h"
#include "mockidp/idp.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define WEB "client_id=c0ffee00-0000-4000-8000-0000000000b1"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define DAEMON "client_id=c0ffee00-0000-4000-8000-0000000000d1"
#define HERE "&redirect_uri=http://localhost:5000/callback"
#define SCOPE "&scope=openid+offline_access+api://auth-test/access_as_user"

enum { HOUR = 3600, DAY = 24 * HOUR, FLOWS = 2000 };

/* The allocator keeps up to 236 KiB of small blocks for the thread that freed them, as if in use.
 */
enum { SLACK = 320 * 1024, MUCH = 1536 * 1024 };

static struct idp *idp;

static void start(void)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "soak", .sign_in = "auto"};
    idp = mock_start_with(&options);
}

static void stop(void)
{
    idp_stop(idp);
}

/* The answer's body, or its Location, newly allocated. */
static char *ask(const char *method, const char *target, const char *form)
{
    static const struct http_param headers[] = {
        {(char *)(uintptr_t) "Host", (char *)(uintptr_t) "localhost"},
        {(char *)(uintptr_t) "Content-Type",
         (char *)(uintptr_t) "application/x-www-form-urlencoded"}};
    struct http_response answer = {0};
    const struct ask question = {.method = method,
                                 .target = target,
                                 .headers = headers,
                                 .header_count = 2,
                                 .body = form,
                                 .body_len = form ? strlen(form) : 0};
    idp_ask(idp, &question, &answer);
    const char *location = response_get_header(&answer, "Location");
    ck_assert_msg(answer.status == 200 || location, "%s: %d %s", target, answer.status,
                  answer.body ? answer.body : "");
    char *text = strdup(location ? location : answer.body);
    ck_assert_ptr_nonnull(text);
    response_free(&answer);
    return text;
}

/* The value behind `name`, up to the `stop`. */
static void value_of(const char *text, const char *name, const char *stop, char *out, size_t cap)
{
    const char *at = strstr(text, name);
    ck_assert_msg(at != NULL, "no %s in %s", name, text);
    at += strlen(name);
    (void)snprintf(out, cap, "%.*s", (int)strcspn(at, stop), at);
}

/* A sign-in, its code redeemed, its token renewed; a daemon's token; a device that nobody answers.
 */
static void play_flow(void)
{
    char handle[200];
    char form[1000];
    char *answer = ask("GET", V2 "authorize?" WEB HERE SCOPE "&response_type=code", NULL);
    value_of(answer, "code=", "&#", handle, sizeof handle);
    free(answer);
    (void)snprintf(form, sizeof form,
                   "grant_type=authorization_code&" WEB HERE "&client_secret=web-secret&code=%s",
                   handle);
    answer = ask("POST", V2 "token", form);
    value_of(answer, "\"refresh_token\":\"", "\"", handle, sizeof handle);
    free(answer);
    (void)snprintf(form, sizeof form,
                   "grant_type=refresh_token&" WEB "&client_secret=web-secret&refresh_token=%s",
                   handle);
    free(ask("POST", V2 "token", form));
    free(ask("POST", V2 "token",
             "grant_type=client_credentials&" DAEMON
             "&client_secret=daemon-secret&scope=api://auth-test/.default"));
    free(ask("POST", V2 "devicecode", NATIVE SCOPE));
}

static void advance(int seconds)
{
    char body[60];
    (void)snprintf(body, sizeof body, "{'seconds':%d}", seconds);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", body, NULL));
    free(ask("GET", "/contoso.test/discovery/v2.0/keys", NULL)); /* some request is the occasion */
}

static json_int_t level(const char *kind, const char *which)
{
    json_t *state = mock_admin(idp, "GET", "/_admin/state", NULL, NULL);
    json_int_t n = json_integer_value(json_object_get(json_object_get(state, kind), which));
    json_decref(state);
    return n;
}

static size_t in_use(void)
{
    return mallinfo2().uordblks;
}

/* Sanitizers and valgrind have allocators of their own, of which this one knows nothing. */
static bool counts_memory(void)
{
    size_t before = in_use();
    void *volatile block = malloc(50000);
    bool counts = in_use() >= before + 50000;
    free(block);
    return counts;
}

/* After the journal is emptied all that is left is the mock itself. */
static size_t settled(void)
{
    json_decref(mock_admin(idp, "DELETE", "/_admin/journal", NULL, NULL));
    return in_use();
}

START_TEST(a_day_leaves_nothing_behind)
{
    play_flow(); /* what is made once is made now: keys are parsed, tables filled */
    advance(100 * DAY);
    size_t before = settled();
    for (int i = 0; i < FLOWS; i++) {
        play_flow();
    }
    ck_assert_int_gt(level("codes", "live"), 1000);
    ck_assert_int_gt(level("refresh_tokens", "live"), 2 * FLOWS - 1);
    ck_assert_int_gt(level("device_codes", "live"), 1000);
    ck_assert_int_gt(level("sessions", "live"), FLOWS - 1);
    size_t full = settled();
    ck_assert_msg(!counts_memory() || full > before + MUCH, "%zu octets in use, then %zu", before,
                  full);

    advance(8 * HOUR);
    ck_assert_int_eq(level("codes", "live"), 0);
    ck_assert_int_eq(level("device_codes", "live"), 0);
    ck_assert_int_eq(level("user_codes", "live"), 0);
    ck_assert(!counts_memory() || settled() + SLACK < full);

    advance(92 * DAY); /* refresh tokens live 90 days, and are known for one more */
    ck_assert_int_eq(level("refresh_tokens", "live"), 0);
    ck_assert_int_eq(level("sessions", "live"), 0);
    size_t after = settled();
    ck_assert_msg(!counts_memory() || after < before + SLACK, "%zu octets in use before, %zu after",
                  before, after);
}
END_TEST

START_TEST(full_is_full)
{
    json_int_t most = level("device_codes", "most");
    for (json_int_t i = 0; i < most + 10; i++) {
        free(ask("POST", V2 "devicecode", NATIVE SCOPE));
    }
    ck_assert_int_le(level("device_codes", "live"), most);
    ck_assert_int_eq(level("device_codes", "live") + level("device_codes", "forgotten"), most + 10);
    ck_assert_int_ge(level("device_codes", "forgotten"), 10);
    size_t full = in_use();
    for (json_int_t i = 0; i < most; i++) {
        free(ask("POST", V2 "devicecode", NATIVE SCOPE));
    }
    /* the journal goes on growing */
    ck_assert(!counts_memory() || in_use() < full + MUCH / 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("soak");
    TCase *tests = tcase_create("soak");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, a_day_leaves_nothing_behind);
    tcase_add_test(tests, full_is_full);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
