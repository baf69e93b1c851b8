/* The gzip coding of fault rules against the gzip program. */
#include "mockidp/faults/gzip.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Another implementation reads what ours wrote: gzip -dc, byte for byte. */
static void check_gunzip(char *packed, size_t packed_len, const char *expected, size_t len)
{
    char path[] = "/tmp/check_fault_rules.XXXXXX";
    char command[96];
    char *got = malloc(len + 2);
    int fd = mkstemp(path);

    ck_assert(packed != NULL && got != NULL && fd >= 0);
    ck_assert_int_eq(write(fd, packed, packed_len), (ssize_t)packed_len);
    close(fd);
    (void)snprintf(command, sizeof command, "gzip -dc < %s", path);
    FILE *out = popen(command, "r");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fread(got, 1, len + 1, out), len);
    ck_assert_msg(pclose(out) == 0, "gzip found a fault");
    ck_assert(memcmp(got, expected, len) == 0);
    unlink(path);
    free(got);
    free(packed);
}

START_TEST(gzip_is_what_others_read)
{
    static const size_t lengths[] = {0, 1, 258, 259, 65535, 65536, 200000};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t len = lengths[i];
        size_t packed = 0;
        char *data = malloc(len + 1);
        ck_assert_ptr_nonnull(data);
        for (size_t k = 0; k < len; k++) {
            data[k] = (char)(k * 7 + k / 300);
        }
        char *stored = gzip_store(data, len, &packed);
        check_gunzip(stored, packed, data, len);
        memset(data, ' ', len);
        char *bomb = gzip_bomb(len, &packed);
        check_gunzip(bomb, packed, data, len);
        ck_assert_msg(packed < 300 + len / 150, "%zu for %zu", packed, len);
        free(data);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fault gzip");
    TCase *tests = tcase_create("fault gzip");

    tcase_add_test(tests, gzip_is_what_others_read);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
