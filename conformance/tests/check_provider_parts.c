/* The parts of the identity-provider half: names in texts, pages, answers, matchers, expectations.
 */
#include "conformance/provider/answer.h"
#include "conformance/provider/encode.h"
#include "conformance/provider/expect.h"
#include "conformance/provider/page.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *profile;
static struct cf_values values;
static struct cf_matching m;

static json_t *json(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &error);
    ck_assert_msg(value != NULL, "%s: %s", text, error.text);
    return value;
}

static void begin(void)
{
    profile = json("{\"base\":\"https://login.example:8443\",\"tenant\":\"T-1\","
                   "\"web\":{\"id\":\"W1\",\"secret\":\"a+b&c\"}}");
    ck_assert(cf_values_begin(&values, profile, 1700000000) == 0);
    cf_values_set(&values, "code", json_string("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"));
    cf_values_set(&values, "n", json_integer(42));
    m = (struct cf_matching){.values = &values};
}

static void end(void)
{
    cf_values_end(&values);
    json_decref(profile);
}

START_TEST(names_in_texts)
{
    static const struct {
        const char *text;
        const char *expanded; /* NULL: it lacks `lacking` */
        const char *lacking;
    } rows[] = {
        {"${web.missing}", NULL, "web.missing"},
        {"${web}", NULL, "web"},
        {"${nothing}", NULL, "nothing"},
        {"${half:nothing}", NULL, "nothing"},
        {"${open", NULL, "${open"},
        {"${}", NULL, "${}"},
        {"${now+}", NULL, "now+"},
        {"${now+5x}", NULL, "now+5x"},
        {"", "", ""},
        {"/${tenant}/x", "/T-1/x", ""},
        {"{tenantid} a{3} $5", "{tenantid} a{3} $5", ""},
        {"${web.id}${web.secret}", "W1a+b&c", ""},
        {"${n} ${now} ${now+300} ${now-5}", "42 1700000000 1700000300 1699999995", ""},
        {"${upper:web.id} ${lower:tenant} ${host:base}", "W1 t-1 login.example:8443", ""},
        /* OpenID Connect Core, appendix A.3: the at_hash of this access token */
        {"${half:code}", "77QmUPtjPfzWtF2AnpK9RQ", ""},
    };
    begin();
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *text = cf_values_expand(&values, rows[i].text, false);
        if (rows[i].expanded) {
            ck_assert_msg(text != NULL, "%s lacks %s", rows[i].text, values.lacking);
            ck_assert_str_eq(text, rows[i].expanded);
        } else {
            ck_assert_msg(text == NULL, "%s", rows[i].text);
            ck_assert_str_eq(values.lacking, rows[i].lacking);
        }
        free(text);
    }
    char *text = cf_values_expand(&values, "${base}/[a-z]+", true);
    ck_assert_str_eq(text, "https://login\\.example:8443/[a-z]+");
    free(text);
    end();
}
END_TEST

START_TEST(base64url_is_strict)
{
    static const char *const bad[] = {"A", "AA=", "AA==", "AB", "A+", "A/", "A A", "QUJ", "AAAAA"};
    size_t len = 9;
    for (size_t i = 0; i < ROWS(bad); i++) {
        ck_assert_msg(cf_base64url_decode(bad[i], strlen(bad[i]), &len) == NULL, "%s", bad[i]);
        ck_assert_uint_eq(len, 0);
    }
    unsigned char *bytes = cf_base64url_decode("-_8", 3, &len);
    ck_assert(bytes && len == 2 && bytes[0] == 0xFB && bytes[1] == 0xFF);
    char *text = cf_base64url(bytes, len);
    ck_assert_str_eq(text, "-_8");
    free(text);
    free(bytes);
}
END_TEST

START_TEST(forms_of_pages)
{
    static const struct {
        const char *html;
        const char *forms;
    } rows[] = {
        {"", "[]"},
        {"<form", "[{'action':'','method':'GET','fields':{},'asks':[]}]"},
        {"<input name=a value=b>", "[]"},
        {"<FORM METHOD=post ACTION='/x?a=1&amp;b=2'><INPUT TYPE=hidden NAME=f VALUE=\"a&quot;b>c\">"
         "</FORM><input name=z>",
         "[{'action':'/x?a=1&b=2','method':'post','fields':{'f':'a\\\"b>c'},'asks':[]}]"},
        {"<form action=\"/l\" method=POST><input type=text name=user value=''>"
         "<button type=submit name=cancel value=1>No</button></form>",
         "[{'action':'/l','method':'POST','fields':{'user':''},'asks':['user','cancel']}]"},
        {"<form action=/a><input name=x value=1></form><form action=/b><input type=submit name=y>",
         "[{'action':'/a','method':'GET','fields':{'x':'1'},'asks':['x']},"
         "{'action':'/b','method':'GET','fields':{},'asks':['y']}]"},
        {"<form><input type=hidden name=broken value=\"never ends></form>",
         "[{'action':'','method':'GET','fields':{'broken':'never ends></form>'},'asks':[]}]"},
        {"<formal><form-x><input name=a>", "[]"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *text = strdup(rows[i].forms);
        for (char *c = text; *c; c++) {
            *c = (char)(*c == '\'' ? '"' : *c);
        }
        json_t *wanted = json(text);
        json_t *forms = cf_page_forms(rows[i].html, strlen(rows[i].html));
        char *is = json_dumps(forms, JSON_COMPACT);
        ck_assert_msg(json_equal(forms, wanted), "%s: %s", rows[i].html, is);
        free(is);
        free(text);
        json_decref(forms);
        json_decref(wanted);
    }
}
END_TEST

START_TEST(answers)
{
    static const struct {
        int status;
        const char *head;
        const char *body;
        const char *path;
        const char *value; /* NULL: nothing is there */
    } rows[] = {
        {302, "Location: https://app/cb?code=a%2Bb+c&state=x\r\n", "", "redirect/params/code",
         "\"a+b c\""},
        {302, "location:https://app/cb#id_token=t&state=%C3%A9\r\n", "", "redirect/in",
         "\"fragment\""},
        {302, "Location: https://app/cb?code=1#state=2\r\n", "", "redirect/params/code", NULL},
        {302, "Location: https://app/cb?code=1&code=2\r\n", "", "redirect/twice", "\"code\""},
        {302, "Location: https://app/cb?code=1\r\n", "", "redirect/to", "\"https://app/cb\""},
        {200, "Location: https://app/cb?code=1\r\n", "", "redirect", NULL},
        {200, "Content-Type: text/html\r\n",
         "<form method=POST action='https://app/cb'><input type=hidden name=code value=c></form>",
         "redirect/params/code", "\"c\""},
        {200, "Content-Type: text/html\r\n",
         "<form method=POST action='https://idp/login'><input type=hidden name=code value=c>",
         "redirect", NULL},
        {200, "Content-Type: application/json\r\n",
         "<form method=POST action='https://app/cb'><input type=hidden name=code value=c></form>",
         "redirect", NULL},
        {200, "", "{\"a\":[1,{\"b\":true}]}", "json/a/1/b", "true"},
        {200, "", "{\"a\":1,\"a\":2}", "json", NULL},
        {200, "", "{\"a\":1} x", "json", NULL},
        {200, "X-A: 1\r\nx-a:  2 \r\nbroken\r\n", "", "headers/x-a", "\"1, 2\""},
        {200, "", "{\"t\":\"eyJhIjoxfQ.eyJiIjoyfQ.x\"}", "json/t/claims/b", "2"},
        {200, "", "{\"t\":\"eyJhIjoxfQ.eyJiIjoyfQ.x\"}", "json/t/header/a", "1"},
        {200, "", "{\"t\":\"eyJhIjoxfQ\"}", "json/t/claims/b", NULL},
        {200, "", "{\"t\":\"x.y.z\"}", "json/t/claims/b", NULL},
        {200, "", "\xFF\xFE", "body", "\"??\""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *head = strdup(rows[i].head);
        char *body = strdup(rows[i].body);
        const struct cf_reply reply = {rows[i].status, head, body, strlen(head), strlen(body)};
        json_t *answer = cf_answer_of(&reply, "https://idp/authorize?x");
        json_t *value = cf_answer_find(answer, rows[i].path);
        json_t *wanted = rows[i].value ? json(rows[i].value) : NULL;
        ck_assert_msg(wanted ? json_equal(value, wanted) : !value, "row %zu: %s", i, rows[i].path);
        json_decref(wanted);
        json_decref(value);
        json_decref(answer);
        free(head);
        free(body);
    }
}
END_TEST

START_TEST(nothing_secret_is_shown)
{
    static const char body[] = "{\"access_token\":\"abcdefghijklmnop\",\"scope\":\"read\"}";
    char *head = strdup("Location: https://app/cb?code=0.AXXXXsecret%2B&state=keep\r\n"
                        "Set-Cookie: session=topsecret\r\n");
    char *text = strdup(body);
    const struct cf_reply reply = {302, head, text, strlen(head), strlen(text)};
    json_t *answer = cf_answer_of(&reply, "https://idp/authorize");
    json_t *shown = cf_answer_shown(answer);
    char *dump = json_dumps(shown, 0);
    ck_assert_msg(!strstr(dump, "klmnop") && !strstr(dump, "secret"), "%s", dump);
    ck_assert_msg(strstr(dump, "read") && strstr(dump, "state=keep"), "%s", dump);
    free(dump);
    free(head);
    free(text);
    json_decref(shown);
    json_decref(answer);
}
END_TEST

START_TEST(matchers)
{
    static const struct {
        const char *matcher;
        const char *value; /* NULL: it is not there */
        enum cf_match match;
    } rows[] = {
        {"\"${tenant}\"", "\"T-1\"", CF_MATCHES},
        {"\"${tenant}\"", "\"t-1\"", CF_DIFFERS},
        {"\"${nothing}\"", "\"x\"", CF_UNKNOWN},
        {"3599", "3599", CF_MATCHES},
        {"3599", "\"3599\"", CF_DIFFERS},
        {"[\"a\",\"b\"]", "[\"b\",\"a\"]", CF_DIFFERS},
        {"\"a\"", NULL, CF_DIFFERS},
        {"{\"nonsense\":1}", "1", CF_NONSENSE},
        {"{\"absent\":true}", NULL, CF_MATCHES},
        {"{\"absent\":true}", "null", CF_DIFFERS},
        {"{\"not\":\"a\"}", NULL, CF_DIFFERS},
        {"{\"not\":\"a\"}", "\"a\"", CF_DIFFERS},
        {"{\"not\":\"a\"}", "\"b\"", CF_MATCHES},
        {"{\"any\":[\"a\",{\"absent\":true}]}", NULL, CF_MATCHES},
        {"{\"any\":[\"a\",{\"absent\":true}]}", "\"b\"", CF_DIFFERS},
        {"{\"type\":\"integer\"}", "1.0", CF_DIFFERS},
        {"{\"type\":\"digits\"}", "\"3599\"", CF_MATCHES},
        {"{\"type\":\"digits\"}", "3599", CF_DIFFERS},
        {"{\"type\":\"digits\"}", "\"\"", CF_DIFFERS},
        {"{\"type\":\"guid\"}", "\"c0ffee00-0000-4000-8000-000000000001\"", CF_MATCHES},
        {"{\"type\":\"guid\"}", "\"c0ffee00-0000-4000-8000-0000000000011\"", CF_DIFFERS},
        {"{\"type\":\"guid\"}", "\"c0ffee00\"", CF_DIFFERS},
        {"{\"type\":\"jwt\"}", "\"eyJhIjoxfQ.eyJiIjoyfQ.x\"", CF_MATCHES},
        {"{\"type\":\"jwt\"}", "\"eyJhIjoxfQ.eyJiIjoyfQ.\"", CF_DIFFERS},
        {"{\"type\":\"jwt\"}", "\"eyJhIjoxfQ.eyJiIjoyfQ\"", CF_DIFFERS},
        {"{\"type\":\"no such type\"}", "1", CF_NONSENSE},
        {"{\"matches\":\"${base}/.+\"}", "\"https://login.example:8443/x\"", CF_MATCHES},
        {"{\"matches\":\"${base}/.+\"}", "\"https://loginXexample:8443/x\"", CF_DIFFERS},
        {"{\"matches\":\"a|b\"}", "\"ac\"", CF_DIFFERS},
        {"{\"matches\":\"(\"}", "\"a\"", CF_NONSENSE},
        {"{\"has\":[\"NO-STORE\"]}", "\"private, no-store\"", CF_MATCHES},
        {"{\"has\":[\"b\"]}", "[\"a\"]", CF_DIFFERS},
        {"{\"has\":[\"b\"]}", "1", CF_DIFFERS},
        {"{\"lacks\":[\"b\"]}", "[\"a\"]", CF_MATCHES},
        {"{\"lacks\":[\"b\"]}", "1", CF_DIFFERS},
        {"{\"words\":[\"a\",\"b\"]}", "\"b a\"", CF_MATCHES},
        {"{\"words\":[\"a\"]}", "\"b a\"", CF_DIFFERS},
        {"{\"near\":\"${now-300}\"}", "1699999700", CF_MATCHES},
        {"{\"near\":\"${now-300}\"}", "1699999701", CF_DIFFERS},
        {"{\"between\":[1,\"3\"]}", "\"2\"", CF_MATCHES},
        {"{\"between\":[1,\"3\"]}", "4", CF_DIFFERS},
        {"{\"between\":[1,\"x\"]}", "4", CF_NONSENSE},
        {"{\"length\":[2,3]}", "\"abcd\"", CF_DIFFERS},
        {"{\"length\":2}", "[1,2]", CF_MATCHES},
        {"{\"length\":2}", "2", CF_DIFFERS},
        {"{\"members\":{\"a\":1}}", "{\"a\":1,\"b\":2}", CF_MATCHES},
        {"{\"members\":{\"a\":1}}", "[1]", CF_DIFFERS},
        {"{\"members\":{\"a\":1}}", "{\"b\":1}", CF_DIFFERS},
        {"{\"members\":{\"a\":{\"absent\":true}}}", "{\"a\":1}", CF_DIFFERS},
        {"{\"members\":{\"a\":{\"absent\":true}}}", "{}", CF_MATCHES},
        {"{\"order\":[\"a\",\"b\"]}", "{\"b\":1,\"a\":2}", CF_DIFFERS},
        {"{\"order\":[\"a\",\"b\"]}", "{\"a\":1}", CF_DIFFERS},
        {"{\"order\":[\"a\"]}", "{\"a\":1,\"b\":1}", CF_DIFFERS},
        {"{\"only\":[\"a\",\"b\"]}", "{\"a\":1}", CF_MATCHES},
        {"{\"only\":[\"a\"]}", "{\"a\":1,\"b\":1}", CF_DIFFERS},
        {"{\"each\":{\"type\":\"integer\"}}", "[]", CF_DIFFERS},
        {"{\"each\":{\"type\":\"integer\"}}", "[1,\"2\"]", CF_DIFFERS},
        {"{\"some\":2}", "[1,2]", CF_MATCHES},
        {"{\"some\":3}", "[1,2]", CF_DIFFERS},
        {"{\"some\":3}", "3", CF_DIFFERS},
        {"{\"equal\":[[\"a\",\"b\"]]}", "{\"a\":1,\"b\":1}", CF_MATCHES},
        {"{\"equal\":[[\"a\",\"b\"]]}", "{}", CF_DIFFERS},
        {"{\"differ\":[[\"a\",\"b\",3]]}", "{\"a\":5,\"b\":2}", CF_MATCHES},
        {"{\"differ\":[[\"a\",\"b\",3]]}", "{\"a\":3}", CF_DIFFERS},
        {"{\"json\":{\"members\":{\"a\":1}}}", "\"{\\\"a\\\":1}\"", CF_MATCHES},
        {"{\"json\":{\"members\":{\"a\":1}}}", "\"a\"", CF_DIFFERS},
        {"{\"decoded\":{\"members\":{\"a\":1}}}", "\"eyJhIjoxfQ\"", CF_MATCHES},
        {"{\"decoded\":{\"members\":{\"a\":1}}}", "\"eyJhIjoxfQ==\"", CF_DIFFERS},
        {"{\"jwt\":{\"claims\":{\"members\":{\"b\":2}}}}", "\"eyJhIjoxfQ.eyJiIjoyfQ.x\"",
         CF_MATCHES},
        {"{\"jwt\":{\"claims\":{\"members\":{\"b\":3}}}}", "\"eyJhIjoxfQ.eyJiIjoyfQ.x\"",
         CF_DIFFERS},
        {"{\"jwt\":{\"signed\":true}}", "\"eyJhIjoxfQ.eyJiIjoyfQ.x\"", CF_DIFFERS},
        {"{\"key\":[\"thumbprint\"]}", "{\"kid\":\"x\",\"x5c\":[\"AAAA\"]}", CF_DIFFERS},
    };
    begin();
    for (size_t i = 0; i < ROWS(rows); i++) {
        json_t *matcher = json(rows[i].matcher);
        json_t *value = rows[i].value ? json(rows[i].value) : NULL;
        enum cf_match match = cf_match_value(&m, matcher, value, "here");
        ck_assert_msg(match == rows[i].match, "%s and %s: %d %s", rows[i].matcher,
                      rows[i].value ? rows[i].value : "nothing", (int)match, m.reason);
        json_decref(matcher);
        json_decref(value);
    }
    end();
}
END_TEST

START_TEST(expectations)
{
    static const struct {
        const char *expect;
        const char *answer;
        const char *reason; /* NULL: it matches */
    } rows[] = {
        {"{\"status\":[400]}", "{\"status\":200}", "status is 200, must be 400"},
        {"{\"status\":[400,401]}", "{\"status\":401}", NULL},
        {"{\"headers\":{\"pragma\":\"no-cache\"}}", "{\"headers\":{}}", "pragma is not there"},
        {"{\"json\":{\"absent\":true}}", "{\"json\":1}", "json is there"},
        {"{\"json\":{\"members\":{}}}", "{\"body\":\"garbage\"}", "body is no JSON"},
        {"{\"error\":\"invalid_grant\"}", "{\"json\":{\"error\":\"invalid_request\"}}",
         "error is invalid_request, must be invalid_grant"},
        {"{\"error\":[\"a\",\"b\"]}", "{\"redirect\":{\"params\":{\"error\":\"b\"}}}", NULL},
        {"{\"aadsts\":70008}",
         "{\"json\":{\"error_codes\":[70008],\"error_description\":\"AADSTS70008: x\"}}", NULL},
        {"{\"aadsts\":70008}",
         "{\"json\":{\"error_codes\":[70009],\"error_description\":\"AADSTS70008: x\"}}",
         "must be AADSTS70008"},
        {"{\"aadsts\":7000}",
         "{\"json\":{\"error_codes\":[7000],\"error_description\":\"AADSTS70008: x\"}}",
         "must be AADSTS7000"},
        {"{\"aadsts\":50011}", "{\"body\":\"<p>AADSTS50011: The redirect URI\"}", NULL},
        {"{\"aadsts\":50011}", "{\"body\":\"<p>AADSTS500112: The redirect URI\"}",
         "must be AADSTS50011"},
        {"{\"equal\":[[\"json/a\",\"headers/b\"]]}",
         "{\"json\":{\"a\":\"1\"},\"headers\":{\"b\":\"2\"}}", "json/a is not headers/b"},
        {"{\"differ\":[[\"json/a\",\"json/b\",2]]}", "{\"json\":{\"a\":5,\"b\":\"3\"}}", NULL},
        {"{\"differ\":[[\"json/a\",\"json/b\",2]]}", "{\"json\":{\"a\":5}}", "json/a is not there"},
        {"{\"nonsense\":1}", "{}", "'nonsense' is nothing that can be expected"},
    };
    begin();
    for (size_t i = 0; i < ROWS(rows); i++) {
        json_t *expect = json(rows[i].expect);
        json_t *answer = json(rows[i].answer);
        enum cf_match match = cf_expect_holds(&m, expect, answer);
        ck_assert_msg((match == CF_MATCHES) == (rows[i].reason == NULL), "%s: %s", rows[i].expect,
                      m.reason);
        ck_assert_msg(!rows[i].reason || strstr(m.reason, rows[i].reason), "%s: %s", rows[i].expect,
                      m.reason);
        json_decref(expect);
        json_decref(answer);
    }
    end();
}
END_TEST

TEST_MAIN("provider_parts", names_in_texts, base64url_is_strict, forms_of_pages, answers,
          nothing_secret_is_shown, matchers, expectations)
