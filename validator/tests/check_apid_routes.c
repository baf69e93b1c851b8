/* What each route of apid needs, from its configuration; its log and its metrics as a machine reads
 * them. */
#include "validator/tests/support/apid.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <ctype.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char config_path[64];

static void write_config(const char *text)
{
    snprintf(config_path, sizeof config_path, "/tmp/check_apid_routes.XXXXXX");
    int fd = mkstemp(config_path);
    ck_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

#define ROUTE(members) "{\"routes\":[{" members "}]}"
#define GOOD "\"path\":\"/a\",\"scopes\":\"s\""

static const struct {
    const char *config;
    const char *says;
} faults[] = {
    {"{\"routes\":{}}", "routes: not an array"},
    {"{\"routes\":[]}", "routes: not an array"},
    {"{\"routes\":[1]}", "routes[0]: not an object"},
    {"{\"routes\":[{" GOOD "},{" GOOD "}]}", "routes[1].path: is there already"},
    {ROUTE("\"scopes\":\"s\""), "routes[0].path: is missing"},
    {ROUTE("\"path\":1,\"scopes\":\"s\""), "routes[0].path: not a path"},
    {ROUTE("\"path\":\"a\",\"scopes\":\"s\""), "routes[0].path: not a path"},
    {ROUTE("\"path\":\"/\",\"scopes\":\"s\""), "routes[0].path: not a path"},
    {ROUTE("\"path\":\"/a b\",\"scopes\":\"s\""), "routes[0].path: holds another character"},
    {ROUTE("\"path\":\"/a%2f\",\"scopes\":\"s\""), "routes[0].path: holds another character"},
    {ROUTE("\"path\":\"/a//b\",\"scopes\":\"s\""), "routes[0].path: has an empty"},
    {ROUTE("\"path\":\"/a/../b\",\"scopes\":\"s\""), "routes[0].path: has an empty"},
    {ROUTE("\"path\":\"/a/\",\"scopes\":\"s\""), "routes[0].path: has an empty"},
    {ROUTE("\"path\":\"/metrics\",\"scopes\":\"s\""), "routes[0].path: answers anyone"},
    {ROUTE("\"path\":\"/a\""), "routes[0]: names neither scopes nor roles"},
    {ROUTE("\"path\":\"/a\",\"scope\":\"s\""), "routes[0].scope: there is no such member"},
    {ROUTE("\"path\":\"/a\",\"scopes\":\"\""), "routes[0].scopes: names nothing"},
    {ROUTE("\"path\":\"/a\",\"scopes\":[\"a b\"]"), "routes[0].scopes: neither a string"},
    {ROUTE("\"path\":\"/a\",\"roles\":[1]"), "routes[0].roles: neither a string"},
    {ROUTE("\"path\":\"/a\",\"roles\":true"), "routes[0].roles: neither a string"},
    {ROUTE("\"path\":\"/a\",\"roles\":\"a\\\"b\""), "routes[0].roles: a word holds"},
    {ROUTE(GOOD ",\"all\":1"), "routes[0].all: neither true nor false"},
    {ROUTE(GOOD ",\"optional\":\"no\""), "routes[0].optional: neither true nor false"},
    {ROUTE(GOOD ",\"acrs\":\"c1 c2\""), "routes[0].acrs: not one word"},
    {"{\"routes\":[{" GOOD "}],\"skew_s\":601}", "skew_s: "},
    {"{\"routes\":[{" GOOD "}],\"routes\":[]}", "configuration: not a JSON object"},
};

START_TEST(each_fault_of_a_route_is_named_by_where_it_is)
{
    for (size_t i = 0; i < ROWS(faults); i++) {
        write_config(faults[i].config);
        struct program p =
            program_start((const char *const[]){"apid", "--config", config_path, NULL});
        char *said = program_read(p.err);
        ck_assert_msg(strstr(said, faults[i].says) != NULL, "row %zu: '%s'", i, said);
        ck_assert_msg(program_end(&p) == 2, "row %zu", i);
        free(said);
        unlink(config_path);
    }
}
END_TEST

#define APP "\"idtyp\":\"app\","

static const struct {
    const char *path;
    const char *changes;
    const char *without;
    int status;
    const char *says;
} rows[] = {
    {"/any", "\"scp\":\"x\",", NULL, 403, "scope=\"a b\""},
    {"/any", "\"scp\":\"b\",", NULL, 200, NULL},
    {"/any", "", "scp", 403, "scope=\"a b\""}, /* grants nothing */
    {"/any", "\"scp\":\"\",", NULL, 403, "scope=\"a b\""},
    {"/any", APP "\"roles\":[\"a\"],", "scp", 403, "insufficient_scope"},
    {"/all", "\"scp\":\"b\",", NULL, 403, "scope=\"a b\""},
    {"/all", "\"scp\":\"b a\",", NULL, 200, NULL},
    {"/app", APP "\"roles\":[\"s\"],", "scp", 403, "insufficient_scope"},
    {"/app", APP "\"roles\":[\"r\"],", "scp", 200, NULL},
    {"/app", "\"scp\":\"r\",", NULL, 403, "insufficient_scope"},
    {"/both", "\"scp\":\"s\",", NULL, 200, NULL},
    {"/both", APP "\"roles\":[\"r\"],", "scp", 200, NULL},
    {"/both", APP "\"roles\":[\"s\"],", "scp", 403, "insufficient_scope"},
    {"/one", "\"scp\":\"s\",\"azp\":\"c2\",", NULL, 403, "insufficient_scope"},
    {"/one", "\"scp\":\"s\",\"azp\":\"c1\",", NULL, 200, NULL},
    {"/step-up", "\"scp\":\"s\",", NULL, 403, NULL},
    {"/step-up", "\"scp\":\"s\",\"xms_cc\":[\"cp1\"],", NULL, 401, "insufficient_claims"},
    {"/step-up", "\"scp\":\"s\",\"acrs\":[\"c1\"],", NULL, 200, NULL},
    {"/api/auth-test", "\"scp\":\"s\",", NULL, 403, "scope=\"own\""},
    {"/api/auth-test", "\"scp\":\"own\",", NULL, 200, NULL},
    {"/any/", "\"scp\":\"a\",", NULL, 404, NULL},
    {"/any", "\"scp\":\"a\",\"exp\":1700000000,\"nbf\":1690000000,", NULL, 401, "invalid_token"},
};

START_TEST(each_route_has_its_needs)
{
    write_config("{\"scopes\":\"own\",\"routes\":["
                 "{\"path\":\"/any\",\"scopes\":\"a b\"},"
                 "{\"path\":\"/all\",\"scopes\":[\"a\",\"b\"],\"all\":true},"
                 "{\"path\":\"/app\",\"roles\":\"r\"},"
                 "{\"path\":\"/both\",\"scopes\":\"s\",\"roles\":\"r\"},"
                 "{\"path\":\"/one\",\"scopes\":\"s\",\"clients\":\"c1\"},"
                 "{\"path\":\"/step-up\",\"scopes\":\"s\",\"acrs\":\"c1\"}]}");
    apid_set_up(false, (const char *const[]){"--config", config_path, NULL});
    do {
        apid_request("GET", "/health", NULL, NULL);
    } while (apid.status == 503);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *token = http_authority_token(&apid.authority, rows[i].changes, rows[i].without);
        char *line = test_text("Authorization: %s", token);
        apid_request("GET", rows[i].path, (const char *const[]){line, NULL}, NULL);
        ck_assert_msg(apid.status == rows[i].status, "row %zu: %ld %s", i, apid.status, apid.body);
        ck_assert_msg(!rows[i].says || apid_head_has(rows[i].says), "row %zu: %s", i, apid.head);
        free(line);
        free(token);
    }
    apid_request("GET", "/both", NULL, NULL);
    ck_assert_msg(apid.status == 401 && apid_head_has("WWW-Authenticate: Bearer\r\n"), "%s",
                  apid.head);
    apid_request("GET", "/metrics", NULL, NULL);
    ck_assert(strstr(apid.body, "\napid_denied_total{code=\"client_not_allowed\"} 1\n"));
    apid_tear_down();
    unlink(config_path);
}
END_TEST

/* Left behind in the configuration, "all" would have become "any" for this route. */
START_TEST(what_the_file_needs_of_all_scopes_moves_whole)
{
    write_config("{\"scopes\":\"a b\",\"match\":\"all\",\"routes\":["
                 "{\"path\":\"/other\",\"scopes\":\"c\"}]}");
    apid_set_up(false, (const char *const[]){"--config", config_path, NULL});
    char *one = http_authority_token(&apid.authority, "\"scp\":\"a\",", NULL);
    char *both = http_authority_token(&apid.authority, "\"scp\":\"b a\",", NULL);
    apid_call(one);
    ck_assert_msg(apid.status == 403, "%ld %s", apid.status, apid.body);
    apid_call(both);
    ck_assert_msg(apid.status == 200, "%ld %s", apid.status, apid.body);
    apid_tear_down();
    unlink(config_path);
    free(one);
    free(both);
}
END_TEST

static const struct {
    const char *lines[3];
    int status;
    const char *body;
} strangers[] = {
    {{NULL}, 200, "\"user\":null"},
    {{"Authorization: Bearer x.y.z"}, 401, "header_malformed"},
    {{"Authorization: Bearer"}, 401, "no_credentials"},
    {{"Authorization;"}, 401, "no_credentials"}, /* curl's spelling of an empty value */
    {{"Authorization: Basic Zm9vOmJhcg=="}, 401, "no_credentials"},
    {{"Authorization: Bearer x.y.z", "Authorization: Bearer x.y.z"}, 400, "bearer_malformed"},
};

START_TEST(an_optional_route_serves_strangers_and_nobody_with_a_bad_token)
{
    write_config("{\"routes\":[{\"path\":\"/open\",\"scopes\":\"s\",\"optional\":true}]}");
    apid_set_up(false, (const char *const[]){"--config", config_path, NULL});
    for (size_t i = 0; i < ROWS(strangers); i++) {
        apid_request("GET", "/open", strangers[i].lines, NULL);
        ck_assert_msg(apid.status == strangers[i].status && strstr(apid.body, strangers[i].body),
                      "row %zu: %ld %s", i, apid.status, apid.body);
    }
    char *token = http_authority_token(&apid.authority, "\"scp\":\"s\",", NULL);
    char *line = test_text("Authorization: %s", token);
    apid_request("GET", "/open", (const char *const[]){line, NULL}, NULL);
    ck_assert_msg(apid.status == 200 && !strstr(apid.body, "null"), "%s", apid.body);
    apid_call(NULL);
    ck_assert_msg(apid.status == 401, "the other route is not open");
    apid_tear_down();
    unlink(config_path);
    free(line);
    free(token);
}
END_TEST

/* The sample's name, and its family: what stands before the labels. */
static void check_sample(const char *line, const char *family, const char *type)
{
    size_t len = strcspn(line, "{ ");
    const char *value = strrchr(line, ' ');
    ck_assert_msg(len == strlen(family) && strncmp(line, family, len) == 0, "%s is not of %s", line,
                  family);
    ck_assert_msg(value[1] != '\0' && value[1 + strspn(value + 1, "0123456789")] == '\0', "%s",
                  line);
    bool total = len > 6 && strncmp(line + len - 6, "_total", 6) == 0;
    ck_assert_msg(total == (strcmp(type, "counter") == 0), "%s is a %s", line, type);
}

START_TEST(metrics_are_as_Prometheus_reads_them)
{
    char family[64] = "";
    char helped[64] = "";
    char type[16] = "";
    char *rest = NULL;
    apid_set_up(false, NULL);
    apid_call("Bearer x");
    apid_request("GET", "/metrics", NULL, NULL);
    ck_assert_msg(apid.body[apid.body_len - 1] == '\n', "the last line has its end");
    for (char *line = strtok_r(apid.body, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "# HELP ", 7) == 0) {
            ck_assert_int_eq(sscanf(line, "# HELP %63s", helped), 1);
        } else if (strncmp(line, "# TYPE ", 7) == 0) {
            ck_assert_int_eq(sscanf(line, "# TYPE %63s %15s", family, type), 2);
            ck_assert_str_eq(family, helped);
        } else {
            check_sample(line, family, type);
        }
    }
    apid_tear_down();
}
END_TEST

START_TEST(a_request_is_one_line_of_JSON)
{
    char *rest = NULL;
    unsigned requests = 0;
    apid_set_up(false, (const char *const[]){"--log", "json", NULL});
    char *token = http_authority_token(&apid.authority, "", NULL);
    apid_call(token);
    apid_call("Bearer \"}\x01{");
    apid_request("GET", "/other%0A%22x", NULL, NULL);
    kill(apid.program.pid, SIGTERM);
    char *log = program_read(apid.program.err);
    ck_assert(!strstr(log, token + strlen("Bearer ")));
    for (char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json_is_object(object), "%s", line);
        ck_assert(json_is_string(json_object_get(object, "time")));
        requests += json_object_get(object, "method") != NULL;
        json_decref(object);
    }
    ck_assert_uint_eq(requests, 3);
    ck_assert_int_eq(program_end(&apid.program), 0);
    free(log);
    free(token);
    http_authority_stop(&apid.authority);
}
END_TEST

TEST_MAIN("apid: routes", each_fault_of_a_route_is_named_by_where_it_is,
          what_the_file_needs_of_all_scopes_moves_whole,
          an_optional_route_serves_strangers_and_nobody_with_a_bad_token, each_route_has_its_needs,
          metrics_are_as_Prometheus_reads_them, a_request_is_one_line_of_JSON)
