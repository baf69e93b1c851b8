/* The HTTPS listener's certificates: what clients check, what is kept, what is removed, what is
 * refused. */
#include "mockidp/http/tls.h"

#include <check.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char why[512];
static char state[64];

static void setup(void)
{
    (void)snprintf(state, sizeof state, "/tmp/check-tls-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(state));
}

static void remove_file(const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", state, name);
    (void)unlink(path);
}

static void teardown(void)
{
    remove_file("ca.pem");
    remove_file("ca.key");
    remove_file("leaf.pem");
    remove_file("leaf.key");
    ck_assert_msg(rmdir(state) == 0, "something else was left in %s", state);
}

static void write_file(const char *name, const char *text)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", state, name);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    (void)fclose(file);
}

/* parse_chain reads the leaf and the CA. */
static void parse_chain(const struct tls_files *files, X509 **leaf, X509 **ca)
{
    BIO *bio = BIO_new_mem_buf(files->chain_pem, -1);

    *leaf = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    *ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(*leaf);
    ck_assert_ptr_nonnull(*ca);
    BIO_free(bio);
}

/* verifies reports whether the leaf is a good TLS server's under the CA, in OpenSSL's strict mode.
 */
static bool verifies(X509 *leaf, X509 *ca)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();

    ck_assert_int_eq(X509_STORE_add_cert(store, ca), 1);
    ck_assert_int_eq(X509_STORE_CTX_init(context, store, leaf, NULL), 1);
    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
    bool ok = X509_verify_cert(context) == 1;
    if (!ok) {
        (void)snprintf(why, sizeof why, "%s",
                       X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
    }
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return ok;
}

/* Each bad chain is bad for its own reason alone. */
START_TEST(bad_leaves_are_bad_as_they_should_be)
{
    static const struct {
        const char *says; /* NULL: it verifies */
        int localhost;
    } rows[TLS_BAD_CHAINS] = {{"expired", 1}, {NULL, 0}, {"issuer certificate", 1}};
    struct tls_files files;
    X509 *good = NULL;
    X509 *ca = NULL;

    ck_assert_msg(tls_files_make(&files, NULL, NULL, NULL, why, sizeof why), "%s", why);
    parse_chain(&files, &good, &ca);
    for (size_t i = 0; i < TLS_BAD_CHAINS; i++) {
        struct tls_files one = {.chain_pem = files.bad_chain_pem[i], .key_pem = files.key_pem};
        X509 *leaf = NULL;
        X509 *issuer = NULL;
        parse_chain(&one, &leaf, &issuer);
        ck_assert_int_eq(X509_check_host(leaf, "localhost", 0, 0, NULL), rows[i].localhost);
        bool ok = verifies(leaf, ca);
        ck_assert_msg(ok == (rows[i].says == NULL), "chain %zu: %s", i, why);
        ck_assert_msg(ok || strstr(why, rows[i].says) != NULL, "chain %zu: %s", i, why);
        ck_assert_int_eq(EVP_PKEY_eq(X509_get0_pubkey(leaf), X509_get0_pubkey(good)), 1);
        X509_free(leaf);
        X509_free(issuer);
    }
    X509_free(good);
    X509_free(ca);
    tls_files_cleanup(&files);
}
END_TEST

START_TEST(the_leaf_is_what_clients_insist_on)
{
    static const char *const names[] = {"login.microsoftonline.com", "192.0.2.7", NULL};
    struct tls_files files;
    X509 *leaf = NULL;
    X509 *ca = NULL;
    int days = 0;
    int seconds = 0;

    ck_assert_msg(tls_files_make(&files, NULL, names, NULL, why, sizeof why), "%s", why);
    parse_chain(&files, &leaf, &ca);
    ck_assert_msg(verifies(leaf, ca), "%s", why);
    ck_assert_msg(!verifies(ca, leaf), "a leaf must not be an issuer");
    ck_assert_int_eq(X509_check_host(leaf, "localhost", 0, 0, NULL), 1);
    ck_assert_int_eq(X509_check_host(leaf, "login.microsoftonline.com", 0, 0, NULL), 1);
    ck_assert_int_eq(X509_check_host(leaf, "example.com", 0, 0, NULL), 0);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "127.0.0.1", 0), 1);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "::1", 0), 1);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "192.0.2.7", 0), 1);
    ck_assert_uint_eq(X509_get_key_usage(leaf), KU_DIGITAL_SIGNATURE);
    ck_assert_uint_eq(X509_get_extended_key_usage(leaf), XKU_SSL_SERVER);
    ck_assert_ptr_nonnull(X509_get0_subject_key_id(leaf));
    ck_assert_int_eq(
        ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf), X509_get0_subject_key_id(ca)), 0);
    ck_assert_int_eq(
        ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(leaf), X509_get0_notAfter(leaf)), 1);
    ck_assert_msg(days <= 398, "valid for %d days", days);
    ck_assert_int_eq(ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(leaf)), 1);
    ck_assert_msg(days >= 395, "ends in %d days", days);
    X509_free(leaf);
    X509_free(ca);
    tls_files_cleanup(&files);
}
END_TEST

static const char *const bad_names[] = {"", "a b", "a,DNS:evil", "http://x", "x:1"};

START_TEST(a_malformed_name_is_refused)
{
    const char *names[] = {bad_names[_i], NULL};
    struct tls_files files;

    ck_assert_msg(!tls_files_make(&files, NULL, names, NULL, why, sizeof why), "accepted '%s'",
                  bad_names[_i]);
    ck_assert_ptr_nonnull(strstr(why, "malformed"));
}
END_TEST

START_TEST(without_a_state_folder_nothing_stays)
{
    struct tls_files files;

    ck_assert(tls_files_make(&files, NULL, NULL, NULL, why, sizeof why));
    char *folder = strdup(files.temporary);
    struct stat info;
    ck_assert_int_eq(stat(files.ca_path, &info), 0);
    ck_assert_int_eq(stat(folder, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0700);
    tls_files_cleanup(&files);
    ck_assert_int_ne(stat(folder, &info), 0);
    free(folder);
}
END_TEST

START_TEST(a_state_folder_keeps_the_ca)
{
    struct tls_files one;
    struct tls_files two;
    char path[128];
    struct stat info;

    ck_assert_msg(tls_files_make(&one, state, NULL, NULL, why, sizeof why), "%s", why);
    ck_assert_msg(tls_files_make(&two, state, NULL, NULL, why, sizeof why), "%s", why);
    ck_assert_str_eq(one.ca_pem, two.ca_pem);
    ck_assert_str_ne(one.chain_pem, two.chain_pem);
    ck_assert_ptr_null(one.temporary);
    (void)snprintf(path, sizeof path, "%s/ca.key", state);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    tls_files_cleanup(&one);
    tls_files_cleanup(&two);
    ck_assert_int_eq(stat(path, &info), 0);
}
END_TEST

START_TEST(a_broken_ca_is_refused_not_replaced)
{
    struct tls_files files;

    write_file("ca.pem", "not a certificate");
    ck_assert(!tls_files_make(&files, state, NULL, NULL, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "--state"));
    write_file("ca.key", "not a key");
    ck_assert(!tls_files_make(&files, state, NULL, NULL, why, sizeof why));
    ck_assert(!tls_files_make(&files, "/nowhere/at/all", NULL, NULL, why, sizeof why));
}
END_TEST

START_TEST(given_files_must_belong_together)
{
    struct tls_files one;
    struct tls_files two;
    struct tls_files given;
    char cert[128];
    char key[128];

    (void)snprintf(cert, sizeof cert, "%s/leaf.pem", state);
    (void)snprintf(key, sizeof key, "%s/leaf.key", state);
    ck_assert(!tls_files_read(&given, cert, key, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "--tls-cert"));
    ck_assert(tls_files_make(&one, NULL, NULL, NULL, why, sizeof why));
    ck_assert(tls_files_make(&two, NULL, NULL, NULL, why, sizeof why));
    write_file("leaf.pem", one.chain_pem);
    ck_assert(!tls_files_read(&given, cert, key, why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "--tls-key"));
    write_file("leaf.key", two.key_pem);
    ck_assert(!tls_files_read(&given, cert, key, why, sizeof why));
    write_file("leaf.key", one.key_pem);
    ck_assert_msg(tls_files_read(&given, cert, key, why, sizeof why), "%s", why);
    ck_assert_ptr_null(given.ca_path);
    tls_files_cleanup(&given);
    tls_files_cleanup(&one);
    tls_files_cleanup(&two);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("TLS files");
    TCase *tests = tcase_create("TLS files");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_leaf_is_what_clients_insist_on);
    tcase_add_test(tests, bad_leaves_are_bad_as_they_should_be);
    tcase_add_loop_test(tests, a_malformed_name_is_refused, 0,
                        (int)(sizeof bad_names / sizeof *bad_names));
    tcase_add_test(tests, without_a_state_folder_nothing_stays);
    tcase_add_test(tests, a_state_folder_keeps_the_ca);
    tcase_add_test(tests, a_broken_ca_is_refused_not_replaced);
    tcase_add_test(tests, given_files_must_belong_together);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
