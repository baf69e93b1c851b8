/* Randomness: the same on every machine with a seed, never the same without. */
#include "mockidp/platform/rng.h"

#include <check.h>
#include <ctype.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What the header promises, worked out here: SHA-256 of counter and seed, block by block. */
START_TEST(a_seed_gives_a_known_sequence)
{
    unsigned char got[40];
    unsigned char want[64];
    struct rng *rng = rng_new("seed");
    rng_bytes(rng, got, sizeof got);
    ck_assert_int_eq(EVP_Digest("0:seed", 6, want, NULL, EVP_sha256(), NULL), 1);
    ck_assert_int_eq(EVP_Digest("1:seed", 6, want + 32, NULL, EVP_sha256(), NULL), 1);
    ck_assert_mem_eq(got, want, sizeof got);
    rng_free(rng);
}
END_TEST

static const struct {
    const char *reason;
    const char *one;
    const char *other;
    bool same;
} seeds[] = {
    {"another seed is another sequence", "a", "b", false},
    {"no seed is never the same", NULL, NULL, false},
    {"an empty seed is a seed", "", "", true},
    {"the same seed is the same sequence", "a", "a", true},
};

START_TEST(sequences_are_the_same_or_not)
{
    char a[RNG_GUID_CAP];
    char b[RNG_GUID_CAP];
    struct rng *one = rng_new(seeds[_i].one);
    struct rng *other = rng_new(seeds[_i].other);
    rng_guid(one, a);
    rng_guid(other, b);
    ck_assert_msg((strcmp(a, b) == 0) == seeds[_i].same, "%s", seeds[_i].reason);
    ck_assert_msg((rng_unit(one) == rng_unit(other)) == seeds[_i].same, "%s", seeds[_i].reason);
    rng_free(one);
    rng_free(other);
}
END_TEST

/* Two long seeds that differ late are two seeds. */
START_TEST(a_long_seed_counts_to_its_end)
{
    char a[400];
    char b[400];
    char one[RNG_GUID_CAP];
    char other[RNG_GUID_CAP];
    memset(a, 'x', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    memcpy(b, a, sizeof a);
    b[sizeof b - 2] = 'y';
    struct rng *first = rng_new(a);
    struct rng *second = rng_new(b);
    rng_guid(first, one);
    rng_guid(second, other);
    ck_assert_str_ne(one, other);
    rng_free(first);
    rng_free(second);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    return memcmp(a, b, 8);
}

/* Unseeded randomness is fetched in large portions: each is given out once. */
START_TEST(nothing_is_given_twice)
{
    static unsigned char got[4096][8];
    static unsigned char large[8192];
    struct rng *rng = rng_new(NULL);
    for (size_t i = 0; i < 4096; i++) {
        unsigned char odd[3];
        rng_bytes(rng, got[i], sizeof got[i]);
        rng_bytes(rng, odd, i % sizeof odd);
    }
    qsort(got, 4096, sizeof got[0], by_value);
    for (size_t i = 1; i < 4096; i++) {
        ck_assert_int_ne(memcmp(got[i - 1], got[i], sizeof got[i]), 0);
    }
    rng_bytes(rng, large, sizeof large);
    for (size_t i = 8; i < sizeof large; i += 8) {
        ck_assert_int_ne(memcmp(large + i - 8, large + i, 8), 0);
    }
    rng_free(rng);
}
END_TEST

START_TEST(a_guid_has_version_4)
{
    char guid[RNG_GUID_CAP];
    struct rng *rng = rng_new(_i == 0 ? NULL : "seed");
    for (int n = 0; n < 100; n++) {
        rng_guid(rng, guid);
        ck_assert_uint_eq(strlen(guid), 36);
        ck_assert_int_eq(guid[14], '4');
        ck_assert_ptr_nonnull(strchr("89ab", guid[19]));
        for (size_t i = 0; i < 36; i++) {
            bool dash = i == 8 || i == 13 || i == 18 || i == 23;
            ck_assert_msg(dash ? guid[i] == '-'
                               : isdigit((unsigned char)guid[i]) ||
                                     (guid[i] >= 'a' && guid[i] <= 'f'),
                          "%s", guid);
        }
    }
    rng_free(rng);
}
END_TEST

START_TEST(a_unit_stays_below_one)
{
    double sum = 0;
    struct rng *rng = rng_new("unit");
    for (int n = 0; n < 1000; n++) {
        double unit = rng_unit(rng);
        ck_assert(unit >= 0 && unit < 1);
        sum += unit;
    }
    ck_assert(sum > 450 && sum < 550);
    rng_free(rng);
}
END_TEST

START_TEST(nothing_is_asked_for_and_freed)
{
    unsigned char byte = 7;
    struct rng *rng = rng_new("seed");
    rng_bytes(rng, &byte, 0);
    ck_assert_int_eq(byte, 7);
    rng_free(rng);
    rng_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rng");
    TCase *tcase = tcase_create("rng");
    tcase_add_test(tcase, a_seed_gives_a_known_sequence);
    tcase_add_loop_test(tcase, sequences_are_the_same_or_not, 0, 4);
    tcase_add_test(tcase, a_long_seed_counts_to_its_end);
    tcase_add_test(tcase, nothing_is_given_twice);
    tcase_add_loop_test(tcase, a_guid_has_version_4, 0, 2);
    tcase_add_test(tcase, a_unit_stays_below_one);
    tcase_add_test(tcase, nothing_is_asked_for_and_freed);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
