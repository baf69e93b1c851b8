/* A set of keys: one bad key spoils nothing, two keys of one name help nobody. */
#include "validator/jose/jwks.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>

static struct jose_jwks jwks;
static char heard[1024]; /* "INDEX:KID:REASON " a key that was skipped */

static void on_skip(void *ctx, size_t index, const char *kid, enum jose_jwk_skip why)
{
    size_t used = strlen(ctx);
    snprintf((char *)ctx + used, sizeof heard - used, "%zu:%s:%d ", index, kid, (int)why);
}

static int parse(const char *json)
{
    heard[0] = '\0';
    return jose_jwks_parse(jose_span_of(json), &jwks, on_skip, heard);
}

/* Makes a set of keys and parses it; each `key` is "KID NUMBER [ISSUER]", a JWK, or NULL. */
static int parse_keys(const char *const keys[8])
{
    char *text = strdup("{\"keys\":[");
    for (size_t i = 0; i < 8 && keys[i]; i++) {
        char kid[8] = "";
        char issuer[8] = "";
        int n = 0;
        int words = sscanf(keys[i], "%7s %d %7s", kid, &n, issuer);
        char *extra = words == 3 ? test_text(",\"issuer\":\"%s\"", issuer) : strdup("");
        char *jwk = words >= 2 ? test_jwk(test_key(n), kid, extra) : strdup(keys[i]);
        free(extra);
        char *longer = test_text("%s%s%s", text, i ? "," : "", jwk);
        free(jwk);
        free(text);
        text = longer;
    }
    char *whole = test_text("%s],\"x\":[]}", text);
    int status = parse(whole);
    free(whole);
    free(text);
    return status;
}

static bool finds(const char *kid)
{
    struct jose_json_member member;
    size_t count = 0;
    char *json = test_text("{\"kid\":\"%s\"}", kid);
    ck_assert(jose_json_object(jose_span_of(json), &member, 1, &count));
    bool found = jose_jwks_find(&jwks, &member.value) != NULL;
    free(json);
    return found;
}

static const struct {
    const char *json;
    const char *why;
} refusals[] = {
    {"", "nothing"},
    {"<html>", "another document"},
    {"[]", "an array"},
    {"{}", "no keys"},
    {"{\"keys\":null}", "keys is null"},
    {"{\"keys\":{}}", "keys is an object"},
    {"{\"keys\":\"[]\"}", "keys is a string"},
    {"{\"Keys\":[]}", "another name"},
    {"{\"keys\":[],\"keys\":[]}", "keys twice"},
    {"{\"keys\":[{\"kty\":\"RSA\"}", "cut off"},
    {"{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", "a member twice spoils the whole text"},
};

START_TEST(what_is_no_set_is_refused)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        ck_assert_msg(parse(refusals[i].json) == -1, "%s", refusals[i].why);
        ck_assert_msg(!jwks.keys && jwks.count == 0, "%s", refusals[i].why);
    }
}
END_TEST

START_TEST(too_many_keys_are_refused)
{
    for (unsigned n = JOSE_JWKS_KEYS; n <= JOSE_JWKS_KEYS + 1; n++) {
        char text[2048] = "{\"keys\":[";
        size_t used = strlen(text);
        for (unsigned i = 0; i < n; i++) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s{}", i ? "," : "");
        }
        snprintf(text + used, sizeof text - used, "]}");
        ck_assert_msg(parse(text) == (n <= JOSE_JWKS_KEYS ? 0 : -1), "%u keys", n);
        ck_assert_uint_eq(jwks.count, 0);
        jose_jwks_cleanup(&jwks);
    }
}
END_TEST

/* kids that must be found and kids that must not, after a set was read. */
static const struct {
    const char *keys[8];
    size_t count;
    const char *found[3];
    const char *lost[3];
    const char *skipped;
    const char *why;
} sets[] = {
    {{NULL}, 0, {NULL}, {"a"}, "", "an empty set"},
    {{"a 0", "b 1"}, 2, {"a", "b"}, {"c", "A", "aa"}, "", "two keys"},
    {{"a 0", "{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"AAAA\"}", "7", "null", "b 1"},
     2,
     {"a", "b"},
     {"s"},
     "1::3 2::1 3::1 ",
     "bad keys between good ones"},
    {{"a 0", "a 0", "b 1"}, 2, {"a", "b"}, {NULL}, "", "the same key twice counts once"},
    {{"a 0", "a 1", "b 1"}, 1, {"b"}, {"a"}, "1:a:14 ", "two keys of one name are both skipped"},
    {{"a 0", "a 1", "a 2", "b 1"},
     1,
     {"b"},
     {"a"},
     "1:a:14 2:a:14 ",
     "a third key of an ambiguous name is not the only one"},
    {{"a 0", "a 1", "a 0", "b 1"}, 1, {"b"}, {"a"}, "1:a:14 2:a:14 ", "nor is the first again"},
    {{"a 0", "b 0"}, 2, {"a", "b"}, {NULL}, "", "one key of two names"},
    {{"a 0", "a 1 t", "b 1"}, 3, {"a", "b"}, {NULL}, "", "one name at two issuers"},
    {{"a 0 t", "a 1", "a 2 t", "b 1"}, 2, {"a", "b"}, {NULL}, "2:a:14 ", "twice at one of them"},
};

START_TEST(good_keys_are_kept)
{
    for (size_t i = 0; i < ROWS(sets); i++) {
        ck_assert_msg(parse_keys(sets[i].keys) == 0, "%s", sets[i].why);
        ck_assert_msg(jwks.count == sets[i].count, "%s: %zu", sets[i].why, jwks.count);
        for (size_t k = 0; k < 3; k++) {
            ck_assert_msg(!sets[i].found[k] || finds(sets[i].found[k]), "%s", sets[i].why);
            ck_assert_msg(!sets[i].lost[k] || !finds(sets[i].lost[k]), "%s", sets[i].why);
        }
        ck_assert_msg(strcmp(heard, sets[i].skipped) == 0, "%s: %s", sets[i].why, heard);
        jose_jwks_cleanup(&jwks);
        ck_assert_ptr_null(jwks.keys);
    }
}
END_TEST

START_TEST(kids_are_compared_decoded)
{
    ck_assert(parse_keys((const char *const[8]){"a/b 0", NULL}) == 0);
    ck_assert(finds("a\\/b"));
    ck_assert(finds("\\u0061/b"));
    ck_assert(!finds("a\\\\/b"));
    jose_jwks_cleanup(&jwks);
    ck_assert_msg(jose_jwks_parse(jose_span_of("{\"keys\":[{}]}"), &jwks, NULL, NULL) == 0,
                  "nobody has to listen");
    jose_jwks_cleanup(&jwks);
}
END_TEST

START_TEST(keys_of_one_kid_follow_each_other)
{
    ck_assert(parse_keys((const char *const[8]){"a 0", "b 1", "a 1 t", "b 2 t", NULL}) == 0);
    const struct jose_jwk *next = jose_jwks_next(&jwks, &jwks.keys[0]);
    ck_assert(next == &jwks.keys[2] && !jose_jwks_next(&jwks, next));
    ck_assert(jose_jwks_next(&jwks, &jwks.keys[1]) == &jwks.keys[3]);
    jose_jwks_cleanup(&jwks);
}
END_TEST

TEST_MAIN("jwks", what_is_no_set_is_refused, too_many_keys_are_refused, good_keys_are_kept,
          kids_are_compared_decoded, keys_of_one_kid_follow_each_other)
