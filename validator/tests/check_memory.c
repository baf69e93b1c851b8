/*
 * Every allocation failure, one after the other: whatever fails, nothing leaks, nothing crashes,
 * and nothing is accepted that would not have been.
 */
#include "validator/jose/jwks.h"
#include "validator/jose/verify.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/failing.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* No run allocates as often; one that does not end would. */
enum { ALLOCATIONS_MAX = 20000 };

/* What a run came to: all of them must be named by its step, no other will do. */
enum outcome { WRONG, RIGHT, OUT_OF_MEMORY };

static char wrong[512]; /* why a run was WRONG */

typedef enum outcome step_fn(void *ctx);

static void expect(enum outcome outcome, bool failed, const char *name, long nth)
{
    ck_assert_msg(outcome != WRONG, "%s, allocation %ld: %s", name, nth, wrong);
    ck_assert_msg(failed || outcome == RIGHT, "%s: out of memory without a failure", name);
}

/* Runs `step` with allocation 1, 2, 3 … failing, twice each: what OpenSSL caches at the first time
 * is no leak, what stays at the second is. */
static void sweep(const char *name, step_fn *step, void *ctx)
{
    for (int mode = FAILING_ONCE; mode <= FAILING_FROM_THEN_ON; mode++) {
        bool failed = true;
        wrong[0] = '\0';
        expect(step(ctx), false, name, 0);
        for (long nth = 1; failed; nth++) {
            long before = 0;
            ck_assert_msg(nth < ALLOCATIONS_MAX, "%s does not end", name);
            for (int again = 0; again < 2; again++) {
                before = failing_live();
                failing_arm(nth, (enum failing_mode)mode, false);
                enum outcome outcome = step(ctx);
                failed = failing_disarm();
                unsigned long left = ERR_peek_error();
                ck_assert_msg(left == 0, "%s, allocation %ld: OpenSSL's %s stays behind", name, nth,
                              ERR_error_string(left, NULL));
                expect(outcome, failed, name, nth);
            }
            ck_assert_msg(failing_live() == before, "%s, allocation %ld: %ld leaked", name, nth,
                          failing_live() - before);
        }
    }
}

/* ---- configuration ---- */

static const char *look_up(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "AzureAd__TenantId") == 0   ? TEST_TENANT
           : strcmp(name, "AzureAd__ClientId") == 0 ? TEST_CLIENT
                                                    : NULL;
}

/* With a seed: the generator that would choose one is OpenSSL's own, and what it holds outlives us.
 */
static struct btv_config *configure(char *why, size_t cap)
{
    static const char json[] = "{\"instance\":\"" TEST_INSTANCE "\",\"roles\":[\"A.B\",\"C\"],"
                               "\"v1\":\"accept\",\"algorithms\":\"RS256 ES256\",\"skew_s\":60,"
                               "\"jitter_seed\":7}";
    struct btv_config *c = btv_config_new();
    if (!c) {
        snprintf(why, cap, "out of memory");
        return NULL;
    }
    if (btv_config_load_json(c, json, strlen(json), why, cap) != 0 ||
        btv_config_load_env(c, look_up, NULL, why, cap) != 0 ||
        btv_config_set(c, "scopes", "access_as_user other", why, cap) != 0 ||
        btv_config_set(c, "clients", "client", why, cap) != 0) {
        btv_config_free(c);
        return NULL;
    }
    return c;
}

static enum outcome build_validator(void *ctx)
{
    (void)ctx;
    char why[256] = "";
    struct btv_config *c = configure(why, sizeof why);
    struct btv_validator *v = NULL;
    if (c) {
        v = btv_validator_new(c, why, sizeof why);
    }
    btv_config_free(c);
    btv_validator_free(v);
    snprintf(wrong, sizeof wrong, "refused, but not for want of memory: %s", why);
    return v ? RIGHT : strstr(why, "out of memory") ? OUT_OF_MEMORY : WRONG;
}

START_TEST(a_configuration_is_whole_or_not_at_all)
{
    sweep("validator", build_validator, NULL);
}
END_TEST

/* ---- keys ---- */

static char *key_set;

static enum outcome parse_keys(void *ctx)
{
    struct jose_jwks jwks = {0};
    (void)ctx;
    if (jose_jwks_parse(jose_span_of(key_set), &jwks, NULL, NULL) != 0) {
        return OUT_OF_MEMORY;
    }
    size_t count = jwks.count;
    jose_jwks_cleanup(&jwks);
    snprintf(wrong, sizeof wrong, "a set of %zu keys", count);
    return count == 3 ? RIGHT : WRONG; /* a set without one of its keys would refuse good tokens */
}

static char *make_key_set(void)
{
    char *a = test_jwk(test_key(0), "k0", "");
    char *b = test_jwk(test_key(1), "k1", "");
    char *set = test_text("{\"keys\":[%s,%s,%s,{\"kty\":\"oct\",\"kid\":\"x\",\"k\":\"AA\"},"
                          "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
                          "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
                          a, b, a);
    free(a);
    free(b);
    return set;
}

START_TEST(a_key_set_is_whole_or_not_at_all)
{
    key_set = make_key_set();
    sweep("key set", parse_keys, NULL);
    free(key_set);
}
END_TEST

/* ---- validation ---- */

/* RFC 7515 A.3: a key of P-256 and what it signed, in three parts. */
#define EC_INPUT                                                                                   \
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"  \
    "NvbS9pc19yb290Ijp0cnVlfQ"
#define EC_SIGNATURE                                                                               \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

struct question {
    struct authority authority;
    struct btv_validator *validator;
    struct btv_requirement need;
    char *value;
    enum btv_error answer; /* of btv_validate, and of btv_authorize when that accepts */
    enum btv_error permission;
};

static enum outcome judge(enum btv_error e, enum btv_error answer)
{
    snprintf(wrong, sizeof wrong, "%s, not %s", btv_error_code(e), btv_error_code(answer));
    return e == answer                                   ? RIGHT
           : e == BTV_OUT_OF_MEMORY || e == BTV_INTERNAL ? OUT_OF_MEMORY
                                                         : WRONG;
}

/* A result of its own each time: what it keeps for later is allocated too. */
static enum outcome ask(void *ctx)
{
    struct question *q = ctx;
    struct btv_result *r = btv_result_new();
    if (!r) {
        return OUT_OF_MEMORY;
    }
    enum outcome outcome =
        judge(btv_validate(q->validator, q->value, strlen(q->value), r), q->answer);
    if ((btv_result_claims_json(r) != NULL) != (btv_result_error(r) == BTV_OK)) {
        snprintf(wrong, sizeof wrong, "claims of a token that is refused");
        outcome = WRONG;
    }
    if (outcome == RIGHT && q->answer == BTV_OK) {
        outcome = judge(btv_authorize(&q->need, r), q->permission);
    }
    if (outcome == OUT_OF_MEMORY && btv_result_http_status(r) != 500) {
        snprintf(wrong, sizeof wrong, "status %d", btv_result_http_status(r));
        outcome = WRONG;
    }
    btv_result_free(r);
    return outcome;
}

static char *token_of(const char *alg, const char *digest, int pss, const char *changes)
{
    char *header = test_text("{\"typ\":\"JWT\",\"alg\":\"%s\",\"kid\":\"k0\"}", alg);
    char *claims = test_claims(changes, NULL);
    char *jws = test_jws_as(test_key(0), digest, pss, header, claims);
    char *value = test_text("Bearer %s", jws);
    free(header);
    free(claims);
    free(jws);
    return value;
}

START_TEST(a_verdict_is_right_or_none)
{
    static const struct {
        const char *alg;
        const char *digest;
        int pss;
        const char *changes;
        const char *scopes;
        int flip; /* the signature's last character but one */
        enum btv_error answer;
        enum btv_error permission;
    } rows[] = {
        {"RS256", "SHA256", 0, "", NULL, 0, BTV_OK, BTV_OK},
        {"RS256", "SHA256", 0, "\"scp\":\"access\\u005fas_user\",", "access_as_user", 0, BTV_OK,
         BTV_OK},
        {"RS256", "SHA256", 0, "", "another one", 0, BTV_OK, BTV_SCOPE_MISSING},
        {"RS256", "SHA256", 0, "", NULL, 1, BTV_SIGNATURE_INVALID, BTV_OK},
        {"RS256", "SHA256", 0, "\"aud\":\"x\",", NULL, 0, BTV_AUDIENCE_MISMATCH, BTV_OK},
        {"RS256", "SHA256", 0, "\"exp\":1,", NULL, 0, BTV_TOKEN_EXPIRED, BTV_OK},
        {"PS256", "SHA256", 1, "", NULL, 0, BTV_OK, BTV_OK},
        {"PS256", "SHA256", 1, "", NULL, 1, BTV_SIGNATURE_INVALID, BTV_OK},
        {"PS256", "SHA256", 0, "", NULL, 0, BTV_SIGNATURE_INVALID, BTV_OK},
        {"RS256", "SHA512", 0, "", NULL, 0, BTV_SIGNATURE_INVALID, BTV_OK},
    };
    static const char *const settings[] = {"algorithms", "RS256 PS256", NULL};
    struct question q = {0};
    authority_init(&q.authority, 1);
    q.validator = authority_validator(&q.authority, settings);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char name[64];
        q.need = (struct btv_requirement){.scopes = rows[i].scopes};
        q.value = token_of(rows[i].alg, rows[i].digest, rows[i].pss, rows[i].changes);
        q.answer = rows[i].answer;
        q.permission = rows[i].permission;
        char *last = q.value + strlen(q.value) - 2;
        *last = rows[i].flip ? (*last == 'A' ? 'B' : 'A') : *last;
        snprintf(name, sizeof name, "row %zu", i);
        sweep(name, ask, &q);
        free(q.value);
    }
    btv_validator_free(q.validator);
    authority_cleanup(&q.authority);
}
END_TEST

static enum outcome verify_ec(void *ctx)
{
    const struct jose_jwk *key = ctx;
    struct jose_verifier *v = jose_verifier_new();
    if (!v) {
        return OUT_OF_MEMORY;
    }
    const struct jose_alg *alg = jose_alg_find(jose_span_of("ES256"));
    enum outcome outcome =
        judge(jose_verify(v, alg, key, jose_span_of(EC_INPUT), jose_span_of(EC_SIGNATURE)), BTV_OK);
    if (outcome == RIGHT) {
        outcome =
            judge(jose_verify(v, alg, key, jose_span_of(EC_INPUT "x"), jose_span_of(EC_SIGNATURE)),
                  BTV_SIGNATURE_INVALID);
    }
    jose_verifier_free(v);
    return outcome;
}

START_TEST(a_curve_signature_is_right_or_not_decided)
{
    struct jose_jwk key;
    ck_assert(jose_jwk_parse(jose_span_of("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
                                          "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                                          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"),
                             &key) == JOSE_JWK_OK);
    sweep("ES256", verify_ec, &key);
    jose_jwk_cleanup(&key);
}
END_TEST

/* ---- the refresh thread ---- */

struct start {
    pthread_mutex_t lock;
    pthread_cond_t told;
    unsigned refreshes;
};

static void on_event(void *ctx, const struct btv_event *event)
{
    struct start *s = ctx;
    if (event->kind == BTV_EVENT_REFRESH) {
        pthread_mutex_lock(&s->lock);
        s->refreshes++;
        pthread_cond_signal(&s->told);
        pthread_mutex_unlock(&s->lock);
    }
}

static void await_refresh(struct start *s)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 30;
    pthread_mutex_lock(&s->lock);
    while (s->refreshes == 0 && pthread_cond_timedwait(&s->told, &s->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&s->lock);
}

/* One start with allocation `nth` failing, in whichever thread; whether one failed. */
static bool start_with_failure(struct authority *a, long nth, const char *value)
{
    struct start s = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    char why[256];
    struct btv_config *c = authority_config(a);
    btv_config_event(c, on_event, &s);
    struct btv_validator *v = btv_validator_new(c, why, sizeof why);
    struct btv_result *r = btv_result_new();
    ck_assert(v && r);
    failing_arm(nth, FAILING_ONCE, true);
    bool started = btv_validator_start(v, 0) == 0;
    await_refresh(&s);
    bool failed = failing_disarm();
    ck_assert_msg(s.refreshes > 0, "allocation %ld: no refresh came to an end", nth);
    enum btv_error e = btv_validate(v, value, strlen(value), r);
    ck_assert_msg(e == BTV_OK || (failed && !started && e == BTV_KEYS_UNAVAILABLE),
                  "allocation %ld: %s", nth, btv_error_code(e));
    btv_result_free(r);
    btv_validator_free(v);
    btv_config_free(c);
    return failed;
}

START_TEST(a_start_has_all_keys_or_none)
{
    struct authority a;
    authority_init(&a, 2);
    char *first = authority_token(0, "", NULL);
    char *last = authority_token(1, "", NULL);
    for (long nth = 1; start_with_failure(&a, nth, nth % 2 ? first : last); nth++) {
        ck_assert(nth < ALLOCATIONS_MAX);
    }
    free(first);
    free(last);
    authority_cleanup(&a);
}
END_TEST

int main(void)
{
    failing_init();
    const TTest *const tests[] = {a_configuration_is_whole_or_not_at_all,
                                  a_key_set_is_whole_or_not_at_all, a_verdict_is_right_or_none,
                                  a_curve_signature_is_right_or_not_decided,
                                  a_start_has_all_keys_or_none};
    Suite *suite = suite_create("memory");
    TCase *cases = tcase_create("memory");
    tcase_set_timeout(cases, 120);
    for (size_t i = 0; i < ROWS(tests); i++) {
        tcase_add_test(cases, tests[i]);
    }
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
