/* What an answer must say and may not show, beyond status and error. */
#include "conformance/wire.h"
#include "validator/tests/support/suite.h"

#include <string.h>

#define HEAD "Content-Type: text/plain\nCache-Control: no-store, private\n"

static const struct {
    const char *expect;
    const char *challenge;
    const char *body;
    const char *fault; /* in the reason; NULL: none */
} rows[] = {
    {"{}", "", "anything", NULL},
    {"{\"headers\":{\"cache-control\":{\"has\":[\"NO-STORE\"],\"lacks\":[\"public\"]}}}", "", "",
     NULL},
    {"{\"headers\":{\"cache-control\":{\"lacks\":[\"private\"]}}}", "", "", "shows private"},
    {"{\"headers\":{\"cache-control\":{\"has\":[\"immutable\"]}}}", "", "", "lacks immutable"},
    {"{\"headers\":{\"content-type\":{\"absent\":true}}}", "", "", "there is a header"},
    {"{\"headers\":{\"set-cookie\":{\"absent\":true}}}", "", "", NULL},
    {"{\"headers\":{\"set-cookie\":{\"has\":[\"x\"]}}}", "", "", "there is no header"},
    {"{\"headers\":{\"set-cookie\":{\"lacks\":[\"x\"]}}}", "", "", NULL},
    {"{\"body\":{\"empty\":true}}", "", "", NULL},
    {"{\"body\":{\"empty\":true}}", "", "x", "there is a body"},
    {"{\"body\":{\"lacks\":[\"Traceback\"]}}", "", "traceback (most recent", "shows Traceback"},
    {"{\"body\":{\"has\":[\"Alice\"]}}", "", "Bob", "lacks Alice"},
    {"{\"echo\":false}", "", "eyJhbGciOiJSUzI", NULL},
    {"{\"echo\":false}", "", "got 'eyJhbGciOiJSUzI1'", "shows the token"},
    {"{\"echo\":false}", "Bearer x=\"hbGciOiJSUzI1NiJ\"", "", "shows the token"},
    {"{\"challenge\":true}", "", "", "not Bearer's"},
    {"{\"challenge\":true}", "Basic realm=\"x\"", "", "not Bearer's"},
    {"{\"challenge\":true}", "Bearerx", "", "not Bearer's"},
    {"{\"challenge\":true}", "Bearer", "", NULL},
    {"{\"challenge\":true}", "bearer realm=\"a, b\",error=\"x\" , scope=\"y z\"", "", NULL},
    {"{\"challenge\":true}", "Bearer error=invalid", "", "not well formed"},
    {"{\"challenge\":true}", "Bearer error=\"invalid", "", "not well formed"},
    {"{\"challenge\":true}", "Bearer error=\"a\"b\"", "", "not well formed"},
    {"{\"challenge\":true}", "Bearer error=\"a\\\"b\"", "", "not well formed"},
    {"{\"challenge\":true}", "Bearer error=\"\xc3\xa9\"", "", "not well formed"},
    {"{\"challenge\":true}", "Bearer error=\"a\" scope=\"b\"", "", "not well formed"},
    {"{\"challenge\":true}", "Bearer error=\"a\", Error=\"b\"", "", "says twice"},
    {"{\"same\":[\"status\",\"challenge\",\"content-type\"]}", "Bearer", "x", NULL},
    {"{\"same\":[\"body\"]}", "Bearer", "x", "first answer: body"},
    {"{\"same\":[\"challenge\"]}", "Bearer a=\"b\"", "", "first answer: challenge"},
    {"{\"time\":{\"ms\":1000}}", "", "", NULL},
    {"{\"time\":{\"ms\":100}}", "", "", "took 200000 us"},
    {"{\"time\":{\"times\":3}}", "", "", NULL},
    {"{\"time\":{\"times\":2}}", "", "", "took 200000 us"},
};

START_TEST(each_member_finds_its_fault)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        char reason[CF_REASON_CAP] = "";
        struct cf_answer answer = {.status = 401, .head = HEAD, .took_us = 200000};
        struct cf_answer first = {
            .status = 401, .head = HEAD, .challenge = "Bearer", .took_us = 90000};
        const struct cf_wire wire = {&answer, &first, "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"};
        (void)snprintf(answer.challenge, sizeof answer.challenge, "%s", rows[i].challenge);
        (void)snprintf(answer.body, sizeof answer.body, "%s", rows[i].body);
        json_t *expect = json_loads(rows[i].expect, 0, NULL);
        ck_assert_ptr_nonnull(expect);
        int found = cf_wire_judge(expect, &wire, reason);
        json_decref(expect);
        ck_assert_msg((found != 0) == (rows[i].fault != NULL), "row %zu: %s", i, reason);
        ck_assert_msg(!rows[i].fault || strstr(reason, rows[i].fault), "row %zu: %s", i, reason);
    }
}
END_TEST

TEST_MAIN("wire", each_member_finds_its_fault)
