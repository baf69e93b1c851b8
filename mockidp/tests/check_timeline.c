/* The life of keys, played by hand and by plan; the keys are made once and small. */
#include "mockidp/keyring/timeline.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* ---- the text of --rotate ---- */

static const struct {
    const char *reason;
    const char *text;
    int64_t every; /* 0: refused */
    int64_t ahead;
    int64_t after;
} plans[] = {
    {"nothing", "", 0, 0, 0},
    {"not a number", "often", 0, 0, 0},
    {"no zero", "0", 0, 0, 0},
    {"not negative", "-5", 0, 0, 0},
    {"an unknown unit", "5w", 0, 0, 0},
    {"two units", "1h30m", 0, 0, 0},
    {"a space", "5 m", 0, 0, 0},
    {"longer than ten years", "3651d", 0, 0, 0},
    {"so long that it overflows", "99999999999999999999d", 0, 0, 0},
    {"an unknown member", "5m,ahead=1m", 0, 0, 0},
    {"a member without a value", "5m,publish-ahead=", 0, 0, 0},
    {"a negative member", "5m,retire-after=-1", 0, 0, 0},
    {"a comma too many", "5m,", 0, 0, 0},
    {"the members first", "publish-ahead=1m,5m", 0, 0, 0},
    {"seconds", "30", 30, 30, 30},
    {"seconds, said", "30s", 30, 30, 30},
    {"minutes", "5m", 300, 300, 300},
    {"hours", "2h", 7200, 7200, 7200},
    {"days", "1d", 86400, 86400, 86400},
    {"published ahead", "10m,publish-ahead=2m", 600, 120, 600},
    {"retired after", "10m,retire-after=1h", 600, 600, 3600},
    {"both, in the other order", "10m,retire-after=1h,publish-ahead=30", 600, 30, 3600},
    {"not ahead at all", "10m,publish-ahead=0", 600, 0, 600},
    {"removed at once", "10m,retire-after=0", 600, 600, 0},
    {"ahead of the one before: as far as a turn", "10m,publish-ahead=1h", 600, 600, 600},
};

START_TEST(plans_are_read)
{
    char why[200] = "";
    struct timeline_plan plan = {0};
    bool ok = timeline_plan_parse(plans[_i].text, &plan, why, sizeof why);
    ck_assert_msg(ok == (plans[_i].every > 0), "%s: %d", plans[_i].reason, ok);
    if (!ok) {
        ck_assert_msg(strstr(why, "publish-ahead=D") != NULL, "%s: %s", plans[_i].reason, why);
        return;
    }
    ck_assert_msg(plan.every_s == plans[_i].every && plan.publish_ahead_s == plans[_i].ahead &&
                      plan.retire_after_s == plans[_i].after,
                  "%s: %lld %lld %lld", plans[_i].reason, (long long)plan.every_s,
                  (long long)plan.publish_ahead_s, (long long)plan.retire_after_s);
}
END_TEST

/* ---- states ---- */

static const struct timeline_plan by_hand;

/* A timeline of `count` keys, without their PEM: the kids do not matter here. */
static void fill(struct timeline *t, size_t count)
{
    *t = (struct timeline){0};
    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_nonnull(timeline_append(t, mint_key_generate_ec("ED25519", NULL), NULL, 0));
    }
}

/* The states as letters, the reserve as dots: "xrcp..". */
static const char *states(const struct timeline *t)
{
    static char text[64];
    struct timeline_entry *e = NULL;
    size_t i = 0;
    for (; (e = timeline_at(t, i)) && i + 1 < sizeof text; i++) {
        text[i] = ".pcrx"[e->state];
    }
    text[i] = '\0';
    return text;
}

START_TEST(a_start_takes_as_many_as_there_are)
{
    static const struct {
        size_t count;
        const char *want;
        size_t published;
    } rows[] = {{0, "", 0},    {1, "c", 1},    {2, "cp", 2},
                {3, "cp.", 2}, {4, "xrcp", 3}, {6, "xrcp..", 3}};
    struct timeline t;
    fill(&t, rows[_i].count);
    timeline_start(&t, 1000, &by_hand);
    ck_assert_str_eq(states(&t), rows[_i].want);
    ck_assert_uint_eq(timeline_published(&t), rows[_i].published);
    ck_assert_uint_eq(timeline_reserve(&t), rows[_i].count - t.used);
    timeline_cleanup(&t);
}
END_TEST

START_TEST(names_find_their_key)
{
    struct timeline t;
    fill(&t, 5);
    ck_assert_ptr_null(timeline_find(&t, "current"));
    timeline_start(&t, 1000, &by_hand);
    ck_assert_ptr_null(timeline_find(&t, "nobody"));
    ck_assert_ptr_eq(timeline_find(&t, "removed"), timeline_at(&t, 0));
    ck_assert_ptr_eq(timeline_find(&t, "retired"), timeline_at(&t, 1));
    ck_assert_ptr_eq(timeline_find(&t, "current"), timeline_at(&t, 2));
    ck_assert_ptr_eq(timeline_find(&t, "next"), timeline_at(&t, 3));
    ck_assert_ptr_eq(timeline_find(&t, timeline_at(&t, 1)->key->kid), timeline_at(&t, 1));
    ck_assert_ptr_null(timeline_find(&t, timeline_at(&t, 4)->key->kid)); /* still in reserve */
    ck_assert_ptr_null(timeline_at(&t, 5));
    timeline_cleanup(&t);
}
END_TEST

START_TEST(keys_change_by_hand)
{
    struct timeline t;
    fill(&t, 7);
    timeline_start(&t, 1000, &by_hand);
    timeline_sign(&t, timeline_find(&t, "next"), 1010);
    ck_assert_str_eq(states(&t), "xrrc...");
    ck_assert_int_eq(timeline_find(&t, "current")->signs_from, 1010);
    ck_assert_int_eq(timeline_find(&t, "retired")->retired_at, 1010); /* the latest one */
    ck_assert_ptr_nonnull(timeline_publish(&t, 1020));
    ck_assert_str_eq(states(&t), "xrrcp..");
    ck_assert_int_eq(timeline_find(&t, "next")->published_at, 1020);
    timeline_remove(timeline_find(&t, "retired"), 1030);
    ck_assert_str_eq(states(&t), "xrxcp..");
    ck_assert_int_eq(timeline_at(&t, 2)->removed_at, 1030);
    timeline_cleanup(&t);
}
END_TEST

START_TEST(an_empty_reserve_publishes_nothing)
{
    struct timeline t;
    fill(&t, 4);
    timeline_start(&t, 1000, &by_hand);
    ck_assert_ptr_null(timeline_publish(&t, 1010));
    ck_assert_str_eq(states(&t), "xrcp");
    timeline_cleanup(&t);
}
END_TEST

/* Whoever signs again and again keeps six keys published; the oldest ones go. */
START_TEST(too_many_drop_the_oldest)
{
    struct timeline t;
    fill(&t, 12);
    timeline_start(&t, 1000, &by_hand);
    for (int64_t now = 1001; now < 1008; now++) {
        struct timeline_entry *next = timeline_find(&t, "next");
        timeline_sign(&t, next ? next : timeline_publish(&t, now), now);
    }
    ck_assert_str_eq(states(&t), "xxxxrrrrrc..");
    timeline_cleanup(&t);
}
END_TEST

START_TEST(a_stale_view_is_the_one_before)
{
    struct timeline t;
    fill(&t, 6);
    timeline_start(&t, 1000, &by_hand);
    ck_assert(timeline_at(&t, 1)->stale && !timeline_at(&t, 0)->stale &&
              !timeline_at(&t, 4)->stale);
    timeline_remember(&t);
    timeline_publish(&t, 1010);
    timeline_remove(timeline_find(&t, "retired"), 1010);
    ck_assert(timeline_at(&t, 1)->stale && !timeline_at(&t, 4)->stale);
    ck_assert(!timeline_is_published(timeline_at(&t, 1)));
    ck_assert(timeline_is_published(timeline_at(&t, 4)));
    timeline_cleanup(&t);
}
END_TEST

/* Keys of somebody else stand beside the timeline; a start forgets them. */
START_TEST(added_keys_stand_beside)
{
    struct timeline t;
    struct mint_key *foreign = mint_key_generate_ec("P-256", NULL);
    fill(&t, 4);
    timeline_start(&t, 1000, &by_hand);
    for (size_t i = 0; i < TIMELINE_ADDED_MAX; i++) {
        ck_assert_ptr_nonnull(timeline_add(&t, foreign, 1001));
    }
    ck_assert_ptr_null(timeline_add(&t, foreign, 1001));
    ck_assert_str_eq(states(&t), "xrcppppppppppppppppp");
    ck_assert_ptr_eq(timeline_find(&t, "next"), timeline_at(&t, 3));
    ck_assert_ptr_eq(timeline_find(&t, foreign->kid), timeline_at(&t, 4));
    timeline_start(&t, 1002, &by_hand);
    ck_assert_str_eq(states(&t), "xrcp");
    timeline_cleanup(&t);
    mint_key_free(foreign);
}
END_TEST

/* ---- the plan, with a clock that is a number ---- */

#define EVERY 100

static const struct {
    const char *reason;
    int64_t ahead;
    int64_t after;
    struct {
        int64_t now;
        const char *want;
    } steps[6];
} played[] = {
    {"published 30 before it signs, removed 50 after",
     30,
     50,
     {{0, "xrcp...."},
      {49, "xrcp...."},
      {50, "xxcp...."},
      {99, "xxcp...."},
      {100, "xxrc...."},
      {169, "xxrc...."}}},
    {"the next one comes in time",
     30,
     500,
     {{100, "xrrc...."},
      {169, "xrrc...."},
      {170, "xrrcp..."},
      {199, "xrrcp..."},
      {200, "xrrrc..."},
      {300, "xrrrrc.."}}},
    {"not ahead: published and signing at once, two stay published",
     0,
     0,
     {{99, "xxcp...."}, {100, "xxrc...."}, {200, "xxxrc..."}, {201, "xxxrc..."}}},
    {"time passes without anybody looking", 100, 100, {{350, "xxxxrcp."}}},
    {"as far as the reserve goes", 100, 1000, {{5000, "xxxxxxrc"}, {6000, "xxxxxxrc"}}},
};

START_TEST(a_plan_is_played)
{
    struct timeline t;
    struct timeline_plan plan = {EVERY, played[_i].ahead, played[_i].after};
    fill(&t, 8);
    timeline_start(&t, 1000, &plan);
    for (size_t i = 0; i < 6 && played[_i].steps[i].want; i++) {
        timeline_tick(&t, 1000 + played[_i].steps[i].now, &plan);
        ck_assert_msg(strcmp(states(&t), played[_i].steps[i].want) == 0, "%s, at %lld: %s",
                      played[_i].reason, (long long)played[_i].steps[i].now, states(&t));
    }
    timeline_cleanup(&t);
}
END_TEST

START_TEST(times_are_those_of_the_plan)
{
    struct timeline t;
    struct timeline_plan plan = {EVERY, 30, 50};
    fill(&t, 8);
    timeline_start(&t, 1000, &plan);
    ck_assert_int_eq(t.rotate_at, 1100);
    timeline_tick(&t, 1290, &plan); /* looked at late, and yet */
    ck_assert_int_eq(timeline_at(&t, 3)->signs_from, 1100);
    ck_assert_int_eq(timeline_at(&t, 4)->published_at, 1170);
    ck_assert_int_eq(timeline_at(&t, 4)->signs_from, 1200);
    ck_assert_int_eq(timeline_at(&t, 2)->removed_at, 1150);
    ck_assert_int_eq(t.rotate_at, 1300);
    timeline_cleanup(&t);
}
END_TEST

START_TEST(without_a_plan_nothing_changes)
{
    struct timeline t;
    fill(&t, 6);
    timeline_start(&t, 1000, &by_hand);
    timeline_tick(&t, 1000000000, &by_hand);
    ck_assert_str_eq(states(&t), "xrcp..");
    timeline_cleanup(&t);
}
END_TEST

START_TEST(json_shows_what_was_reached)
{
    struct timeline t;
    struct timeline_plan plan = {EVERY, 30, 50};
    fill(&t, 5);
    timeline_start(&t, 1000, &plan);
    json_t *json = timeline_json(&t);
    const json_t *keys = json_object_get(json, "keys");
    ck_assert_uint_eq(json_array_size(keys), 4); /* the reserve is nobody's business */
    static const char *const names[] = {"removed", "retired", "current", "published"};
    for (size_t i = 0; i < 4; i++) {
        const json_t *key = json_array_get(keys, i);
        ck_assert_str_eq(json_string_value(json_object_get(key, "state")), names[i]);
        ck_assert_str_eq(json_string_value(json_object_get(key, "kid")),
                         timeline_at(&t, i)->key->kid);
        ck_assert_int_eq(json_integer_value(json_object_get(key, "published_at")), 1000);
    }
    ck_assert_ptr_null(json_object_get(json_array_get(keys, 3), "signs_from"));
    ck_assert_int_eq(json_integer_value(json_object_get(json, "rotates_at")), 1100);
    json_decref(json);
    timeline_cleanup(&t);
}
END_TEST

START_TEST(what_is_no_key_stays_none)
{
    struct timeline t = {0};
    struct timeline_entry *e = timeline_append(&t, NULL, "rubbish", 7);
    ck_assert_ptr_null(timeline_key(e));
    ck_assert_ptr_null(timeline_key(NULL));
    timeline_start(&t, 1000, &by_hand);
    json_t *json = timeline_json(&t);
    ck_assert(
        json_is_null(json_object_get(json_array_get(json_object_get(json, "keys"), 0), "kid")));
    json_decref(json);
    timeline_cleanup(&t);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("timeline");
    TCase *tcase = tcase_create("timeline");
    tcase_add_loop_test(tcase, plans_are_read, 0, ROWS(plans));
    tcase_add_loop_test(tcase, a_start_takes_as_many_as_there_are, 0, 6);
    tcase_add_test(tcase, names_find_their_key);
    tcase_add_test(tcase, keys_change_by_hand);
    tcase_add_test(tcase, an_empty_reserve_publishes_nothing);
    tcase_add_test(tcase, too_many_drop_the_oldest);
    tcase_add_test(tcase, a_stale_view_is_the_one_before);
    tcase_add_test(tcase, added_keys_stand_beside);
    tcase_add_loop_test(tcase, a_plan_is_played, 0, ROWS(played));
    tcase_add_test(tcase, times_are_those_of_the_plan);
    tcase_add_test(tcase, without_a_plan_nothing_changes);
    tcase_add_test(tcase, json_shows_what_was_reached);
    tcase_add_test(tcase, what_is_no_key_stays_none);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
