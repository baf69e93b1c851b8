/* Packed records: they come back as they were, take little, and nothing else is taken for one. */
#include "mockidp/platform/pack.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CAP = 400 };

#define GUID "c0ffee00-0000-4000-8000-000000000001"
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RECORD(text) text, sizeof(text) - 1

static const struct {
    const char *reason;
    const char *record;
    size_t len;
    size_t most; /* octets that it may take */
} records[] = {
    {"nothing", RECORD(""), 0},
    {"one zero", RECORD("\0"), 2},
    {"zeros alone", RECORD(ZEROS), 2},
    {"text, then zeros", RECORD("abc" ZEROS), 6},
    {"zeros, then text", RECORD(ZEROS "abc"), 6},
    {"short runs stay in the text", RECORD("a\0b\0\0c\0\0\0d"), 11},
    {"a GUID", RECORD(GUID), 17},
    {"GUIDs and what stands between", RECORD(GUID "\0/" GUID ZEROS "x"), 41},
    {"capitals are not kept as a number", RECORD("C0FFEE00-0000-4000-8000-000000000001"), 38},
    {"nor what is too short", RECORD("c0ffee00-0000-4000-8000-00000000000"), 37},
    {"nor with a dash elsewhere", RECORD("c0ffee00-0000-4000-8000-0000000-0001"), 38},
    {"longer than a small number says",
     RECORD("0123456789012345678901234567890123456789012345678901234567890123456789"), 72},
};

START_TEST(records_come_back)
{
    unsigned char packed[CAP];
    unsigned char out[CAP];
    size_t len = records[_i].len;
    const char *reason = records[_i].reason;
    size_t used = pack_write(records[_i].record, len, packed);
    ck_assert_msg(used == pack_write(records[_i].record, len, NULL), "%s", reason);
    ck_assert_msg(used <= records[_i].most, "%s: %zu octets", reason, used);
    memset(out, 'x', sizeof out);
    ck_assert_msg(pack_read(packed, used, out, sizeof out), "%s", reason);
    ck_assert_msg(memcmp(out, records[_i].record, len) == 0, "%s", reason);
    for (size_t i = len; i < sizeof out; i++) {
        ck_assert_msg(out[i] == 0, "%s: octet %zu is not zero", reason, i);
    }
    if (len > 0) {
        ck_assert_msg(!pack_read(packed, used, out, len - 1), "%s: fits into less", reason);
        ck_assert_uint_eq(out[0], 0);
    }
}
END_TEST

START_TEST(random_records_come_back)
{
    unsigned char record[CAP];
    unsigned char packed[2 * CAP];
    unsigned char out[CAP];
    unsigned random = 1;
    for (int round = 0; round < 2000; round++) {
        size_t len = (size_t)(round % CAP);
        for (size_t i = 0; i < len; i++) {
            random = random * 1103515245U + 12345U;
            record[i] = (random >> 16) % 3 ? 0 : (unsigned char)(random >> 20);
        }
        size_t used = pack_write(record, len, packed);
        ck_assert_uint_lt(used, sizeof packed);
        ck_assert(pack_read(packed, used, out, sizeof out));
        ck_assert_mem_eq(out, record, len);
    }
}
END_TEST

static const struct {
    const char *reason;
    const char *packed;
    size_t len;
} not_packed[] = {
    {"a number without an end", RECORD("\xff")},
    {"a number that no length is", RECORD("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
    {"octets that are not there", RECORD("\x0c"
                                         "ab")},
    {"a GUID that is cut", RECORD("\x06"
                                  "0123456789abcde")},
    {"no such kind", RECORD("\x07"
                            "a")},
    {"a piece of nothing", RECORD("\x01")},
    {"more zeros than there is room", RECORD("\xfd\x7f")},
};

START_TEST(anything_else_is_refused)
{
    unsigned char out[CAP];
    memset(out, 'x', sizeof out);
    ck_assert_msg(!pack_read((const unsigned char *)not_packed[_i].packed, not_packed[_i].len, out,
                             sizeof out),
                  "%s", not_packed[_i].reason);
    ck_assert_uint_eq(out[0], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pack");
    TCase *tests = tcase_create("pack");
    tcase_add_loop_test(tests, records_come_back, 0, (int)(sizeof records / sizeof *records));
    tcase_add_test(tests, random_records_come_back);
    tcase_add_loop_test(tests, anything_else_is_refused, 0,
                        (int)(sizeof not_packed / sizeof *not_packed));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
