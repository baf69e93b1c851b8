/* Timelines behind the lock: changes, what is published and what was. */
#include "mockidp/keyring/keyring.h"

#include "mockidp/platform/clock.h"
#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

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

/* The states of Contoso's keys in their order: "removed retired current published"; borrowed. */
static const char *states(void)
{
    static char text[512];
    json_t *json = keyring_json(kitchen.keyring, CONTOSO);
    const json_t *key = NULL;
    size_t i = 0;
    text[0] = '\0';
    json_array_foreach(json_object_get(json, "keys"), i, key)
    {
        size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "%s%s", len ? " " : "",
                       json_string_value(json_object_get(key, "state")));
    }
    json_decref(json);
    return text;
}

static size_t published(bool stale, const struct mint_key *out[KEYRING_PUBLISHED_MAX])
{
    return keyring_published(kitchen.keyring, CONTOSO, stale, out);
}

static bool holds(const struct mint_key *const *keys, size_t count, const char *kid)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i]->kid, kid) == 0) {
            return true;
        }
    }
    return false;
}

static const struct {
    const char *reason;
    const char *tenant;
    const char *name;
    const char *word;
} unknown[] = {
    {"an unknown tenant", "nobody", "current", "nobody"},
    {"no tenant", NULL, "current", "(none)"},
    {"an unknown key", CONTOSO, "nobody", "'nobody'"},
    {"an empty name", CONTOSO, "", "''"},
    {"a key of another tenant is not this one's", FABRIKAM, "contoso-kid", "'contoso-kid'"},
};

START_TEST(what_is_not_there_is_named)
{
    ck_assert_ptr_null(
        keyring_key(kitchen.keyring, unknown[_i].tenant, unknown[_i].name, why, sizeof why));
    ck_assert_msg(strstr(why, unknown[_i].word) != NULL, "%s: %s", unknown[_i].reason, why);
}
END_TEST

START_TEST(every_name_has_a_key_of_its_own)
{
    static const char *const names[] = {
        "current",  "next",   "retired",  "removed",   "other-tenant", "rogue",
        "app",      "shared", "weak-512", "weak-1024", "e3",           "big-3072",
        "big-4096", "roca",   "ec-256",   "ec-384",    "ed25519"};
    enum { NAMES = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < NAMES; i++) {
        const struct mint_key *key = kitchen_key(&kitchen, names[i]);
        ck_assert_ptr_eq(key, kitchen_key(&kitchen, names[i])); /* the same the second time */
        ck_assert_uint_eq(strlen(key->kid), 27);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(strcmp(key->kid, kitchen_key(&kitchen, names[k])->kid) != 0, "%s is %s",
                          names[i], names[k]);
        }
    }
    ck_assert_ptr_eq(kitchen_key(&kitchen, "other-tenant"),
                     keyring_key(kitchen.keyring, FABRIKAM, "current", why, sizeof why));
    /* the last one's other tenant is the first */
    ck_assert_ptr_eq(
        keyring_key(kitchen.keyring, DIRECTORY_CONSUMERS_ID, "other-tenant", why, sizeof why),
        kitchen_key(&kitchen, "current"));
    ck_assert_ptr_eq(kitchen_key(&kitchen, kitchen_key(&kitchen, "retired")->kid),
                     kitchen_key(&kitchen, "retired"));
}
END_TEST

START_TEST(the_only_tenant_has_no_neighbour)
{
    struct clock *clock = clock_new(KITCHEN_TIME, why, sizeof why);
    struct keyring *k = keyring_new(clock, NULL, NULL, why, sizeof why);
    const struct mint_key *key = kitchen_key(&kitchen, "current");
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    ck_assert_int_eq(PEM_write_bio_PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL), 1);
    struct keyring_pem pems[2] = {{NULL, 0}, {NULL, 0}};
    pems[0].len = pems[1].len = (size_t)BIO_get_mem_data(bio, &pem);
    pems[0].data = pems[1].data = pem;
    ck_assert_int_eq(keyring_add(k, CONTOSO, pems, 2), 0);
    ck_assert_ptr_null(keyring_key(k, CONTOSO, "other-tenant", why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "no other tenant"));
    keyring_free(k);
    clock_free(clock);
    BIO_free(bio);
}
END_TEST

START_TEST(a_rotation_moves_every_key_on)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    const struct mint_key *current = kitchen_key(&kitchen, "current");
    const struct mint_key *next = kitchen_key(&kitchen, "next");
    ck_assert_str_eq(states(), "removed retired current published");
    ck_assert_int_eq(keyring_rotate(kitchen.keyring, CONTOSO, true, why, sizeof why), 0);
    ck_assert_str_eq(states(), "removed retired retired current published");
    ck_assert_ptr_eq(kitchen_key(&kitchen, "current"), next);
    ck_assert_ptr_eq(kitchen_key(&kitchen, "retired"), current);
    ck_assert_uint_eq(published(false, keys), 4);
    ck_assert_uint_eq(published(true, keys), 3);
    ck_assert(holds(keys, 3, current->kid) && holds(keys, 3, next->kid));
    ck_assert(!holds(keys, 3, kitchen_key(&kitchen, "next")->kid));
}
END_TEST

START_TEST(an_emergency_signs_with_what_nobody_saw)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    const struct mint_key *next = kitchen_key(&kitchen, "next");
    ck_assert_int_eq(keyring_rotate(kitchen.keyring, CONTOSO, false, why, sizeof why), 0);
    ck_assert_str_eq(states(), "removed retired retired published current");
    ck_assert_ptr_eq(kitchen_key(&kitchen, "next"), next);
    ck_assert_uint_eq(published(true, keys), 3);
    ck_assert(!holds(keys, 3, kitchen_key(&kitchen, "current")->kid));
    ck_assert_uint_eq(published(false, keys), 4);
    ck_assert(holds(keys, 4, kitchen_key(&kitchen, "current")->kid));
}
END_TEST

START_TEST(keys_are_published)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, NULL, why, sizeof why), 0);
    ck_assert_str_eq(states(), "removed retired current published published");
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), 0);
    ck_assert_uint_eq(published(false, keys), 5);
    ck_assert(holds(keys, 5, kitchen_key(&kitchen, "rogue")->kid));
    ck_assert_uint_eq(published(true, keys), 4);
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "nobody", why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "'nobody'"));
    ck_assert_int_eq(keyring_publish(kitchen.keyring, "nobody", NULL, why, sizeof why), -1);
}
END_TEST

/* A published foreign key can be taken back by its name or its kid. */
START_TEST(an_added_key_is_removed_again)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX] = {NULL};
    const char *kid = kitchen_key(&kitchen, "rogue")->kid;
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), 0);
    ck_assert_msg(keyring_remove(kitchen.keyring, CONTOSO, _i ? "rogue" : kid, why, sizeof why) ==
                      0,
                  "%s", why);
    size_t count = published(false, keys);
    ck_assert(!holds(keys, count, kid));
    count = published(true, keys);
    ck_assert(holds(keys, count, kid));
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), 0);
    ck_assert_int_eq(keyring_remove(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), 0);
}
END_TEST

START_TEST(added_keys_have_a_limit)
{
    for (int i = 0; i < TIMELINE_ADDED_MAX; i++) {
        ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), 0);
    }
    why[0] = '\0';
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "remove one first"));
}
END_TEST

START_TEST(retiring_needs_a_successor)
{
    const struct mint_key *next = kitchen_key(&kitchen, "next");
    ck_assert_int_eq(keyring_retire(kitchen.keyring, CONTOSO, why, sizeof why), 0);
    ck_assert_str_eq(states(), "removed retired retired current");
    ck_assert_ptr_eq(kitchen_key(&kitchen, "current"), next);
    ck_assert_int_eq(keyring_retire(kitchen.keyring, CONTOSO, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "publish one first"));
    ck_assert_int_eq(keyring_retire(kitchen.keyring, "nobody", why, sizeof why), -1);
}
END_TEST

static const struct {
    const char *reason;
    const char *name;
    const char *word;
} irremovable[] = {
    {"the key that signs", "current", "signs"},
    {"what is removed already", "removed", "'removed'"},
    {"what is not there", "nobody", "'nobody'"},
    {"what belongs to nobody and was not published", "rogue", "'rogue'"},
};

START_TEST(some_keys_cannot_be_removed)
{
    ck_assert_int_eq(
        keyring_remove(kitchen.keyring, CONTOSO, irremovable[_i].name, why, sizeof why), -1);
    ck_assert_msg(strstr(why, irremovable[_i].word) != NULL, "%s: %s", irremovable[_i].reason, why);
    ck_assert_str_eq(states(), "removed retired current published");
}
END_TEST

START_TEST(removing_leaves_two)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    ck_assert_int_eq(keyring_remove(kitchen.keyring, CONTOSO, NULL, why, sizeof why), 0);
    ck_assert_str_eq(states(), "removed removed current published");
    ck_assert_uint_eq(published(false, keys), 2);
    ck_assert_uint_eq(published(true, keys), 3);
    ck_assert_int_eq(keyring_remove(kitchen.keyring, CONTOSO, "next", why, sizeof why), 0);
    ck_assert_str_eq(states(), "removed removed current removed published");
    ck_assert_uint_eq(published(false, keys), 2);
}
END_TEST

START_TEST(a_reset_is_the_start)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    const struct mint_key *current = kitchen_key(&kitchen, "current");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(keyring_rotate(kitchen.keyring, CONTOSO, true, why, sizeof why), 0);
    }
    ck_assert_int_eq(keyring_publish(kitchen.keyring, CONTOSO, "rogue", why, sizeof why), 0);
    keyring_reset(kitchen.keyring);
    ck_assert_str_eq(states(), "removed retired current published");
    ck_assert_ptr_eq(kitchen_key(&kitchen, "current"), current);
    ck_assert_uint_eq(published(true, keys), 3);
}
END_TEST

START_TEST(one_tenants_keys_are_not_anothers)
{
    const struct mint_key *before =
        keyring_key(kitchen.keyring, FABRIKAM, "current", why, sizeof why);
    ck_assert_int_eq(keyring_rotate(kitchen.keyring, CONTOSO, true, why, sizeof why), 0);
    ck_assert_ptr_eq(keyring_key(kitchen.keyring, FABRIKAM, "current", why, sizeof why), before);
}
END_TEST

/* More rotations than there are keys: the missing ones are made, and waited for. */
START_TEST(rotations_never_end)
{
    char seen[9][MINT_KID_CAP];
    for (int i = 0; i < 9; i++) {
        (void)snprintf(seen[i], MINT_KID_CAP, "%s", kitchen_key(&kitchen, "current")->kid);
        for (int k = 0; k < i; k++) {
            ck_assert_str_ne(seen[i], seen[k]);
        }
        ck_assert_int_eq(keyring_rotate(kitchen.keyring, CONTOSO, true, why, sizeof why), 0);
    }
}
END_TEST

START_TEST(the_plan_follows_the_clock)
{
    struct clock *clock = clock_new(KITCHEN_TIME, why, sizeof why);
    struct keyring *ring =
        keyring_new(clock, NULL, "100,publish-ahead=30,retire-after=50", why, sizeof why);
    ck_assert_msg(ring != NULL, "%s", why);
    struct keyring *demo = kitchen.keyring;
    struct keyring_pem pems[6];
    for (size_t i = 0; i < 6; i++) {
        pems[i] = (struct keyring_pem){kitchen.pems[i], strlen(kitchen.pems[i])};
    }
    ck_assert_int_eq(keyring_add(ring, CONTOSO, pems, 6), 0);
    kitchen.keyring = ring;
    ck_assert_str_eq(states(), "removed retired current published");
    clock_advance(clock, 50);
    ck_assert_str_eq(states(), "removed removed current published");
    clock_advance(clock, 50);
    ck_assert_str_eq(states(), "removed removed retired current");
    clock_advance(clock, 70);
    /* the retired one was due for 20 s: two keys stay published */
    ck_assert_str_eq(states(), "removed removed removed current published");
    /* what the plan takes, the maker replaces: the call waits for a key */
    clock_advance(clock, 1000);
    (void)states();
    ck_assert_int_eq(keyring_publish(ring, CONTOSO, NULL, why, sizeof why), 0);
    kitchen.keyring = demo;
    keyring_free(ring);
    clock_free(clock);
}
END_TEST

START_TEST(a_bad_plan_makes_no_keyring)
{
    ck_assert_ptr_null(keyring_new(kitchen.clock, NULL, "often", why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "'often'"));
    keyring_free(NULL);
}
END_TEST

/* Adding a tenant again changes nothing: a reload must not take its keys back. */
START_TEST(a_tenant_is_added_once)
{
    const struct mint_key *before = kitchen_key(&kitchen, "current");
    ck_assert_int_eq(keyring_add(kitchen.keyring, CONTOSO, NULL, 0), 0);
    ck_assert_ptr_eq(kitchen_key(&kitchen, "current"), before);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("keyring");
    TCase *tcase = tcase_create("keyring");
    tcase_add_checked_fixture(tcase, open_kitchen, close_kitchen);
    tcase_set_timeout(tcase, 60); /* rotations_never_end makes keys */
    tcase_add_loop_test(tcase, what_is_not_there_is_named, 0, ROWS(unknown));
    tcase_add_test(tcase, every_name_has_a_key_of_its_own);
    tcase_add_test(tcase, the_only_tenant_has_no_neighbour);
    tcase_add_test(tcase, a_rotation_moves_every_key_on);
    tcase_add_test(tcase, an_emergency_signs_with_what_nobody_saw);
    tcase_add_test(tcase, keys_are_published);
    tcase_add_loop_test(tcase, an_added_key_is_removed_again, 0, 2);
    tcase_add_test(tcase, added_keys_have_a_limit);
    tcase_add_test(tcase, retiring_needs_a_successor);
    tcase_add_loop_test(tcase, some_keys_cannot_be_removed, 0, ROWS(irremovable));
    tcase_add_test(tcase, removing_leaves_two);
    tcase_add_test(tcase, a_reset_is_the_start);
    tcase_add_test(tcase, one_tenants_keys_are_not_anothers);
    tcase_add_test(tcase, rotations_never_end);
    tcase_add_test(tcase, the_plan_follows_the_clock);
    tcase_add_test(tcase, a_bad_plan_makes_no_keyring);
    tcase_add_test(tcase, a_tenant_is_added_once);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
