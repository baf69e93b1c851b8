/* The mock as a whole: options refused by their name, start and stop, two origins, reload, the
 * ready file, a seed. */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- options ---- */

#define HTTP .listen = "127.0.0.1:0"

static const struct {
    const char *reason;
    struct idp_options options;
    const char *begin;
} refused[] = {
    {"nothing to listen on", {.listen = NULL}, "--listen"},
    {"an address without a port", {.listen = "127.0.0.1"}, "--listen: "},
    {"a port that is none", {.listen = "127.0.0.1:65536"}, "--listen: "},
    {"an address that is not ours", {.listen = "192.0.2.1:0"}, "--listen: "},
    {"all addresses without leave", {.listen = "0.0.0.0:0"}, "--listen: "},
    {"all addresses without leave, TLS", {.listen_tls = "[::]:0"}, "--listen-tls: "},
    {"a configuration that is not there", {HTTP, .config_file = "/nowhere.json"}, "--config: "},
    {"a clock", {HTTP, .clock = "noon"}, "--clock: "},
    {"a rotation", {HTTP, .rotate = "often"}, "--rotate: "},
    {"a file of faults", {HTTP, .faults_file = "/nowhere.json"}, "--faults: "},
    {"a log", {HTTP, .log = "loud"}, "--log: "},
    {"an admin mode", {HTTP, .admin = "maybe"}, "--admin: "},
    {"a sign-in", {HTTP, .sign_in = "never"}, "--sign-in: "},
    {"a sign-in of nobody", {HTTP, .sign_in = "auto:"}, "--sign-in: "},
    {"of a user that is not there", {HTTP, .sign_in = "auto:nobody"}, "--sign-in: "},
    {"a public URL without a scheme", {HTTP, .public_url = "host.test"}, "--public-url: "},
    {"a public URL with a slash", {HTTP, .public_url = "http://h.test/"}, "--public-url: "},
    {"a name that is none", {HTTP, .listen_tls = "localhost:0", .as = "https://x.test"}, "--as: "},
    {"a name without HTTPS", {HTTP, .as = "login.microsoftonline.com"}, "--as: "},
    {"a certificate without its key", {.listen_tls = "localhost:0", .tls_cert = "x"}, "--tls-cert"},
    {"a key without its certificate", {.listen_tls = "localhost:0", .tls_key = "x"}, "--tls-key"},
    {"a certificate that is not there",
     {.listen_tls = "localhost:0", .tls_cert = "/nowhere", .tls_key = "/nowhere"},
     "--tls-cert"},
    {"a state folder that cannot be",
     {.listen_tls = "localhost:0", .state_dir = "/dev/null/x"},
     "--state"},
};

START_TEST(bad_options_are_refused_by_their_name)
{
    char why[512] = "";
    struct idp *idp = idp_start(&refused[_i].options, why, sizeof why);
    ck_assert_msg(idp == NULL, "%s: was taken", refused[_i].reason);
    ck_assert_msg(strncmp(why, refused[_i].begin, strlen(refused[_i].begin)) == 0, "%s: %s",
                  refused[_i].reason, why);
}
END_TEST

START_TEST(a_taken_port_is_refused)
{
    char why[512] = "";
    struct idp *idp = mock_start();
    const struct idp_options options = {.listen = strstr(idp_http_url(idp), "127.")};
    ck_assert_ptr_null(idp_start(&options, why, sizeof why));
    ck_assert_msg(strncmp(why, "--listen: ", 10) == 0, "%s", why);
    idp_stop(idp);
    idp_stop(NULL);
}
END_TEST

START_TEST(bad_faults_are_named)
{
    char why[512] = "";
    char *dir = scratch_make();
    char *file = scratch_write(dir, "faults.json", _i == 0 ? "[{\"act\":{}}]" : "[");
    const struct idp_options options = {HTTP, .faults_file = file};
    ck_assert_ptr_null(idp_start(&options, why, sizeof why));
    ck_assert_msg(strncmp(why, "--faults: ", 10) == 0, "%s", why);
    ck_assert_msg(strstr(why, _i == 0 ? "/0" : "line 1") != NULL, "%s", why);
    free(file);
    scratch_remove(dir);
}
END_TEST

/* ---- running ---- */

START_TEST(one_listener_is_enough)
{
    struct idp *idp = mock_start();
    ck_assert_ptr_null(idp_https_url(idp));
    ck_assert_ptr_null(idp_ca_file(idp));
    ck_assert_int_eq(idp_now(idp), KITCHEN_NOW);
    ck_assert_int_eq(mock_ask(idp, "GET", "/common/discovery/keys", "", NULL)->status, 200);
    ck_assert_int_eq(mock_ask(idp, "GET", "/nothing", "", NULL)->status, 404);
    idp_stop(idp);
}
END_TEST

static size_t keep(const char *data, size_t size, size_t n, void *out)
{
    return fwrite(data, size, n, out) == n ? size * n : 0;
}

/* GET over HTTPS, trusting that CA alone; the newly allocated body, NULL on a failure. */
static char *get_https(const char *url, const char *ca_file)
{
    char *body = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&body, &len);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    (void)fclose(out);
    if (code != CURLE_OK) {
        free(body);
        return NULL;
    }
    return body;
}

/* Two listeners are two origins, and so two issuers; who uses both must say which he trusts. */
START_TEST(two_origins_are_two_issuers)
{
    char url[300];
    char want[300];
    const struct idp_options options = {HTTP, .listen_tls = "localhost:0", .clock = "now",
                                        .seed = "s"};
    struct idp *idp = mock_start_with(&options);
    ck_assert(strncmp(idp_https_url(idp), "https://localhost:", 18) == 0);
    (void)snprintf(url, sizeof url, "%s/" CONTOSO "/v2.0/.well-known/openid-configuration",
                   idp_https_url(idp));
    char *body = get_https(url, idp_ca_file(idp));
    ck_assert_ptr_nonnull(body);
    json_t *document = json_loads(body, 0, NULL);
    (void)snprintf(want, sizeof want, "%s/" CONTOSO "/v2.0", idp_https_url(idp));
    ck_assert_str_eq(text_at(document, "issuer"), want);
    json_decref(document);
    document = mock_get(idp, "/" CONTOSO "/v2.0/.well-known/openid-configuration", NULL);
    (void)snprintf(want, sizeof want, "%s/" CONTOSO "/v2.0", idp_http_url(idp));
    ck_assert_str_eq(text_at(document, "issuer"), want);
    json_decref(document);
    /* tokens without a request are of the HTTPS one */
    json_t *token = mock_admin(idp, "POST", "/_admin/tokens", NULL, NULL);
    (void)snprintf(want, sizeof want, "%s/" CONTOSO "/v2.0", idp_https_url(idp));
    ck_assert_str_eq(text_at(json_object_get(token, "claims"), "iss"), want);
    json_decref(token);
    free(body);
    idp_stop(idp);
}
END_TEST

START_TEST(a_public_url_is_everywhere)
{
    const struct idp_options options = {HTTP, .public_url = "https://login.test/x"};
    struct idp *idp = mock_start_with(&options);
    const struct wire_answer *answer =
        mock_ask(idp, "GET", "/" CONTOSO "/v2.0/.well-known/openid-configuration", "", NULL);
    ck_assert_ptr_nonnull(
        strstr(answer->body, "\"issuer\":\"https://login.test/x/" CONTOSO "/v2.0\""));
    ck_assert_ptr_null(strstr(answer->body, "127.0.0.1"));
    json_t *token = mock_admin(idp, "POST", "/_admin/tokens", NULL, NULL);
    ck_assert_str_eq(text_at(json_object_get(token, "claims"), "iss"),
                     "https://login.test/x/" CONTOSO "/v2.0");
    json_decref(token);
    idp_stop(idp);
}
END_TEST

START_TEST(a_temporary_ca_is_removed)
{
    const struct idp_options options = {.listen_tls = "localhost:0"};
    struct idp *idp = mock_start_with(&options);
    char *ca = strdup(idp_ca_file(idp));
    ck_assert_int_eq(access(ca, R_OK), 0);
    idp_stop(idp);
    ck_assert_int_ne(access(ca, F_OK), 0);
    *strrchr(ca, '/') = '\0';
    ck_assert_int_ne(access(ca, F_OK), 0);
    free(ca);
}
END_TEST

START_TEST(a_kept_ca_is_the_same)
{
    char url[200];
    char *dir = scratch_make();
    char *state = scratch_path(dir, "state");
    char *path = scratch_path(state, "ca.pem");
    const struct idp_options options = {.listen_tls = "localhost:0", .state_dir = state};
    idp_stop(mock_start_with(&options));
    char *before = scratch_read(path);
    struct idp *idp = mock_start_with(&options);
    char *after = scratch_read(path);
    ck_assert_ptr_nonnull(before);
    ck_assert_str_eq(before, after);
    ck_assert_str_eq(idp_ca_file(idp), path);
    (void)snprintf(url, sizeof url, "%s/common/discovery/keys", idp_https_url(idp));
    char *body = get_https(url, path);
    ck_assert_ptr_nonnull(body);
    free(body);
    idp_stop(idp);
    free(before);
    free(after);
    free(path);
    free(state);
    scratch_remove(dir);
}
END_TEST

/* ---- a seed, and a clock that stands still ---- */

#define DAEMON_FORM                                                                                \
    "client_id=c0ffee00-0000-4000-8000-0000000000d1&client_secret=daemon-secret"                   \
    "&grant_type=client_credentials&scope=api://auth-test/.default"

/* A token of each way, one line each; free it. */
static char *some_tokens(const char *seed)
{
    char *text = NULL;
    const struct idp_options options = {HTTP, .clock = KITCHEN_TIME, .seed = seed,
                                        .public_url = "https://login.test"};
    struct idp *idp = mock_start_with(&options);
    json_t *answer = mock_form(idp, "/contoso.test/oauth2/v2.0/token", DAEMON_FORM, NULL);
    json_t *baked = mock_admin(idp, "POST", "/_admin/tokens", "{'base':'delegated-v1'}", NULL);
    json_t *error = mock_form(idp, "/contoso.test/oauth2/v2.0/token", "", NULL);
    ck_assert_int_gt(asprintf(&text, "%s\n%s\n%s", text_at(answer, "access_token"),
                              text_at(baked, "token"), text_at(error, "trace_id")),
                     0);
    json_decref(answer);
    json_decref(baked);
    json_decref(error);
    idp_stop(idp);
    return text;
}

START_TEST(a_seed_makes_the_same_tokens)
{
    static const struct {
        const char *one;
        const char *other;
        bool same;
    } rows[] = {{"a", "b", false}, {NULL, NULL, false}, {"a", "a", true}};
    char *one = some_tokens(rows[_i].one);
    char *other = some_tokens(rows[_i].other);
    ck_assert_msg((strcmp(one, other) == 0) == rows[_i].same, "%s\n%s", one, other);
    free(one);
    free(other);
}
END_TEST

/* ---- reload ---- */

#define CONFIG(domain)                                                                             \
    "{\"tenants\":[{\"alias\":\"t\",\"id\":\"11111111-1111-4111-8111-111111111111\","              \
    "\"name\":\"T\",\"domains\":[\"" domain "\"],\"keys\":[\"a.pem\",\"b.pem\"],\"apps\":[]}]}"

static int status_of(struct idp *idp, const char *tenant)
{
    char path[100];
    (void)snprintf(path, sizeof path, "/%s/discovery/keys", tenant);
    return mock_ask(idp, "GET", path, "", NULL)->status;
}

START_TEST(a_reload_takes_what_is_right_alone)
{
    char why[512] = "";
    struct kitchen kitchen;
    char *dir = scratch_make();
    kitchen_open(&kitchen);
    free(scratch_write(dir, "a.pem", kitchen.pems[0]));
    free(scratch_write(dir, "b.pem", kitchen.pems[1]));
    kitchen_close(&kitchen);
    char *file = scratch_write(dir, "idp.json", CONFIG("one.test"));
    const struct idp_options options = {HTTP, .config_file = file};
    struct idp *idp = mock_start_with(&options);
    ck_assert_int_eq(status_of(idp, "one.test"), 200);
    free(scratch_write(dir, "idp.json", "{\"tenants\":[{}]}"));
    ck_assert_int_eq(idp_reload(idp, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, file));
    ck_assert_ptr_nonnull(strstr(why, "/tenants/0: "));
    ck_assert_int_eq(status_of(idp, "one.test"), 200);
    free(scratch_write(dir, "idp.json", CONFIG("two.test")));
    ck_assert_msg(idp_reload(idp, why, sizeof why) == 0, "%s", why);
    ck_assert_int_eq(status_of(idp, "one.test"), 400);
    ck_assert_int_eq(status_of(idp, "two.test"), 200);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(idp_reload(idp, why, sizeof why), -1);
    ck_assert_int_eq(status_of(idp, "two.test"), 200);
    idp_stop(idp);
    free(file);
    scratch_remove(dir);
}
END_TEST

/* ---- the ready file ---- */

START_TEST(the_ready_file_says_where)
{
    struct stat st;
    char *dir = scratch_make();
    char *path = scratch_path(dir, "ready.json");
    const struct idp_options options = {HTTP, .listen_tls = _i ? "localhost:0" : NULL,
                                        .admin = _i ? "token" : "on"};
    struct idp *idp = mock_start_with(&options);
    ck_assert_int_eq(idp_write_ready_file(idp, path), 0);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_str_eq(text_at(json, "http"), idp_http_url(idp));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "pid")), getpid());
    ck_assert(_i ? strcmp(text_at(json, "https"), idp_https_url(idp)) == 0
                 : json_is_null(json_object_get(json, "https")));
    ck_assert(_i ? strcmp(text_at(json, "ca"), idp_ca_file(idp)) == 0
                 : json_is_null(json_object_get(json, "ca")));
    ck_assert_uint_eq(strlen(text_at(json, "admin_token")), _i ? 40 : strlen("(none)"));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert(_i == 0 || (st.st_mode & 077) == 0); /* the token is for its owner */
    if (_i) {
        char headers[100];
        ck_assert_int_eq(mock_ask(idp, "GET", "/_admin/clock", "", NULL)->status, 401);
        (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n",
                       text_at(json, "admin_token"));
        ck_assert_int_eq(mock_ask(idp, "GET", "/_admin/clock", headers, NULL)->status, 200);
    }
    json_decref(json);
    idp_stop(idp);
    free(path);
    scratch_remove(dir);
}
END_TEST

START_TEST(a_ready_file_that_cannot_be_leaves_nothing)
{
    char *dir = scratch_make();
    char *path = scratch_path(dir, "folder");
    char *partial = scratch_path(dir, "folder.new");
    struct idp *idp = mock_start();
    ck_assert_int_eq(idp_write_ready_file(idp, "/nowhere/ready.json"), -1);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(idp_write_ready_file(idp, path), -1);
    ck_assert_int_ne(access(partial, F_OK), 0);
    idp_stop(idp);
    free(path);
    free(partial);
    scratch_remove(dir);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("idp");
    TCase *tcase = tcase_create("idp");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, bad_options_are_refused_by_their_name, 0, ROWS(refused));
    tcase_add_test(tcase, a_taken_port_is_refused);
    tcase_add_loop_test(tcase, bad_faults_are_named, 0, 2);
    tcase_add_test(tcase, one_listener_is_enough);
    tcase_add_test(tcase, two_origins_are_two_issuers);
    tcase_add_test(tcase, a_public_url_is_everywhere);
    tcase_add_test(tcase, a_temporary_ca_is_removed);
    tcase_add_test(tcase, a_kept_ca_is_the_same);
    tcase_add_loop_test(tcase, a_seed_makes_the_same_tokens, 0, 3);
    tcase_add_test(tcase, a_reload_takes_what_is_right_alone);
    tcase_add_loop_test(tcase, the_ready_file_says_where, 0, 2);
    tcase_add_test(tcase, a_ready_file_that_cannot_be_leaves_nothing);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
