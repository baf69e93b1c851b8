/* What is remembered, for how long, and what of two who come at once. */
#include "mockidp/state/state.h"

#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the map ---- */

START_TEST(a_record_lives_until_its_time)
{
    char out[8];
    struct ttlmap *map = ttlmap_new(4, SIZE_MAX);
    ck_assert(!ttlmap_get(map, "a", 0, out, sizeof out));
    ck_assert_int_eq(ttlmap_put(map, "a", "one", 4, 100, 110), 0);
    ck_assert(ttlmap_get(map, "a", 109, out, sizeof out));
    ck_assert_str_eq(out, "one");
    ck_assert(!ttlmap_get(map, "a", 110, out, sizeof out));
    ck_assert(!ttlmap_get(map, "A", 100, out, sizeof out));
    ttlmap_free(map);
}
END_TEST

START_TEST(a_second_put_stands_in_place_of_the_first)
{
    char out[8];
    struct ttlmap *map = ttlmap_new(4, SIZE_MAX);
    ck_assert_int_eq(ttlmap_put(map, "a", "longer", 7, 0, 10), 0);
    ck_assert_int_eq(ttlmap_put(map, "a", "two", 4, 0, 20), 0);
    ck_assert_uint_eq(ttlmap_count(map, 0), 1);
    ck_assert(ttlmap_get(map, "a", 15, out, sizeof out));
    ck_assert_mem_eq(out, "two\0\0\0\0\0", 8);
    ttlmap_free(map);
}
END_TEST

START_TEST(a_record_longer_than_asked_for_is_not_cut)
{
    char out[3];
    struct ttlmap *map = ttlmap_new(4, SIZE_MAX);
    ck_assert_int_eq(ttlmap_put(map, "a", "four", 4, 0, 10), 0);
    ck_assert(!ttlmap_get(map, "a", 0, out, sizeof out));
    ttlmap_free(map);
}
END_TEST

START_TEST(a_full_map_lets_the_oldest_go)
{
    char out[2];
    struct ttlmap *map = ttlmap_new(3, SIZE_MAX);
    for (char key[2] = "a"; *key <= 'd'; ++*key) {
        ck_assert_int_eq(ttlmap_put(map, key, key, 2, 0, 10), 0);
    }
    ck_assert_uint_eq(ttlmap_count(map, 0), 3);
    ck_assert(!ttlmap_get(map, "a", 0, out, sizeof out));
    ck_assert(ttlmap_get(map, "b", 0, out, sizeof out));
    ttlmap_free(map);
}
END_TEST

START_TEST(but_first_what_expired)
{
    char out[2];
    struct ttlmap *map = ttlmap_new(2, SIZE_MAX);
    ck_assert_int_eq(ttlmap_put(map, "old", "x", 2, 0, 1000), 0);
    ck_assert_int_eq(ttlmap_put(map, "short", "x", 2, 0, 5), 0);
    ck_assert_int_eq(ttlmap_put(map, "new", "x", 2, 6, 1000), 0);
    ck_assert(ttlmap_get(map, "old", 6, out, sizeof out));
    ttlmap_free(map);
}
END_TEST

START_TEST(octets_are_bounded_too)
{
    char big[600];
    char out[sizeof big];
    struct ttlmap *map = ttlmap_new(100, 1500);
    memset(big, 'x', sizeof big);
    for (char key[2] = "a"; *key <= 'c'; ++*key) {
        ck_assert_int_eq(ttlmap_put(map, key, big, sizeof big, 0, 10), 0);
    }
    struct ttlmap_level level = ttlmap_level(map, 0);
    ck_assert_uint_eq(level.count, 2);
    ck_assert_uint_eq(level.forgotten, 1);
    ck_assert(!ttlmap_get(map, "a", 0, out, sizeof out));
    ck_assert(ttlmap_get(map, "c", 0, out, sizeof out));
    ck_assert_mem_eq(out, big, sizeof big);
    ttlmap_free(map);
}
END_TEST

START_TEST(what_expired_is_not_forgotten)
{
    struct ttlmap *map = ttlmap_new(1, SIZE_MAX);
    ck_assert_int_eq(ttlmap_put(map, "a", "x", 2, 0, 5), 0);
    ck_assert_uint_eq(ttlmap_sweep(map, 4), 0);
    ck_assert_uint_gt(ttlmap_sweep(map, 5), 0);
    ck_assert_int_eq(ttlmap_put(map, "b", "x", 2, 6, 50), 0);
    ck_assert_uint_eq(ttlmap_level(map, 6).forgotten, 0);
    ck_assert_int_eq(ttlmap_put(map, "c", "x", 2, 7, 50), 0);
    ck_assert_uint_eq(ttlmap_level(map, 7).forgotten, 1);
    ttlmap_clear(map);
    ck_assert_uint_eq(ttlmap_level(map, 7).forgotten, 0);
    ttlmap_free(map);
}
END_TEST

START_TEST(a_clock_set_back_finds_it_again)
{
    char out[2];
    struct ttlmap *map = ttlmap_new(2, SIZE_MAX);
    ck_assert_int_eq(ttlmap_put(map, "a", "x", 2, 1000, 2000), 0);
    ck_assert_uint_eq(ttlmap_count(map, 1500), 1);
    ck_assert(ttlmap_get(map, "a", 10, out, sizeof out));
    ck_assert_uint_eq(ttlmap_count(map, 2000), 0);
    ck_assert(!ttlmap_get(map, "a", 10, out, sizeof out));
    ttlmap_free(map);
}
END_TEST

enum { TAKERS = 4, KEYS = 500 };

struct race {
    struct ttlmap *map;
    int taken;
};

static void *take_all(void *closure)
{
    struct race *race = closure;
    char key[16];
    char out[16];
    for (int i = 0; i < KEYS; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        race->taken += ttlmap_take(race->map, key, 0, out, sizeof out);
    }
    return NULL;
}

START_TEST(of_many_takers_one_has_it)
{
    pthread_t threads[TAKERS];
    struct race races[TAKERS];
    char key[16];
    int taken = 0;
    struct ttlmap *map = ttlmap_new(KEYS, SIZE_MAX);
    for (int i = 0; i < KEYS; i++) {
        (void)snprintf(key, sizeof key, "%d", i);
        ck_assert_int_eq(ttlmap_put(map, key, key, sizeof key, 0, 10), 0);
    }
    for (int i = 0; i < TAKERS; i++) {
        races[i] = (struct race){map, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_all, &races[i]), 0);
    }
    for (int i = 0; i < TAKERS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        taken += races[i].taken;
    }
    ck_assert_int_eq(taken, KEYS);
    ck_assert_uint_eq(ttlmap_count(map, 0), 0);
    ttlmap_free(map);
}
END_TEST

/* ---- the kinds ---- */

static struct clock *the_clock;
static struct rng *rng;
static struct state *state;

static void start(void)
{
    char why[100];
    the_clock = clock_new("2026-01-31T12:00:00Z", why, sizeof why);
    rng = rng_new("state");
    state = state_new(the_clock, rng);
    ck_assert_ptr_nonnull(state);
}

static void stop(void)
{
    state_free(state);
    rng_free(rng);
    clock_free(the_clock);
}

static const struct state_permit permit = {.tenant_id = "t", .user_id = "u", .asked = "a b"};

START_TEST(a_code_is_redeemed_once_and_then_remembered)
{
    char text[STATE_HANDLE_CAP];
    struct state_code code = {.nonce = "n", .permit = permit};
    struct state_code found;
    ck_assert(!codes_find(state, "1.Anobody", &found));
    ck_assert(!codes_redeem(state, "1.Anobody"));
    ck_assert_int_eq(codes_issue(state, &code, text), 0);
    ck_assert(codes_find(state, text, &found));
    ck_assert_str_eq(found.permit.asked, "a b");
    ck_assert_str_eq(found.nonce, "n");
    ck_assert_int_eq(found.expires, clock_now(the_clock) + 600);
    ck_assert(codes_redeem(state, text));
    ck_assert(!codes_redeem(state, text));
    ck_assert(codes_find(state, text, &found) && found.redeemed);
    clock_advance(the_clock, 3600);
    ck_assert(!codes_find(state, text, &found));
}
END_TEST

START_TEST(a_refresh_token_has_its_term)
{
    char text[STATE_HANDLE_CAP];
    struct state_refresh_token web = {.permit = permit};
    struct state_refresh_token spa = {.permit = permit};
    struct state_refresh_token renewed = {.permit = permit};
    struct state_refresh_token found;
    spa.permit.spa = true;
    renewed.expires = clock_now(the_clock) + 7;
    ck_assert_int_eq(refresh_tokens_issue(state, &web, text), 0);
    ck_assert_int_eq(web.expires - clock_now(the_clock), (int64_t)90 * 86400);
    ck_assert_int_eq(refresh_tokens_issue(state, &spa, text), 0);
    ck_assert_int_eq(spa.expires - clock_now(the_clock), 86400);
    ck_assert_int_eq(refresh_tokens_issue(state, &renewed, text), 0);
    ck_assert_int_eq(renewed.expires - clock_now(the_clock), 7);
    clock_advance(the_clock, 86400);
    ck_assert(refresh_tokens_find(state, text, &found));
    clock_advance(the_clock, 7);
    ck_assert(!refresh_tokens_find(state, text, &found));
}
END_TEST

START_TEST(a_person_answers_a_device_once)
{
    char text[STATE_HANDLE_CAP];
    char again[STATE_HANDLE_CAP];
    char typed[32];
    struct state_device_code code = {.permit = permit};
    struct state_device_code found;
    ck_assert_int_eq(device_codes_issue(state, &code, text), 0);
    ck_assert_uint_eq(strlen(code.user_code), 9);
    ck_assert(!device_codes_of_user(state, "BBBBBBBBB", again, &found));
    ck_assert(!device_codes_of_user(state, "BBBBBBBBBB", again, &found));
    (void)snprintf(typed, sizeof typed, "%.3s-%.3s %.3s", code.user_code, code.user_code + 3,
                   code.user_code + 6);
    for (char *p = typed; *p; p++) {
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    }
    ck_assert(device_codes_of_user(state, typed, again, &found));
    ck_assert_str_eq(again, text);
    found.answer = STATE_DEVICE_ALLOWED;
    ck_assert(device_codes_answer(state, text, &found));
    ck_assert(!device_codes_answer(state, text, &found));
    ck_assert(!device_codes_of_user(state, typed, again, &found));
    ck_assert(device_codes_find(state, text, &found) && found.answer == STATE_DEVICE_ALLOWED);
    ck_assert(device_codes_redeem(state, text));
    ck_assert(!device_codes_redeem(state, text));
}
END_TEST

START_TEST(a_user_code_lives_fifteen_minutes)
{
    char text[STATE_HANDLE_CAP];
    struct state_device_code code = {.permit = permit};
    struct state_device_code found;
    ck_assert_int_eq(device_codes_issue(state, &code, text), 0);
    clock_advance(the_clock, 900);
    ck_assert(!device_codes_of_user(state, code.user_code, text, &found));
    ck_assert(device_codes_find(state, text, &found));
}
END_TEST

START_TEST(a_session_is_found_by_its_cookie_alone)
{
    char cookie[STATE_HANDLE_CAP];
    struct state_session session = {.tenant_id = "t", .user_id = "u"};
    struct state_session found;
    ck_assert_int_eq(sessions_open(state, &session, cookie), 0);
    ck_assert(!sessions_find(state, session.id, &found));
    ck_assert(sessions_find(state, cookie, &found));
    ck_assert_str_eq(found.user_id, "u");
    sessions_close(state, cookie);
    ck_assert(!sessions_find(state, cookie, &found));
}
END_TEST

START_TEST(a_session_ends_a_day_after_its_last_use)
{
    char cookie[STATE_HANDLE_CAP];
    struct state_session session = {.tenant_id = "t", .user_id = "u"};
    ck_assert_int_eq(sessions_open(state, &session, cookie), 0);
    for (int day = 0; day < 3; day++) {
        clock_advance(the_clock, 86399);
        ck_assert(sessions_find(state, cookie, &session));
    }
    clock_advance(the_clock, 86400);
    ck_assert(!sessions_find(state, cookie, &session));
}
END_TEST

START_TEST(cleared_is_all_forgotten)
{
    char code[STATE_HANDLE_CAP];
    char cookie[STATE_HANDLE_CAP];
    struct state_code facts = {.permit = permit};
    struct state_session session = {.tenant_id = "t"};
    ck_assert_int_eq(codes_issue(state, &facts, code), 0);
    ck_assert_int_eq(sessions_open(state, &session, cookie), 0);
    state_clear(state);
    ck_assert(!codes_find(state, code, &facts));
    ck_assert(!sessions_find(state, cookie, &session));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("state");
    TCase *map = tcase_create("map");
    tcase_add_test(map, a_record_lives_until_its_time);
    tcase_add_test(map, a_second_put_stands_in_place_of_the_first);
    tcase_add_test(map, a_record_longer_than_asked_for_is_not_cut);
    tcase_add_test(map, a_full_map_lets_the_oldest_go);
    tcase_add_test(map, but_first_what_expired);
    tcase_add_test(map, a_clock_set_back_finds_it_again);
    tcase_add_test(map, octets_are_bounded_too);
    tcase_add_test(map, what_expired_is_not_forgotten);
    tcase_add_test(map, of_many_takers_one_has_it);
    suite_add_tcase(suite, map);
    TCase *kinds = tcase_create("kinds");
    tcase_add_checked_fixture(kinds, start, stop);
    tcase_add_test(kinds, a_code_is_redeemed_once_and_then_remembered);
    tcase_add_test(kinds, a_refresh_token_has_its_term);
    tcase_add_test(kinds, a_person_answers_a_device_once);
    tcase_add_test(kinds, a_user_code_lives_fifteen_minutes);
    tcase_add_test(kinds, a_session_is_found_by_its_cookie_alone);
    tcase_add_test(kinds, a_session_ends_a_day_after_its_last_use);
    tcase_add_test(kinds, cleared_is_all_forgotten);
    suite_add_tcase(suite, kinds);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
