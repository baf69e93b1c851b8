/* RFC 6750 §3: what a refusal says, and that it stays a well-formed header whatever is configured.
 */
#include "validator/policy/challenge.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>

static bool challenge(enum btv_error e, const char *scopes, char out[1024])
{
    struct btv_words words;
    ck_assert_int_eq(btv_words_init(&words, scopes), 0);
    out[0] = '\0';
    bool due = btv_challenge(e, &words, out, 1024);
    btv_words_cleanup(&words);
    return due;
}

/* Quotes in pairs, printable ASCII, nothing that ends a header line. */
static bool is_well_formed(const char *value)
{
    size_t quotes = 0;
    for (const char *p = value; *p; p++) {
        quotes += *p == '"';
        if (*p < 0x20 || *p == 0x7f || *p == '\\') {
            return false;
        }
    }
    return quotes % 2 == 0;
}

START_TEST(each_error_has_its_challenge)
{
    for (unsigned e = 0; e < BTV_ERROR_COUNT; e++) {
        char out[1024];
        int status = btv_error_http_status(e);
        bool due = challenge(e, "read", out);
        ck_assert_msg(due == (status >= 400 && status < 500), "%s", btv_error_code(e));
        ck_assert_msg(!due || strncmp(out, "Bearer", 6) == 0, "%s", out);
        ck_assert_msg(is_well_formed(out), "%s", out);
        const char *error = due ? strstr(out, " error=\"") : NULL;
        ck_assert_msg((error != NULL) == (due && btv_error_oauth(e)), "%s", out);
        ck_assert_msg(!error ||
                          strncmp(error + 8, btv_error_oauth(e), strlen(btv_error_oauth(e))) == 0,
                      "%s", out);
        ck_assert_msg((strstr(out, "scope=") != NULL) == (e == BTV_SCOPE_MISSING), "%s", out);
    }
}
END_TEST

START_TEST(no_credentials_no_reason)
{
    char out[1024];
    ck_assert(challenge(BTV_NO_CREDENTIALS, "read", out));
    ck_assert_msg(strcmp(out, "Bearer") == 0, "RFC 6750 §3.1 wants no error code: %s", out);
}
END_TEST

START_TEST(the_scopes_that_are_needed_are_named)
{
    static const struct {
        const char *scopes;
        const char *end;
        const char *why;
    } rows[] = {
        {NULL, "needed.\"", "none configured"},
        {"read", ", scope=\"read\"", "one"},
        {"read  write", ", scope=\"read write\"", "two"},
        {"a\"b read", ", scope=\"read\"", "a quote would end the value (RFC 6749 §3.3)"},
        {"a\\b", "needed.\"", "a backslash would escape"},
        {"a\r\nX: y", ", scope=\"y\"", "a line end would begin another header"},
        {"\xc3\xa9 read", ", scope=\"read\"", "only ASCII is a scope"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char out[1024];
        ck_assert(challenge(BTV_SCOPE_MISSING, rows[i].scopes, out));
        size_t len = strlen(out);
        size_t end = strlen(rows[i].end);
        ck_assert_msg(len > end && strcmp(out + len - end, rows[i].end) == 0, "%s: %s", rows[i].why,
                      out);
    }
}
END_TEST

START_TEST(many_scopes_leave_the_header_whole)
{
    char scopes[4096] = "";
    for (int i = 0; i < 300; i++) {
        snprintf(scopes + strlen(scopes), sizeof scopes - strlen(scopes), "Scope.%03d ", i);
        char out[1024];
        ck_assert(challenge(BTV_SCOPE_MISSING, scopes, out));
        ck_assert_msg(is_well_formed(out) && out[strlen(out) - 1] == '"', "%d scopes: %s", i + 1,
                      out);
    }
}
END_TEST

TEST_MAIN("challenge", each_error_has_its_challenge, no_credentials_no_reason,
          the_scopes_that_are_needed_are_named, many_scopes_leave_the_header_whole)
