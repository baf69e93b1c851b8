/*
 * The proof that the cases of the identity-provider half can fail. Every answer of the mock that
 * was as a case expects is spoilt, one thing at a time, wherever the case looks: a member taken
 * away, of another kind, or there although it must not be; another status, number or signature.
 * Each spoilt answer must be refused. Offline: nothing is sent twice.
 */
#include "conformance/provider/answer.h"
#include "conformance/provider/encode.h"
#include "conformance/provider/expect.h"
#include "conformance/provider/provider.h"
#include "conformance/select.h"
#include "validator/tests/support/suite.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 12 };

/* A place in an answer: segments as of cf_answer_find. */
struct place {
    const char *segments[DEPTH];
    size_t count;
};

/* What came of all mutants. */
static struct {
    const struct cf_case *c;
    const json_t *expect;
    const json_t *answer;
    struct cf_matching *m;
    size_t made; /* of this case */
    size_t all;
    size_t alive;
    json_t *cases; /* id → how many mutants were killed */
} tally;

static struct place in(struct place place, const char *segment)
{
    ck_assert(place.count < DEPTH);
    place.segments[place.count++] = segment;
    return place;
}

static json_t *spoilt(const json_t *node, const struct place *place, size_t at, json_t *value);

/* A token with another claim or header, under the old signature. */
static json_t *spoilt_token(const char *token, const struct place *place, size_t at, json_t *value)
{
    bool claims = strcmp(place->segments[at], "claims") == 0;
    json_t *part = cf_token_part(token, claims);
    json_t *other = spoilt(part, place, at + 1, value);
    char *text = json_dumps(other, JSON_COMPACT);
    char *encoded = cf_base64url((const unsigned char *)text, strlen(text));
    const char *dot = strchr(token, '.');
    json_t *out =
        claims ? json_sprintf("%.*s.%s%s", (int)(dot - token), token, encoded, strchr(dot + 1, '.'))
               : json_sprintf("%s%s", encoded, dot);
    free(text);
    free(encoded);
    json_decref(part);
    json_decref(other);
    return out;
}

/* A copy of the node with `value` at the place, or with nothing there; NULL: nothing. */
static json_t *spoilt(const json_t *node, const struct place *place, size_t at, json_t *value)
{
    if (at == place->count) {
        return json_incref(value);
    }
    const char *segment = place->segments[at];
    if (json_is_string(node)) {
        return spoilt_token(json_string_value(node), place, at, value);
    }
    json_t *copy = json_copy((json_t *)(uintptr_t)node);
    if (json_is_array(copy)) {
        size_t i = (size_t)strtoul(segment, NULL, 10);
        (void)json_array_set_new(copy, i, spoilt(json_array_get(copy, i), place, at + 1, value));
        return copy;
    }
    json_t *inner = spoilt(json_object_get(copy, segment), place, at + 1, value);
    if (inner) {
        (void)json_object_set_new(copy, segment, inner);
    } else {
        (void)json_object_del(copy, segment);
    }
    return copy;
}

static void print_survivor(const struct place *place, const char *what)
{
    (void)fprintf(stderr, "%s: not noticed: %s", tally.c->id, what);
    for (size_t i = 0; i < place->count; i++) {
        (void)fprintf(stderr, "/%s", place->segments[i]);
    }
    (void)fprintf(stderr, "\n");
}

/* Whether the expectation refuses this answer. Takes over `answer`. */
static void must_refuse(json_t *answer, const struct place *place, const char *what)
{
    tally.made++;
    tally.all++;
    if (cf_expect_holds(tally.m, tally.expect, answer) != CF_DIFFERS) {
        tally.alive++;
        print_survivor(place, what);
    }
    json_decref(answer);
}

/* mutate takes over `value`, NULL takes the place's own away. */
static void mutate(const struct place *place, json_t *value, const char *what)
{
    must_refuse(spoilt(tally.answer, place, 0, value), place, what);
    json_decref(value);
}

static void walk(const json_t *matcher, struct place place);

/* Members that must go with others: each is changed alone. */
static void walk_relations(const json_t *matcher, const struct place *place)
{
    static const char *const names[] = {"equal", "differ"};
    for (size_t i = 0; i < ROWS(names); i++) {
        const json_t *rows = json_object_get(matcher, names[i]);
        for (size_t k = 0; k < json_array_size(rows); k++) {
            const char *name = json_string_value(json_array_get(json_array_get(rows, k), 0));
            struct place member = in(*place, name);
            mutate(&member, json_integer(1), "another value");
        }
    }
}

/* A key whose certificate is none, and one with another number. */
static void walk_key(const json_t *matcher, const struct place *place)
{
    const json_t *words = json_object_get(matcher, "key");
    struct place x5c = in(*place, "x5c");
    struct place n = in(*place, "n");
    struct place kid = in(*place, "kid");
    if (words) {
        mutate(&x5c, json_pack("[s]", "AAAA"), "another certificate");
    }
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        if (strcmp(word, "certified") == 0) {
            mutate(&n, json_string("AQAB"), "another number");
        } else if (strcmp(word, "thumbprint") == 0) {
            mutate(&kid, json_string("AAAAAAAAAAAAAAAAAAAAAAAAAAA"), "another kid");
        }
    }
}

static void walk_members(const json_t *members, const struct place *place)
{
    const char *name = NULL;
    json_t *inner = NULL;
    json_object_foreach((json_t *)(uintptr_t)members, name, inner)
    {
        walk(inner, in(*place, name));
    }
}

/* What may be anything else than one value can be of any other kind. */
static bool is_open(const json_t *matcher)
{
    const char *type = json_string_value(json_object_get(matcher, "type"));
    bool distinct = json_object_get(matcher, "not") && json_object_size(matcher) == 1;
    return distinct || (type && strcmp(type, "object") == 0);
}

/* The member itself, then what the matcher sees in it. */
static void walk(const json_t *matcher, struct place place)
{
    const json_t *jwt = json_object_get(matcher, "jwt");
    const json_t *each = json_object_get(matcher, "each");
    if (json_object_get(matcher, "absent")) {
        mutate(&place, json_string("mutant"), "there");
        return;
    }
    if (json_object_get(matcher, "any") && !json_object_get(matcher, "type")) {
        mutate(&place, json_pack("{s:i}", "mutant", 1), "of another kind");
        return; /* that it is not there may be one of them */
    }
    mutate(&place, NULL, "not there");
    if (!is_open(matcher)) {
        mutate(&place, json_pack("{s:i}", "mutant", 1), "of another kind");
    }
    walk_members(json_object_get(matcher, "members"), &place);
    walk_relations(matcher, &place);
    if (each) {
        struct place first = in(place, "0");
        walk_relations(each, &first);
        walk_key(each, &first);
        walk_members(json_object_get(each, "members"), &first);
    }
    if (jwt) {
        struct place claims = in(place, "claims");
        struct place header = in(place, "header");
        walk_relations(json_object_get(jwt, "claims"), &claims);
        walk_relations(json_object_get(jwt, "header"), &header);
        walk_members(json_object_get(json_object_get(jwt, "claims"), "members"), &claims);
        walk_members(json_object_get(json_object_get(jwt, "header"), "members"), &header);
    }
}

/* The expectations that name a refusal, wherever the answer has it. */
static void walk_refusal(const json_t *answer)
{
    const struct place json = {{"json", "error"}, 2};
    const struct place query = {{"redirect", "params", "error"}, 3};
    const struct place codes = {{"json", "error_codes"}, 2};
    const struct place said = {{"json", "error_description"}, 2};
    const struct place params = {{"redirect", "params", "error_description"}, 3};
    const struct place body = {{"body"}, 1};
    bool coded = json_object_get(answer, "json") != NULL;
    bool led = json_object_get(answer, "redirect") != NULL;
    if (json_object_get(tally.expect, "error")) {
        mutate(coded ? &json : &query, json_string("mutant"), "another error");
    }
    if (json_object_get(tally.expect, "aadsts")) {
        mutate(coded ? &said
               : led ? &params
                     : &body,
               json_string("AADSTS1: mutant"), "another number");
        if (coded) {
            mutate(&codes, json_pack("[i]", 1), "another number");
        }
    }
}

static void walk_paths(const json_t *rows)
{
    const json_t *row = NULL;
    size_t i = 0;
    json_array_foreach(rows, i, row)
    {
        struct place place = {{0}, 0};
        char *copy = strdup(json_string_value(json_array_get(row, 0)));
        char *rest = NULL;
        for (char *s = strtok_r(copy, "/", &rest); s; s = strtok_r(NULL, "/", &rest)) {
            place = in(place, s);
        }
        mutate(&place, json_integer(1), "another value");
        free(copy);
    }
}

/* With the signature as it must be for whatever the claims say, so that it is the claims that are
 * looked at. */
static int any_signature(void *ctx, const char *token, char *why, size_t cap)
{
    (void)ctx;
    (void)token;
    (void)why;
    (void)cap;
    return 0;
}

static void hear(void *ctx, const struct cf_case *c, const json_t *expect, const json_t *answer,
                 struct cf_matching *m)
{
    const struct place status = {{"status"}, 1};
    struct cf_matching own = *m;
    (void)ctx;
    if (c->level == CF_INFO) {
        return;
    }
    own.verify = any_signature;
    tally.c = c;
    tally.expect = expect;
    tally.answer = answer;
    tally.m = &own;
    tally.made = 0;
    if (json_object_get(expect, "status")) {
        mutate(&status, json_integer(599), "another status");
    }
    struct place headers = {{"headers"}, 1};
    walk_members(json_object_get(expect, "headers"), &headers);
    struct place json = {{"json"}, 1};
    struct place redirect = {{"redirect"}, 1};
    if (json_object_get(expect, "json")) {
        walk(json_object_get(expect, "json"), json);
    }
    if (json_object_get(expect, "redirect")) {
        walk(json_object_get(expect, "redirect"), redirect);
    }
    walk_refusal(answer);
    walk_paths(json_object_get(expect, "equal"));
    walk_paths(json_object_get(expect, "differ"));
    json_int_t before = json_integer_value(json_object_get(tally.cases, c->id));
    (void)json_object_set_new(tally.cases, c->id, json_integer(before + (json_int_t)tally.made));
    tally.m = NULL;
}

/* A token whose signature has another character must not verify where a case says "signed". */
static void hear_signatures(void *ctx, const struct cf_case *c, const json_t *expect,
                            const json_t *answer, struct cf_matching *m)
{
    static const struct place place = {{"json", "access_token"}, 2};
    size_t *count = ctx;
    json_t *token = cf_answer_find(answer, "json/access_token");
    const json_t *jwt =
        json_object_get(json_object_get(json_object_get(json_object_get(expect, "json"), "members"),
                                        "access_token"),
                        "jwt");
    if (token && json_is_true(json_object_get(jwt, "signed"))) {
        char *text = strdup(json_string_value(token));
        char *signature = strrchr(text, '.') + 1;
        signature[10] = signature[10] == 'A' ? 'B' : 'A';
        json_t *other = json_string(text);
        json_t *spoilt_answer = spoilt(answer, &place, 0, other);
        ck_assert_msg(cf_expect_holds(m, expect, spoilt_answer) == CF_DIFFERS, "%s", c->id);
        ck_assert_msg(strstr(m->reason, "signature") != NULL, "%s: %s", c->id, m->reason);
        json_decref(spoilt_answer);
        json_decref(other);
        free(text);
        (*count)++;
    }
    json_decref(token);
}

/* Plays the cases of these groups against the mock and lets `heard` see each good answer. */
static json_t *play(const char *const *filters, size_t count,
                    void (*heard)(void *ctx, const struct cf_case *c, const json_t *expect,
                                  const json_t *answer, struct cf_matching *m),
                    void *ctx)
{
    char why[512] = "";
    const struct cf_world_options options = {
        .listen_tls = "localhost:0", .seed = "mutants", .stopped_clock = true};
    const struct cf_selection selection = {filters, count, CF_INFO};
    struct cf_suite suite = {.half = CF_PROVIDERS};
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    ck_assert_msg(cf_suite_load(&suite, "fixtures/cases", why, sizeof why) == 0, "%s", why);
    struct cf_world *world = cf_world_open(&options, why, sizeof why);
    struct cf_issuer *issuer = cf_issuer_load(NULL, why, sizeof why);
    ck_assert_msg(world && issuer, "%s", why);
    ck_assert(cf_issuer_place(issuer, cf_world_origin(world), cf_world_ca_file(world)) == 0);
    struct cf_provider_run run = {
        .issuer = issuer, .world = world, .timeout_ms = 20000, .heard = heard, .ctx = ctx};
    run.plan = cf_plan(&suite, &selection, true, &run.count);
    json_t *report = cf_provider_play(&run);
    ck_assert(json_is_true(json_object_get(report, "reached")));
    free((void *)run.plan);
    cf_issuer_free(issuer);
    cf_world_close(world);
    cf_suite_cleanup(&suite);
    return report;
}

START_TEST(every_expectation_can_fail)
{
    const json_t *result = NULL;
    size_t i = 0;
    tally.cases = json_object();
    json_t *report = play(NULL, 0, hear, NULL);
    json_array_foreach(json_object_get(report, "cases"), i, result)
    {
        const char *id = json_string_value(json_object_get(result, "id"));
        const char *verdict = json_string_value(json_object_get(result, "verdict"));
        const char *level = json_string_value(json_object_get(result, "level"));
        bool passed = strcmp(verdict, "PASS") == 0 && strcmp(level, "INFO") != 0;
        ck_assert_msg(!passed || json_integer_value(json_object_get(tally.cases, id)) >= 2,
                      "%s looks at too little", id);
    }
    ck_assert_msg(json_object_size(tally.cases) >= 240, "%zu cases", json_object_size(tally.cases));
    ck_assert_msg(tally.alive == 0, "%zu of %zu spoilt answers were not noticed", tally.alive,
                  tally.all);
    ck_assert_msg(tally.all > 2000, "%zu", tally.all);
    json_decref(report);
    json_decref(tally.cases);
}
END_TEST

START_TEST(every_signature_is_looked_at)
{
    static const char *const groups[] = {"COD", "CCR", "TOK", "RFT", "OBO", "PWD"};
    size_t count = 0;
    json_decref(play(groups, ROWS(groups), hear_signatures, &count));
    ck_assert_msg(count > 40, "%zu tokens", count);
}
END_TEST

TEST_MAIN("provider_mutants", every_expectation_can_fail, every_signature_is_looked_at)
