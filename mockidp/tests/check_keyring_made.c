/* Keys that a tenant does not bring: made in the background, and kept in the state folder. */
#include "mockidp/keyring/keyring.h"

#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct kitchen kitchen;
static char why[256];

static void open_kitchen(void)
{
    kitchen_open(&kitchen);
    why[0] = '\0';
}

static void close_kitchen(void)
{
    kitchen_close(&kitchen);
}

/* The kids of current and next of a tenant that brings no keys. */
static void made_kids(const char *state_dir, const char *tenant, char current[MINT_KID_CAP],
                      char next[MINT_KID_CAP])
{
    struct keyring *k = keyring_new(kitchen.clock, state_dir, NULL, why, sizeof why);
    ck_assert_int_eq(keyring_add(k, tenant, NULL, 0), 0);
    const struct mint_key *key = keyring_key(k, tenant, "current", why, sizeof why);
    ck_assert_msg(key != NULL && EVP_PKEY_get_bits(key->pkey) == 2048, "%s", why);
    (void)snprintf(current, MINT_KID_CAP, "%s", key->kid);
    key = keyring_key(k, tenant, "next", why, sizeof why);
    ck_assert_msg(key != NULL, "%s", why);
    (void)snprintf(next, MINT_KID_CAP, "%s", key->kid);
    keyring_free(k);
}

START_TEST(a_tenant_without_keys_gets_some_and_keeps_them)
{
    char *dir = scratch_make();
    char first[2][MINT_KID_CAP];
    char second[2][MINT_KID_CAP];
    struct stat st;
    made_kids(dir, "tenant-a", first[0], first[1]);
    ck_assert_str_ne(first[0], first[1]);
    char *path = scratch_path(dir, "keys/tenant-a-00.pem");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    made_kids(dir, "tenant-a", second[0], second[1]);
    ck_assert_str_eq(first[0], second[0]);
    ck_assert_str_eq(first[1], second[1]);
    made_kids(dir, "tenant-b", second[0], second[1]); /* another tenant has others */
    ck_assert_str_ne(first[0], second[0]);
    free(path);
    scratch_remove(dir);
}
END_TEST

START_TEST(a_damaged_key_file_is_made_anew)
{
    char *dir = scratch_make();
    char first[2][MINT_KID_CAP];
    char second[2][MINT_KID_CAP];
    made_kids(dir, "tenant-a", first[0], first[1]);
    char *path = scratch_write(dir, "keys/tenant-a-00.pem", "-----BEGIN PRIVATE KEY-----\n");
    made_kids(dir, "tenant-a", second[0], second[1]);
    ck_assert_str_ne(first[0], second[0]);
    ck_assert_str_eq(first[1], second[1]);
    free(path);
    scratch_remove(dir);
}
END_TEST

/* The state folder need not be there: it is made. */
START_TEST(a_new_state_folder_is_made)
{
    char *parent = scratch_make();
    char *dir = scratch_path(parent, "state");
    char first[2][MINT_KID_CAP];
    char second[2][MINT_KID_CAP];
    made_kids(dir, "tenant-a", first[0], first[1]);
    made_kids(dir, "tenant-a", second[0], second[1]);
    ck_assert_str_eq(first[0], second[0]);
    free(dir);
    scratch_remove(parent);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keyring, made keys");
    TCase *tcase = tcase_create("made");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_set_timeout(tcase, 60); /* keys are made */
    tcase_add_test(tcase, a_tenant_without_keys_gets_some_and_keeps_them);
    tcase_add_test(tcase, a_damaged_key_file_is_made_anew);
    tcase_add_test(tcase, a_new_state_folder_is_made);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
