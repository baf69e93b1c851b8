/* The table of errors: complete, consistent, and a refusal wherever memory is zero or wrong. */
#include "btv/error.h"
#include "validator/tests/support/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

START_TEST(zeroed_memory_refuses)
{
    enum btv_error zero;
    memset(&zero, 0, sizeof zero);
    ck_assert(zero == BTV_UNDECIDED && zero != BTV_OK);
    ck_assert_int_eq(btv_error_http_status(zero), 500);
}
END_TEST

START_TEST(values_outside_the_table_refuse)
{
    static const int values[] = {-1, BTV_ERROR_COUNT, BTV_ERROR_COUNT + 1, 1 << 30};
    for (size_t i = 0; i < ROWS(values); i++) {
        enum btv_error e = (enum btv_error)values[i];
        ck_assert_str_eq(btv_error_code(e), "undecided");
        ck_assert_int_eq(btv_error_http_status(e), 500);
        ck_assert(btv_error_class(e) == BTV_CLASS_INTERNAL);
        ck_assert_ptr_null(btv_error_oauth(e));
        ck_assert_ptr_nonnull(btv_error_sentence(e));
    }
}
END_TEST

/* RFC 6750 §3.1: which error goes with which status. */
static bool goes_together(enum btv_error_class class, int status, const char *oauth)
{
    switch (class) {
    case BTV_CLASS_ACCEPTED: return status == 200 && !oauth;
    case BTV_CLASS_CREDENTIALS:
        return oauth ? status == 400 && strcmp(oauth, "invalid_request") == 0 : status == 401;
    case BTV_CLASS_TOKEN:
        return status == 401 && oauth &&
               (strcmp(oauth, "invalid_token") == 0 || strcmp(oauth, "insufficient_claims") == 0);
    case BTV_CLASS_PERMISSION:
        return status == 403 && oauth && strcmp(oauth, "insufficient_scope") == 0;
    case BTV_CLASS_TEMPORARY: return status == 503 && !oauth;
    case BTV_CLASS_INTERNAL: return status == 500 && !oauth;
    }
    return false;
}

START_TEST(each_row_is_consistent)
{
    for (unsigned e = 0; e < BTV_ERROR_COUNT; e++) {
        const char *code = btv_error_code(e);
        const char *sentence = btv_error_sentence(e);
        ck_assert_msg(
            goes_together(btv_error_class(e), btv_error_http_status(e), btv_error_oauth(e)), "%s",
            code);
        ck_assert_msg((btv_error_class(e) == BTV_CLASS_ACCEPTED) == (e == BTV_OK), "%s", code);
        ck_assert_msg(strspn(code, "abcdefghijklmnopqrstuvwxyz_") == strlen(code) && *code, "%s",
                      code);
        ck_assert_msg(sentence[strlen(sentence) - 1] == '.', "%s", sentence);
        ck_assert_msg(!strpbrk(sentence, "\"\\\r\n"), "%s would end a quoted string", sentence);
        for (unsigned other = 0; other < e; other++) {
            ck_assert_str_ne(code, btv_error_code(other));
        }
    }
}
END_TEST

START_TEST(codes_are_stable)
{
    static const struct {
        const char *code;
        enum btv_error error;
        int status;
    } rows[] = {
        {"ok", BTV_OK, 200},
        {"no_credentials", BTV_NO_CREDENTIALS, 401},
        {"bearer_malformed", BTV_BEARER_MALFORMED, 400},
        {"token_expired", BTV_TOKEN_EXPIRED, 401},
        {"signature_invalid", BTV_SIGNATURE_INVALID, 401},
        {"scope_missing", BTV_SCOPE_MISSING, 403},
        {"keys_unavailable", BTV_KEYS_UNAVAILABLE, 503},
        {"internal", BTV_INTERNAL, 500},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        ck_assert_str_eq(btv_error_code(rows[i].error), rows[i].code);
        ck_assert_int_eq(btv_error_http_status(rows[i].error), rows[i].status);
    }
}
END_TEST

/* The table of validator/README.md is what people read: a row an error. */
START_TEST(the_guide_has_a_row_for_each)
{
    static char guide[32768];
    FILE *file = fopen("validator/README.md", "r");
    ck_assert_msg(file != NULL, "run from the root of the repository");
    size_t len = fread(guide, 1, sizeof guide - 1, file);
    fclose(file);
    ck_assert_uint_lt(len, sizeof guide - 1);
    for (unsigned e = 0; e < BTV_ERROR_COUNT; e++) {
        char row[64];
        snprintf(row, sizeof row, "\n| `%s` | %d |", btv_error_code(e), btv_error_http_status(e));
        ck_assert_msg(strstr(guide, row), "no row that begins with%s", row);
    }
}
END_TEST

TEST_MAIN("error", zeroed_memory_refuses, values_outside_the_table_refuse, each_row_is_consistent,
          codes_are_stable, the_guide_has_a_row_for_each)
