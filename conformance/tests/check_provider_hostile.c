/* Issuers that are not as they should be: profiles, flaws on the wire that cases notice, answers
 * that are no answers, and an issuer that wants to know what it must not. */
#include "conformance/provider/exchange.h"
#include "conformance/provider/provider.h"
#include "conformance/provider/tenant.h"
#include "conformance/select.h"
#include "validator/tests/support/suite.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct cf_world *world;
static struct cf_issuer *issuer;
static struct cf_suite loaded;
static char why[512];

/* The mock stands for somebody else's issuer, so that its faults stay where they are. */
static void begin(void)
{
    const struct cf_world_options options = {.seed = "hostile"};
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    loaded = (struct cf_suite){.half = CF_PROVIDERS};
    ck_assert_msg(cf_suite_load(&loaded, "fixtures/cases", why, sizeof why) == 0, "%s", why);
    world = cf_world_open(&options, why, sizeof why);
    ck_assert_msg(world != NULL, "%s", why);
    issuer = cf_issuer_load(cf_world_http(world), why, sizeof why);
    ck_assert_msg(issuer != NULL, "%s", why);
}

static void end(void)
{
    cf_issuer_free(issuer);
    cf_world_close(world);
    cf_suite_cleanup(&loaded);
}

static void break_with(const char *rule)
{
    json_t *act = json_pack("{s:[o]}", "faults", json_loads(rule, 0, NULL));
    ck_assert_msg(cf_world_idp(world, act, why, sizeof why) == 0, "%s: %s", rule, why);
    json_decref(act);
}

static json_t *play(const char *filter, long timeout_ms, bool safe)
{
    const struct cf_selection selection = {&filter, 1, CF_INFO};
    struct cf_provider_run run = {.issuer = issuer, .timeout_ms = timeout_ms, .safe = safe};
    run.plan = cf_plan(&loaded, &selection, true, &run.count);
    ck_assert_msg(run.count > 0, "%s", filter);
    json_t *report = cf_provider_play(&run);
    free((void *)run.plan);
    return report;
}

static const char *member(const json_t *report, size_t i, const char *name)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(report, "cases"), i), name));
}

START_TEST(flaws_on_the_wire)
{
    static const struct {
        const char *rule;
        const char *id; /* of a case that notices it */
        const char *verdict;
        const char *reason;
    } rows[] = {
        {"{\"match\":{\"endpoint\":\"discovery\"},\"act\":{\"members\":{\"issuer\":\"https://"
         "x\"}}}",
         "DSC-03", "FAIL", "json/issuer is \"https://x\""},
        {"{\"match\":{\"endpoint\":\"discovery\"},\"act\":{\"content_type\":\"text/plain\"}}",
         "DSC-01", "FAIL", "content-type lacks application/json"},
        {"{\"match\":{\"endpoint\":\"discovery\"},\"act\":{\"members\":{\"jwks_uri\":null}}}",
         "CCR-03", "FAIL", "discovery names no jwks_uri"},
        {"{\"match\":{\"endpoint\":\"discovery\"},\"act\":{\"headers\":"
         "{\"Access-Control-Allow-Origin\":\"\"}}}",
         "DSC-22", "FAIL", "access-control-allow-origin is not there"},
        {"{\"match\":{\"endpoint\":\"jwks\"},\"act\":{\"empty_keys\":true}}", "JWK-01", "FAIL",
         "json/keys has the length 0"},
        {"{\"match\":{\"endpoint\":\"jwks\"},\"act\":{\"empty_keys\":true}}", "CCR-03", "FAIL",
         "no key of the key set is fit"},
        {"{\"match\":{\"endpoint\":\"jwks\"},\"act\":{\"body\":\"garbage\"}}", "CCR-03", "FAIL",
         "is no JWK Set"},
        {"{\"match\":{\"endpoint\":\"token\"},\"act\":{\"headers\":{\"Cache-Control\":\"public\"}}"
         "}",
         "COD-06", "FAIL", "cache-control lacks no-store"},
        {"{\"match\":{\"endpoint\":\"token\"},\"act\":{\"members\":{\"refresh_token\":\"x\"}}}",
         "CCR-01", "FAIL", "json has 'refresh_token', too"},
        {"{\"match\":{\"endpoint\":\"token\"},\"act\":{\"members\":{\"expires_in\":\"3599\"}}}",
         "CCR-01", "FAIL", "json/expires_in is \"3599\", must be 3599"},
        {"{\"match\":{\"endpoint\":\"token\"},\"act\":{\"aadsts\":50196}}", "CCR-01", "FAIL",
         "must be 200: AADSTS50196"},
        {"{\"match\":{\"endpoint\":\"token\"},\"act\":{\"status\":503}}", "ERR-01", "FAIL",
         "status is 503, must be 401"},
        {"{\"match\":{\"endpoint\":\"devicecode\"},\"act\":{\"members\":"
         "{\"verification_uri_complete\":\"https://x\"}}}",
         "DEV-03", "FAIL", "json has 'verification_uri_complete', too"},
        {"{\"match\":{\"endpoint\":\"authorize\"},\"act\":{\"redirect\":\"https://evil.example/"
         "\"}}",
         "AUT-02", "FAIL", "redirect/to is \"https://evil.example/\""},
    };
    begin();
    for (size_t i = 0; i < ROWS(rows); i++) {
        json_t *good = play(rows[i].id, 20000, false);
        ck_assert_msg(strcmp(member(good, 0, "verdict"), "PASS") == 0, "%s: %s", rows[i].id,
                      member(good, 0, "reason"));
        json_decref(good);
        break_with(rows[i].rule);
        json_t *report = play(rows[i].id, 20000, false);
        ck_assert_msg(strcmp(member(report, 0, "verdict"), rows[i].verdict) == 0 &&
                          strstr(member(report, 0, "reason"), rows[i].reason),
                      "%s: %s: %s", rows[i].rule, rows[i].id, member(report, 0, "reason"));
        json_decref(report);
        ck_assert(cf_world_begin(world, false, why, sizeof why) == 0);
    }
    end();
}
END_TEST

START_TEST(no_answer_is_an_error)
{
    static const struct {
        const char *act;
        const char *verdict;
        const char *reason;
        long timeout_ms;
    } rows[] = {
        {"{\"reset\":true}", "ERROR", "POST http://127.0.0.1:", 20000},
        {"{\"half_close\":true}", "ERROR", "POST http://127.0.0.1:", 20000},
        {"{\"truncate\":0.5}", "ERROR", "POST http://127.0.0.1:", 20000},
        {"{\"delay_ms\":60000}", "ERROR", "Timeout was reached", 300},
        {"{\"drip\":{\"bytes\":1,\"every_ms\":1000}}", "ERROR", "Timeout was reached", 300},
        {"{\"pad_bytes\":2097152}", "ERROR", "the answer is bigger than 1024 KiB", 20000},
        {"{\"body\":\"<html>\\u0001garbage\"}", "FAIL", "body is no JSON", 20000},
        {"{\"body\":\"\"}", "FAIL", "body is no JSON", 20000},
        {"{\"body\":\"[]\"}", "FAIL", "json is no object", 20000},
        {"{\"body\":\"{\\\"token_type\\\":\\\"Bearer\\\",\\\"expires_in\\\":3599,"
         "\\\"ext_expires_in\\\":3599,\\\"access_token\\\":\\\"..\\\"}\"}",
         "FAIL", "access_token is not of the type jwt", 20000},
        {"{\"encoding\":\"gzip-bomb\"}", "FAIL", "body is no JSON", 20000},
    };
    begin();
    for (size_t i = 0; i < ROWS(rows); i++) {
        char rule[512];
        (void)snprintf(rule, sizeof rule, "{\"match\":{\"endpoint\":\"token\"},\"act\":%s}",
                       rows[i].act);
        break_with(rule);
        json_t *report = play("CCR-01", rows[i].timeout_ms, false);
        ck_assert_msg(strcmp(member(report, 0, "verdict"), rows[i].verdict) == 0 &&
                          strstr(member(report, 0, "reason"), rows[i].reason),
                      "%s: %s: %s", rows[i].act, member(report, 0, "verdict"),
                      member(report, 0, "reason"));
        ck_assert(json_is_true(json_object_get(report, "reached")));
        json_decref(report);
        ck_assert(cf_world_begin(world, false, why, sizeof why) == 0);
    }
    end();
}
END_TEST

/* Who hangs each time would hold up a run for an hour. */
START_TEST(an_issuer_that_is_asked_no_more)
{
    begin();
    break_with("{\"match\":{\"endpoint\":\"token\"},\"act\":{\"reset\":true}}");
    json_t *report = play("CCR", 20000, false);
    const json_t *counts = json_object_get(report, "counts");
    size_t last = json_array_size(json_object_get(report, "cases")) - 1;
    ck_assert_int_eq(json_integer_value(json_object_get(counts, "PASS")), 0);
    ck_assert_msg(strstr(member(report, last, "reason"), "asked no more") != NULL, "%s",
                  member(report, last, "reason"));
    json_decref(report);
    end();
}
END_TEST

START_TEST(an_issuer_that_is_not_there)
{
    begin();
    break_with("{\"match\":{\"endpoint\":\"discovery\"},\"act\":{\"reset\":true}}");
    json_t *report = play("DSC", 20000, false);
    ck_assert(json_is_false(json_object_get(report, "reached")));
    ck_assert_str_eq(member(report, 0, "verdict"), "ERROR");
    json_decref(report);
    end();
}
END_TEST

START_TEST(safe_sends_no_credentials)
{
    begin();
    json_t *report = play("CCR-01", 20000, true);
    ck_assert_str_eq(member(report, 0, "verdict"), "UNIMPLEMENTED");
    json_decref(report);
    size_t safe = 0;
    for (size_t i = 0; i < loaded.count; i++) {
        bool marked = json_is_true(json_object_get(loaded.cases[i].json, "safe"));
        ck_assert_msg(cf_provider_is_safe(&loaded.cases[i]) == marked, "%s", loaded.cases[i].id);
        safe += marked;
    }
    ck_assert_msg(safe > 50, "%zu", safe);
    ck_assert_int_eq(cf_world_requests(world, "token"), 0);
    end();
}
END_TEST

/* Of a tenant alone nothing is known: what needs more is left out, and nothing breaks. */
START_TEST(a_profile_that_lacks_nearly_all)
{
    begin();
    char url[200];
    (void)snprintf(url, sizeof url, "%s/c0ffee00-0000-4000-8000-000000000001",
                   cf_world_http(world));
    cf_issuer_free(issuer);
    issuer = cf_issuer_load(url, why, sizeof why);
    ck_assert_msg(issuer != NULL, "%s", why);
    json_t *report = play("*", 20000, false);
    const json_t *counts = json_object_get(report, "counts");
    for (size_t i = 0; i < json_array_size(json_object_get(report, "cases")); i++) {
        ck_assert_msg(strcmp(member(report, i, "verdict"), "ERROR") != 0, "%s: %s",
                      member(report, i, "id"), member(report, i, "reason"));
    }
    ck_assert_int_gt(json_integer_value(json_object_get(counts, "PASS")), 50);
    ck_assert_int_gt(json_integer_value(json_object_get(counts, "UNIMPLEMENTED")), 200);
    json_decref(report);
    end();
}
END_TEST

/* A page that names a secret gets the name back, not the secret. */
START_TEST(a_page_that_asks_for_secrets)
{
    begin();
    break_with("{\"match\":{\"endpoint\":\"authorize\",\"nth\":[1]},\"act\":{\"content_type\":"
               "\"text/html\","
               "\"body\":\"<form method=GET action='/${daemon.secret}'>"
               "<input type=hidden name=stolen value='${daemon.secret}'>"
               "<input name=username></form>\"}}");
    struct cf_values values;
    ck_assert(cf_values_begin(&values, issuer->json, 0) == 0);
    struct cf_matching m = {.values = &values};
    struct cf_exchange x = {.client = cf_client_new(NULL, 20000), .m = &m};
    json_t *step = json_pack("{s:s, s:{s:s}}", "get", "/${tenant}/oauth2/v2.0/authorize", "query",
                             "client_id", "x");
    ck_assert_msg(cf_exchange_sign_in(&x, step) == CF_SENT, "%s %s", x.why, values.lacking);
    ck_assert_msg(strstr(x.url, "daemon.secret") && !strstr(x.url, "daemon-secret"), "%s", x.url);
    json_decref(step);
    cf_client_free(x.client);
    cf_exchange_cleanup(&x);
    cf_values_end(&values);
    end();
}
END_TEST

START_TEST(profiles)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"[]", "file.json: "},
        {"{\"name\":\"x\"", "file.json: "},
        {"{\"name\":\"x\",\"tenant\":\"t\"}", "file.json: /base: "},
        {"{\"name\":\"x\",\"tenant\":\"t\",\"base\":\"ftp://x\"}", "file.json: /base: "},
        {"{\"name\":\"x\",\"base\":\"https://x\"}", "file.json: /tenant: "},
        {"{\"base\":\"https://x\",\"tenant\":\"t\"}", "file.json: /name: "},
        {"{\"name\":\"x\",\"base\":\"https://x\",\"tenant\":\"t\",\"lacks\":{}}", "/lacks: "},
        {"{\"name\":\"x\",\"base\":\"https://x\",\"tenant\":\"t\",\"web\":{\"secret\":{\"env\":"
         "\"NO_SUCH_NAME\"}}}",
         "the environment has no NO_SUCH_NAME"},
        {"{\"name\":\"x\",\"base\":\"https://x\",\"tenant\":\"t\",\"web\":{\"key\":\"none.pem\"}}",
         "none.pem: No such file"},
    };
    char dir[] = "/tmp/check-provider-XXXXXX";
    char path[64];
    ck_assert(mkdtemp(dir) != NULL);
    (void)snprintf(path, sizeof path, "%s/file.json", dir);
    for (size_t i = 0; i < ROWS(rows); i++) {
        FILE *out = fopen(path, "we");
        (void)fputs(rows[i].text, out);
        (void)fclose(out);
        ck_assert_msg(cf_issuer_load(path, why, sizeof why) == NULL, "%s", rows[i].text);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].text, why);
    }
    (void)unlink(path);
    (void)rmdir(dir);
    issuer = cf_issuer_load("https://login.example/contoso.test/v2.0", why, sizeof why);
    ck_assert_msg(issuer != NULL, "%s", why);
    ck_assert_str_eq(issuer->base, "https://login.example");
    ck_assert_str_eq(json_string_value(json_object_get(issuer->json, "tenant")), "contoso.test");
    ck_assert(json_object_get(issuer->json, "web") == NULL);
    cf_issuer_free(issuer);
}
END_TEST

START_TEST(a_tenant_by_its_domain)
{
    static const struct {
        const char *tenant;
        const char *id; /* NULL: it is none */
    } rows[] = {
        {"contoso.test", "c0ffee00-0000-4000-8000-000000000001"},
        {"c0ffee00-0000-4000-8000-000000000001", "c0ffee00-0000-4000-8000-000000000001"},
        {"common", NULL},
        {"nowhere.test", NULL},
    };
    begin();
    for (size_t i = 0; i < ROWS(rows); i++) {
        char url[200];
        (void)snprintf(url, sizeof url, "%s/%s", cf_world_http(world), rows[i].tenant);
        struct cf_issuer *other = cf_issuer_load(url, why, sizeof why);
        ck_assert_msg(other != NULL, "%s", why);
        int status = cf_tenant_resolve(other, 20000, why, sizeof why);
        ck_assert_msg((status == 0) == (rows[i].id != NULL), "%s: %s", rows[i].tenant, why);
        if (rows[i].id) {
            ck_assert_str_eq(json_string_value(json_object_get(other->json, "tenant")), rows[i].id);
        } else {
            ck_assert_msg(strstr(why, "is no tenant") != NULL, "%s", why);
        }
        cf_issuer_free(other);
    }
    end();
}
END_TEST

TEST_MAIN("provider_hostile", flaws_on_the_wire, no_answer_is_an_error,
          an_issuer_that_is_asked_no_more, an_issuer_that_is_not_there, safe_sends_no_credentials,
          a_profile_that_lacks_nearly_all, a_page_that_asks_for_secrets, profiles,
          a_tenant_by_its_domain)
