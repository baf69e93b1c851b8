/* Nothing secret is written down: every grant is played, well and badly, and then the log and the
 * journal are searched for each secret, password, code, token and cookie that was sent or issued.
 */
#include "mockidp/ask.h"
#include "mockidp/idp.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/signer.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define APP(id) "c0ffee00-0000-4000-8000-0000000000" id
#define CLIENT(id) "client_id=" APP(id)
#define HERE "&redirect_uri=http://localhost:5000/callback"
#define SCOPE "&scope=openid+offline_access+api://auth-test/access_as_user"
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define DAEMON_BASIC "YzBmZmVlMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMGQxOmRhZW1vbi1zZWNyZXQ="
#define ASSERTION_TYPE                                                                             \
    "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

enum { SECRETS_MAX = 100, PIECE = 24, LONG = 48, SECRET_CAP = 4096 };

static struct idp *idp;
static int log_fd;
static int stderr_fd;
static char *secrets[SECRETS_MAX];
static size_t secret_count;

/* ---- what must not be found ---- */

/* Of long ones a piece from the middle is looked for: a line may cut them. */
static void note_len(const char *secret, size_t len)
{
    size_t piece = len > LONG ? PIECE : len;
    ck_assert_uint_lt(secret_count, SECRETS_MAX);
    ck_assert_uint_ge(len, 6);
    secrets[secret_count] = strndup(secret + (len - piece) / 2, piece);
    ck_assert_ptr_nonnull(secrets[secret_count]);
    secret_count++;
}

static void note(const char *secret)
{
    note_len(secret, strlen(secret));
}

/* Notes the value behind each `name` in the text, up to one of `stop`, and copies the last out. */
static void note_values(const char *text, const char *name, const char *stop, char out[SECRET_CAP])
{
    for (const char *at = text; (at = strstr(at, name)) != NULL;) {
        at += strlen(name);
        size_t len = strcspn(at, stop);
        ck_assert_uint_lt(len, SECRET_CAP);
        (void)snprintf(out, SECRET_CAP, "%.*s", (int)len, at);
        note_len(at, len);
    }
}

static void note_tokens(const char *text)
{
    static const char *const names[] = {"\"access_token\":\"", "\"id_token\":\"",
                                        "\"refresh_token\":\"", "\"device_code\":\"",
                                        "\"user_code\":\""};
    char ignored[SECRET_CAP];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        note_values(text, names[i], "\"", ignored);
    }
}

/* ---- asking ---- */

/* The body, Location and cookies of the answer, newly allocated. `header` is one more, or NULL. */
static char *ask(const char *method, const char *target, const char *header, const char *value,
                 const char *form)
{
    struct http_param headers[] = {{(char *)(uintptr_t) "Host", (char *)(uintptr_t) "localhost"},
                                   {(char *)(uintptr_t) "Content-Type",
                                    (char *)(uintptr_t) "application/x-www-form-urlencoded"},
                                   {(char *)(uintptr_t)header, (char *)(uintptr_t)value}};
    const struct ask question = {.method = method,
                                 .target = target,
                                 .headers = headers,
                                 .header_count = header ? 3 : 2,
                                 .body = form,
                                 .body_len = form ? strlen(form) : 0};
    struct http_response answer = {0};
    char *text = NULL;
    size_t len = 0;
    idp_ask(idp, &question, &answer);
    FILE *out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    (void)fprintf(out, "%d\n%s\n", answer.status, answer.body ? answer.body : "");
    for (size_t i = 0; i < answer.headers.count; i++) {
        (void)fprintf(out, "%s: %s\n", answer.headers.items[i].name, answer.headers.items[i].value);
    }
    (void)fclose(out);
    response_free(&answer);
    note_tokens(text);
    return text;
}

static void post(const char *path, const char *header, const char *value, int status,
                 const char *form)
{
    char *text = ask("POST", path, header, value, form);
    ck_assert_msg(atoi(text) == status, "%s: %s", form, text);
    free(text);
}

/* A form whose last value is `handle`. */
static void post_with(int status, const char *form, const char *handle)
{
    char whole[2 * SECRET_CAP];
    (void)snprintf(whole, sizeof whole, "%s%s", form, handle);
    post(V2 "token", NULL, NULL, status, whole);
}

static void start(void)
{
    log_fd = memfd_create("log", MFD_CLOEXEC);
    stderr_fd = dup(STDERR_FILENO);
    ck_assert(log_fd >= 0 && stderr_fd >= 0 && dup2(log_fd, STDERR_FILENO) >= 0);
    secret_count = 0;
}

static void stop(void)
{
    (void)dup2(stderr_fd, STDERR_FILENO);
    (void)close(stderr_fd);
    (void)close(log_fd);
    while (secret_count > 0) {
        free(secrets[--secret_count]);
    }
}

/* ---- every grant ---- */

static void play_clients(void)
{
    char *assertion = NULL;
    char *x5t = signer_thumbprint("fixtures/keys/daemon.crt", false);
    const char *const pairs[] = {"x5t", x5t, NULL};
    char *header = signer_replace("{'alg':'RS256','x5t':'{x5t}'}", pairs);
    note("daemon-secret");
    note("wrong-daemon-secret");
    note("in-the-query-secret");
    note(DAEMON_BASIC);
    post(V2 "token", NULL, NULL, 200,
         "grant_type=client_credentials&" CLIENT("d1") "&client_secret=daemon-secret"
                                                       "&scope=api://auth-test/.default");
    post(V2 "token", NULL, NULL, 401,
         "grant_type=client_credentials&" CLIENT("d1") "&client_secret=wrong-daemon-secret"
                                                       "&scope=api://auth-test/.default");
    post(V2 "token?client_secret=in-the-query-secret", "Authorization", "Basic " DAEMON_BASIC, 200,
         "grant_type=client_credentials&scope=api://auth-test/.default");
    post(V2 "token", "Authorization", "Basic eDp3cm9uZy1kYWVtb24tc2VjcmV0", 400,
         "grant_type=client_credentials&scope=api://auth-test/.default");
    assertion = signer_sign("fixtures/keys/daemon.key", false, header,
                            "{'aud':'http://localhost/contoso.test/v2.0','iss':'" APP(
                                "d1") "','sub':'" APP("d1") "','exp':1769861400}");
    note(assertion);
    post_with(200,
              "grant_type=client_credentials&scope=api://auth-test/.default" ASSERTION_TYPE
              "&client_assertion=",
              assertion);
    post_with(400,
              "grant_type=client_credentials&scope=api://auth-test/.default" ASSERTION_TYPE
              "&client_assertion=x",
              assertion);
    free(assertion);
    free(header);
    free(x5t);
}

static void play_users(void)
{
    char handle[SECRET_CAP] = "";
    char bearer[SECRET_CAP + 10];
    note("Passw0rd!");
    note("wrong-Passw0rd");
    note(VERIFIER);
    note("auth-test-secret");
    post(V2 "token", NULL, NULL, 400,
         "grant_type=password&" CLIENT("e1") SCOPE
         "&username=alice@contoso.test&password=wrong-Passw0rd");
    char *text = ask("POST", V2 "token", NULL, NULL,
                     "grant_type=password&" CLIENT("e1") SCOPE
                     "&username=alice@contoso.test&password=Passw0rd!");
    note_values(text, "\"refresh_token\":\"", "\"", handle);
    post_with(200, "grant_type=refresh_token&" CLIENT("e1") "&refresh_token=", handle);
    post_with(400, "grant_type=refresh_token&" CLIENT("e1") "&refresh_token=x", handle);
    note_values(text, "\"access_token\":\"", "\"", handle);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", handle);
    free(ask("GET", "/oidc/userinfo", "Authorization", bearer, NULL));
    free(ask("GET", "/oidc/userinfo", "Authorization", "Bearer wrong-Passw0rd", NULL));
    post_with(200,
              "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&" CLIENT(
                  "a1") "&client_secret=auth-test-secret&requested_token_use=on_behalf_of"
                        "&scope=api://legacy/user_impersonation&assertion=",
              handle);
    post_with(400,
              "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&" CLIENT(
                  "a1") "&client_secret=auth-test-secret&requested_token_use=on_behalf_of"
                        "&scope=api://legacy/user_impersonation&assertion=x",
              handle);
    free(text);
}

/* --sign-in auto: a browser comes back at once, with codes, tokens and a cookie. */
static void play_browsers(void)
{
    char handle[SECRET_CAP] = "";
    char cookie[SECRET_CAP + 40] = "";
    note("web-secret");
    char *text =
        ask("GET",
            V2 "authorize?response_type=code&" CLIENT("b1") HERE SCOPE "&code_challenge=" VERIFIER,
            NULL, NULL, NULL);
    note_values(text, "mockidp_session=", ";", handle);
    (void)snprintf(cookie, sizeof cookie, "mockidp_session=%s", handle);
    note_values(text, "code=", "&#\n", handle);
    post_with(200,
              "grant_type=authorization_code&" CLIENT("b1") HERE
              "&client_secret=web-secret&code_verifier=" VERIFIER "&code=",
              handle);
    post_with(400,
              "grant_type=authorization_code&" CLIENT("b1") HERE
              "&client_secret=web-secret&code_verifier=" VERIFIER "&code=",
              handle);
    free(text);
    text = ask("GET", V2 "authorize?response_type=id_token+token&nonce=n&" CLIENT("b1") HERE SCOPE,
               "Cookie", cookie, NULL);
    note_values(text, "id_token=", "&#\n", handle);
    note_values(text, "access_token=", "&#\n", handle);
    free(text);
    free(ask("GET", V2 "logout", "Cookie", cookie, NULL));
}

static void play_devices(void)
{
    char handle[SECRET_CAP] = "";
    char form[SECRET_CAP + 128];
    char *text = ask("POST", V2 "devicecode", NULL, NULL, CLIENT("e1") SCOPE);
    note_values(text, "\"device_code\":\"", "\"", handle);
    post_with(
        200,
        "grant_type=urn:ietf:params:oauth:grant-type:device_code&" CLIENT("e1") "&device_code=",
        handle);
    note_values(text, "\"user_code\":\"", "\"", handle);
    (void)snprintf(form, sizeof form,
                   "csrf=a-cross-site-value&code=%s&username=alice@contoso.test&password=Passw0rd!",
                   handle);
    note("a-cross-site-value");
    free(ask("POST", "/devicelogin", "Cookie", "mockidp_csrf=a-cross-site-value", form));
    free(text);
}

/* ---- the search ---- */

static char *read_log(void)
{
    off_t len = lseek(log_fd, 0, SEEK_END);
    ck_assert_int_gt(len, 0);
    char *text = calloc(1, (size_t)len + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_int_eq(pread(log_fd, text, (size_t)len, 0), len);
    return text;
}

static void search(const char *where, const char *text)
{
    for (size_t i = 0; i < secret_count; i++) {
        ck_assert_msg(strstr(text, secrets[i]) == NULL, "%s has '%s'", where, secrets[i]);
    }
}

START_TEST(nothing_secret_is_written_down)
{
    static const char *const formats[] = {"text", "json"};
    const struct idp_options options = {.listen = "127.0.0.1:0",
                                        .clock = KITCHEN_TIME,
                                        .seed = "secrets",
                                        .sign_in = "auto",
                                        .log = formats[_i]};
    idp = mock_start_with(&options);
    play_clients();
    play_users();
    play_browsers();
    play_devices();
    json_t *journal = mock_admin(idp, "GET", "/_admin/journal", NULL, NULL);
    char *shown = json_dumps(journal, JSON_COMPACT);
    char *log = read_log();
    ck_assert_uint_gt(json_array_size(json_object_get(journal, "entries")), 20);
    ck_assert_ptr_nonnull(strstr(log, "AADSTS7000215")); /* it does say something */
    ck_assert_ptr_nonnull(strstr(log, APP("d1")));
    ck_assert_uint_gt(secret_count, 30);
    search("the log", log);
    search("the journal", shown);
    free(log);
    free(shown);
    json_decref(journal);
    idp_stop(idp);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secrets");
    TCase *tests = tcase_create("secrets");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, nothing_secret_is_written_down, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
