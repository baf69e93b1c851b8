/* The two facts of a metadata document, and what makes it useless. */
#include "validator/keys/discovery.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#define ISSUER "\"issuer\":\"https://login.test/x/v2.0\""
#define KEYS "\"jwks_uri\":\"https://login.test/keys\""

static const struct {
    const char *json;
    const char *fault; /* a word of it, or NULL when the document is good */
} rows[] = {
    {"", "not a JSON object"},
    {"<html></html>", "not a JSON object"},
    {"[]", "not a JSON object"},
    {"{" ISSUER "," KEYS "}x", "not a JSON object"},
    {"{" ISSUER "," KEYS "," KEYS "}", "not a JSON object"},
    {"{" ISSUER "," KEYS, "not a JSON object"},
    {"{}", "issuer"},
    {"{" KEYS "}", "issuer"},
    {"{\"issuer\":\"\"," KEYS "}", "issuer"},
    {"{\"issuer\":null," KEYS "}", "issuer"},
    {"{\"issuer\":[\"x\"]," KEYS "}", "issuer"},
    {"{" ISSUER "}", "jwks_uri"},
    {"{" ISSUER ",\"jwks_uri\":\"\"}", "jwks_uri"},
    {"{" ISSUER ",\"jwks_uri\":7}", "jwks_uri"},
    {"{" ISSUER ",\"jwks_uri\":\"http://login.test/keys\"}", "neither https"},
    {"{" ISSUER ",\"jwks_uri\":\"/keys\"}", "neither https"},
    {"{" ISSUER ",\"jwks_uri\":\"file:///etc/keys\"}", "neither https"},
    {"{" ISSUER ",\"jwks_uri\":\"https://a@login.test/keys\"}", "neither https"},
    {"{" ISSUER ",\"jwks_uri\":\"https://login.test/\\nkeys\"}", "neither https"},
    {"{" ISSUER "," KEYS ",\"cloud_instance_name\":7}", "cloud_instance_name"},
    {"{" ISSUER "," KEYS ",\"cloud_instance_name\":\"\"}", "cloud_instance_name"},
    {"{" ISSUER "," KEYS "}", NULL},
    {"{" ISSUER "," KEYS ",\"cloud_instance_name\":\"microsoftonline.com\"}", NULL},
    {"{\"x\":[{}]," ISSUER "," KEYS ",\"authorization_endpoint\":1}", NULL},
    {"{" ISSUER ",\"jwks_uri\":\"http://localhost:8080/keys?p=1\"}", NULL},
    {"{" ISSUER ",\"jwks_uri\":\"https:\\/\\/login.test\\/keys\"}", NULL},
};

START_TEST(each_document_has_its_verdict)
{
    struct btv_discovery d;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *fault = btv_discovery_parse(jose_span_of(rows[i].json), &d);
        ck_assert_msg((fault == NULL) == (rows[i].fault == NULL), "%s: %s", rows[i].json, fault);
        ck_assert_msg(!fault || strstr(fault, rows[i].fault), "%s: %s", rows[i].json, fault);
        ck_assert_msg(fault || strcmp(d.issuer, "https://login.test/x/v2.0") == 0, "%s",
                      rows[i].json);
    }
    ck_assert_str_eq(d.jwks_uri, "https://login.test/keys");
}
END_TEST

START_TEST(urls_are_limited)
{
    struct btv_discovery d;
    char path[BTV_URL_CAP + 1] = "";
    memset(path, 'p', BTV_URL_CAP);
    for (size_t over = 0; over < 2; over++) {
        size_t len = BTV_URL_CAP - 1 - strlen("https://a/") + over;
        char *json = test_text("{" ISSUER ",\"jwks_uri\":\"https://a/%.*s\"}", (int)len, path);
        ck_assert_msg((btv_discovery_parse(jose_span_of(json), &d) == NULL) == (over == 0),
                      "%zu bytes", len);
        free(json);
    }
}
END_TEST

TEST_MAIN("discovery", each_document_has_its_verdict, urls_are_limited)
