/* One fetch of metadata and keys: whatever is not wholly right is a failure as a whole. */
#include "validator/keys/source.h"
#include "validator/tests/support/authority.h"
#include "validator/tests/support/issuer.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct authority authority;
static struct btv_source source;
static struct btv_fetched fetched;
static char why[512];
static char heard[256];

static void on_event(void *ctx, const struct btv_event *event)
{
    (void)ctx;
    snprintf(heard, sizeof heard, "%s", event->detail);
    ck_assert_int_eq(event->kind, BTV_EVENT_KEY_SKIPPED);
}

static void set_up(void)
{
    authority_init(&authority, 2);
    memset(&source, 0, sizeof source);
    source.authorities = &test_authority;
    source.authority_count = 1;
    source.tenant_id = TEST_TENANT;
    source.algorithms = 1U << JOSE_RS256;
    source.timeout_ms = 1000;
    source.fetch = authority_fetch;
    source.fetch_ctx = &authority;
    source.event = on_event;
}

static int fetch(void)
{
    why[0] = '\0';
    return btv_source_fetch(&source, &fetched, TEST_NOW, why, sizeof why);
}

static const struct {
    const char *metadata; /* NULL: as it should be */
    const char *jwks;
    int metadata_status;
    int jwks_status;
    bool unreachable;
    const char *fault;
    const char *why;
} refusals[] = {
    {NULL, NULL, 200, 200, true, "nobody is there", "no connection"},
    {NULL, NULL, 404, 200, false, "HTTP status 404", "no such tenant"},
    {NULL, NULL, 302, 200, false, "HTTP status 302", "a redirect is not followed"},
    {NULL, NULL, 304, 200, false, "HTTP status 304", "not modified, though nothing was asked"},
    {NULL, NULL, 200, 500, false, "HTTP status 500", "a broken authority"},
    {NULL, NULL, 200, 204, false, "HTTP status 204", "nothing"},
    {NULL, NULL, 200, 304, false, "HTTP status 304", "not modified, though there is no copy"},
    {"{}", NULL, 200, 200, false, "issuer", "metadata without an issuer"},
    {"{\"issuer\":\"https://evil.test/\",\"jwks_uri\":\"https://login.test/keys\"}", NULL, 200, 200,
     false, "configured is " TEST_ISSUER, "another issuer's metadata"},
    {"{\"issuer\":\"" TEST_ISSUER "\",\"jwks_uri\":\"http://login.test/keys\"}", NULL, 200, 200,
     false, "neither https", "keys over http"},
    {"{\"issuer\":\"" TEST_ISSUER "\",\"jwks_uri\":\"http://127.0.0.1/keys\"}", NULL, 200, 200,
     false, "from https to http",
     "keys over http on loopback, though the metadata came over https"},
    {NULL, "", 200, 200, false, "not a JWK Set", "an empty answer"},
    {NULL, "{\"keys\":[", 200, 200, false, "not a JWK Set", "cut off"},
    {NULL, "{\"keys\":[]}", 200, 200, false, "no key of the set", "an empty set"},
    {NULL, "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k0\",\"k\":\"AAAA\"}]}", 200, 200, false,
     "no key of the set", "no good key"},
    {NULL,
     "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"e\",\"crv\":\"P-256\","
     "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
     "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
     200, 200, false, "no key of the set", "a good key that no algorithm allowed goes with"},
};

START_TEST(half_an_answer_is_none)
{
    for (size_t i = 0; i < ROWS(refusals); i++) {
        set_up();
        if (refusals[i].metadata) {
            free(authority.metadata);
            authority.metadata = strdup(refusals[i].metadata);
        }
        if (refusals[i].jwks) {
            authority_publish_text(&authority, refusals[i].jwks);
        }
        authority.metadata_status = refusals[i].metadata_status;
        authority_fail(&authority, refusals[i].unreachable, refusals[i].jwks_status);
        ck_assert_msg(fetch() == -1, "%s", refusals[i].why);
        ck_assert_msg(strstr(why, refusals[i].fault), "%s: %s", refusals[i].why, why);
        ck_assert_msg(!fetched.jwks.keys, "%s", refusals[i].why);
        ck_assert_msg(source.etag[0] == '\0', "%s", refusals[i].why);
        authority_cleanup(&authority);
    }
}
END_TEST

START_TEST(keys_are_fetched)
{
    set_up();
    authority.max_age_s = 600;
    ck_assert_msg(fetch() == 0, "%s", why);
    ck_assert_uint_eq(fetched.jwks.count, 2);
    ck_assert_uint_eq(fetched.requests, 2);
    ck_assert_int_eq(fetched.max_age_s, 600);
    ck_assert(!fetched.unchanged);
    jose_jwks_cleanup(&fetched.jwks);
    authority_cleanup(&authority);
}
END_TEST

START_TEST(a_template_issuer_stands_for_the_tenant)
{
    set_up();
    free(authority.metadata);
    authority.metadata = strdup("{\"issuer\":\"" TEST_INSTANCE
                                "{tenantid}/v2.0\",\"jwks_uri\":\"" TEST_INSTANCE "keys\"}");
    ck_assert_msg(fetch() == 0, "%s", why);
    jose_jwks_cleanup(&fetched.jwks);
    source.tenant_id = "another";
    ck_assert(fetch() == -1);
    authority_cleanup(&authority);
}
END_TEST

START_TEST(an_unchanged_set_is_not_sent_again)
{
    set_up();
    authority.etag = "\"one\"";
    ck_assert(fetch() == 0 && !fetched.unchanged);
    ck_assert_str_eq(source.etag, "\"one\"");
    jose_jwks_cleanup(&fetched.jwks);
    ck_assert(fetch() == 0 && fetched.unchanged && fetched.jwks.count == 0);
    authority.etag = "\"two\"";
    ck_assert(fetch() == 0 && !fetched.unchanged);
    jose_jwks_cleanup(&fetched.jwks);
    /* the set moved: what was known of the old address is not asked of the new one */
    free(authority.metadata);
    authority.metadata =
        strdup("{\"issuer\":\"" TEST_ISSUER "\",\"jwks_uri\":\"" TEST_INSTANCE "keys2\"}");
    ck_assert(fetch() == 0 && !fetched.unchanged);
    jose_jwks_cleanup(&fetched.jwks);
    authority_cleanup(&authority);
}
END_TEST

/* Answers one after another: when the origin made them, and whether they may come into force. */
static const struct {
    int64_t date;
    bool taken;
    const char *why;
} answers[] = {
    {TEST_NOW - 100, true, "the first"},
    {TEST_NOW - 161, false, "a copy from before it"},
    {TEST_NOW - 160, true, "within what clocks disagree"},
    {0, true, "no Date: nothing is known"},
    {1, true, "after one without, nothing is known either"},
    {TEST_NOW, true, "newer"},
    {TEST_NOW - 3600, false, "an hour older"},
    {TEST_NOW + 3600, true, "from the future"},
    {TEST_NOW, true, "a Date from the future shuts nobody out"},
};

START_TEST(an_older_answer_does_not_replace_a_newer_one)
{
    set_up();
    authority.etag = "\"old\"";
    for (size_t i = 0; i < ROWS(answers); i++) {
        char before[sizeof source.etag];
        char tag[16];
        snprintf(tag, sizeof tag, "\"%zu\"", i);
        memcpy(before, source.etag, sizeof before);
        authority.etag = tag;
        authority.date_s = answers[i].date;
        ck_assert_msg((fetch() == 0) == answers[i].taken, "%s: %s", answers[i].why, why);
        ck_assert_msg(answers[i].taken || strstr(why, "older than the keys in force"), "%s", why);
        ck_assert_msg(answers[i].taken || strcmp(source.etag, before) == 0,
                      "%s: its ETag would vouch for the set in force", answers[i].why);
        jose_jwks_cleanup(&fetched.jwks);
    }
    authority_cleanup(&authority);
}
END_TEST

START_TEST(skipped_keys_are_told)
{
    set_up();
    char *jwk = test_jwk(test_key(0), "k0", "");
    char *jwks = test_text("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"AAAA\"},%s]}", jwk);
    authority_publish_text(&authority, jwks);
    ck_assert(fetch() == 0);
    ck_assert_msg(strstr(heard, "/keys/0: it is a symmetric key"), "%s", heard);
    jose_jwks_cleanup(&fetched.jwks);
    source.event = NULL;
    ck_assert(fetch() == 0);
    jose_jwks_cleanup(&fetched.jwks);
    free(jwk);
    free(jwks);
    authority_cleanup(&authority);
}
END_TEST

/* Writes `len` bytes of `text` to a new file; its path stays until the test ends. */
static const char *file_of(const char *text, size_t len)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/check_source.XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
    close(fd);
    return path;
}

START_TEST(keys_from_a_file)
{
    set_up();
    source.jwks_file = "/nowhere/keys.json";
    ck_assert(fetch() == -1);
    ck_assert_msg(strstr(why, "cannot be read"), "%s", why);
    source.jwks_file = "/tmp";
    ck_assert_msg(fetch() == -1, "a folder");
    source.jwks_file = file_of("{\"keys\":[]}", 11);
    ck_assert(fetch() == -1);
    unlink(source.jwks_file);
    char *huge = calloc(1, BTV_BODY_MAX + 1);
    source.jwks_file = file_of(huge, BTV_BODY_MAX + 1);
    ck_assert(fetch() == -1);
    ck_assert_msg(strstr(why, "larger than 1 MiB"), "%s", why);
    unlink(source.jwks_file);
    free(huge);
    source.jwks_file = file_of(authority.jwks, strlen(authority.jwks));
    ck_assert_msg(fetch() == 0, "%s", why);
    ck_assert_uint_eq(fetched.jwks.count, 2);
    ck_assert_uint_eq(fetched.requests, 0);
    ck_assert_uint_eq(authority.jwks_count + authority.metadata_count, 0);
    unlink(source.jwks_file);
    jose_jwks_cleanup(&fetched.jwks);
    authority_cleanup(&authority);
}
END_TEST

static const struct btv_authority several[] = {
    {.kind = BTV_ONE_TENANT,
     .version = BTV_TOKEN_V2,
     .metadata_url = (char[]){TEST_ISSUER "/.well-known/openid-configuration"},
     .issuer = (char[]){TEST_ISSUER}},
    {.kind = BTV_NAMED_ISSUER,
     .version = BTV_TOKEN_V2,
     .metadata_url = (char[]){"https://login.test/b2c/.well-known/openid-configuration"},
     .issuer = (char[]){TEST_B2C_ISSUER}},
    {.kind = BTV_NAMED_ISSUER, /* another policy, with the same key set */
     .version = BTV_TOKEN_V2,
     .metadata_url = (char[]){"https://login.test/b2c/.well-known/openid-configuration?p=2"},
     .issuer = (char[]){TEST_B2C_ISSUER}},
};

START_TEST(several_authorities_make_one_set)
{
    set_up();
    source.authorities = several;
    source.authority_count = ROWS(several);
    authority.etag = "\"one\"";
    for (int round = 0; round < 2; round++) {
        ck_assert_msg(fetch() == 0 && !fetched.unchanged, "%s", why);
        ck_assert_msg(fetched.jwks.count == 6, "two keys of each, in round %d", round);
        ck_assert_uint_eq(fetched.requests, 6);
        ck_assert_uint_eq(fetched.jwks.keys[1].document, 0);
        ck_assert_uint_eq(fetched.jwks.keys[2].document, 1);
        ck_assert_uint_eq(fetched.jwks.keys[5].document, 2);
        ck_assert_msg(fetched.jwks.keys[0].key == fetched.jwks.keys[2].key, "twins share numbers");
        jose_jwks_cleanup(&fetched.jwks);
    }
    authority_cleanup(&authority);
}
END_TEST

/* A set without one authority's keys would lock its users out. */
START_TEST(one_authority_missing_is_a_failure)
{
    const struct btv_authority wrong[] = {
        {.kind = BTV_NAMED_ISSUER,
         .metadata_url = (char[]){TEST_ISSUER "/.well-known/openid-configuration"},
         .issuer = (char[]){TEST_ISSUER}},
        {.kind = BTV_NAMED_ISSUER,
         .metadata_url = (char[]){"https://login.test/b2c/.well-known/openid-configuration"},
         .issuer = (char[]){TEST_ISSUER}},
    };
    set_up();
    source.authorities = wrong;
    source.authority_count = ROWS(wrong);
    ck_assert(fetch() == -1 && !fetched.jwks.keys);
    ck_assert_msg(strstr(why, "configured is " TEST_ISSUER), "%s", why);
    authority_cleanup(&authority);
}
END_TEST

/* Of many tenants the metadata must be the template: one tenant's document has only its keys. */
START_TEST(of_many_the_metadata_is_the_template)
{
    const struct btv_authority many = {
        .kind = BTV_MANY_TENANTS,
        .metadata_url = (char[]){TEST_INSTANCE "common/v2.0/.well-known/openid-configuration"},
        .issuer = (char[]){TEST_INSTANCE "{tenantid}/v2.0"}};
    const struct btv_authority other = {
        .kind = BTV_MANY_TENANTS,
        .metadata_url = (char[]){TEST_ISSUER "/.well-known/openid-configuration"},
        .issuer = (char[]){TEST_INSTANCE "{tenantid}/v2.0"}};
    set_up();
    source.tenant_id = NULL;
    source.authorities = &many;
    ck_assert_msg(fetch() == 0, "%s", why);
    jose_jwks_cleanup(&fetched.jwks);
    source.authorities = &other;
    ck_assert(fetch() == -1);
    authority_cleanup(&authority);
}
END_TEST

START_TEST(keys_of_another_cloud_are_skipped)
{
    set_up();
    char *here = test_jwk(test_key(0), "k0", ",\"cloud_instance_name\":\"here\"");
    char *there = test_jwk(test_key(1), "k1", ",\"cloud_instance_name\":\"there\"");
    char *jwks = test_text("{\"keys\":[%s,%s]}", there, here);
    authority_publish_text(&authority, jwks);
    ck_assert_msg(fetch() == 0 && fetched.jwks.count == 2, "the metadata names none");
    jose_jwks_cleanup(&fetched.jwks);
    free(authority.metadata);
    authority.metadata = strdup("{\"issuer\":\"" TEST_ISSUER "\",\"jwks_uri\":\"" TEST_INSTANCE
                                "keys\",\"cloud_instance_name\":\"here\"}");
    ck_assert(fetch() == 0 && fetched.jwks.count == 1);
    ck_assert_str_eq(fetched.jwks.keys[0].kid, "k0");
    ck_assert_msg(strstr(heard, "cloud_instance_name"), "%s", heard);
    jose_jwks_cleanup(&fetched.jwks);
    free(here);
    free(there);
    free(jwks);
    authority_cleanup(&authority);
}
END_TEST

TEST_MAIN("source", half_an_answer_is_none, keys_are_fetched,
          a_template_issuer_stands_for_the_tenant, an_unchanged_set_is_not_sent_again,
          skipped_keys_are_told, keys_from_a_file, several_authorities_make_one_set,
          one_authority_missing_is_a_failure, of_many_the_metadata_is_the_template,
          keys_of_another_cloud_are_skipped, an_older_answer_does_not_replace_a_newer_one)
