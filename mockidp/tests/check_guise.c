/* Going by another name (--as): which names can be, which certificate a client is shown, and what
 * the documents speak of.
 */
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include "mockidp/guise.h"

#include <check.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENTRA "login.microsoftonline.com"
#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

/* ---- names ---- */

static const struct {
    const char *reason;
    const char *text;
} refused[] = {
    {"nothing", ""},
    {"a URL", "https://" ENTRA},
    {"a port", ENTRA ":443"},
    {"an address", "127.0.0.1"},
    {"an IPv6 address", "::1"},
    {"a wildcard", "*.microsoftonline.com"},
    {"one label", "login"},
    {"an empty label", "login..com"},
    {"a final dot", ENTRA "."},
    {"a hyphen in front", "-login.com"},
    {"a hyphen behind", "login-.com"},
    {"a space after the comma", ENTRA ", login.windows.net"},
    {"an empty name", ENTRA ","},
    {"a label of 64", LABEL_63 "l.com"},
    {"a name of 254", LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 ".ab"},
    {"nine names", "a.b,a.c,a.d,a.e,a.f,a.g,a.h,a.i,a.j"},
};

START_TEST(what_is_no_host_name_is_refused)
{
    struct guise guise;
    char why[200] = "";
    ck_assert_msg(!guise_parse(refused[_i].text, &guise, why, sizeof why), "%s: was taken",
                  refused[_i].reason);
    ck_assert_msg(*why != '\0', "%s: no reason", refused[_i].reason);
    guise_clear(&guise);
}
END_TEST

START_TEST(names_are_read)
{
    struct guise guise;
    char why[200] = "";
    ck_assert_msg(guise_parse("Login.MicrosoftOnline.com,sts.windows.net", &guise, why, sizeof why),
                  "%s", why);
    ck_assert_str_eq(guise.names[0], ENTRA);
    ck_assert_str_eq(guise.names[1], "sts.windows.net");
    ck_assert_ptr_null(guise.names[2]);
    ck_assert_str_eq(guise.url, "https://" ENTRA);
    guise_clear(&guise);
    ck_assert(guise_parse("a.b,a.c,a.d,a.e,a.f,a.g,a.h,a.i", &guise, why, sizeof why));
    guise_clear(&guise);
    ck_assert(guise_parse(NULL, &guise, why, sizeof why));
    ck_assert_ptr_null(guise.names[0]);
    ck_assert_ptr_null(guise.url);
}
END_TEST

/* ---- certificates ---- */

/* shown returns the certificate that a client is shown who asks for `sni` (or for no name), a new
 * reference; NULL when the handshake fails. The CA vouches for it, dates apart. */
static X509 *shown(const struct idp *idp, const char *sni, long *verdict)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    ck_assert_int_eq(SSL_CTX_load_verify_file(context, idp_ca_file(idp)), 1);
    SSL *ssl = SSL_new(context);
    int fd = wire_connect(wire_port(idp_https_url(idp)));
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(SSL_set_fd(ssl, fd), 1);
    if (sni != NULL) {
        ck_assert_int_eq((int)SSL_set_tlsext_host_name(ssl, sni), 1);
    }
    X509 *certificate = SSL_connect(ssl) == 1 ? SSL_get1_peer_certificate(ssl) : NULL;
    *verdict = SSL_get_verify_result(ssl);
    SSL_free(ssl);
    SSL_CTX_free(context);
    (void)close(fd);
    return certificate;
}

static const char as[] = ENTRA ",login.windows.net";

static const struct {
    const char *reason;
    const char *sni; /* NULL: none, as for an address */
    const char *is_for;
    const char *is_not_for;
} choices[] = {
    {"the first name", ENTRA, ENTRA, "localhost"},
    {"it alone", ENTRA, ENTRA, "login.windows.net"},
    {"the second name", "login.windows.net", "login.windows.net", ENTRA},
    {"in capitals", "LOGIN.MicrosoftOnline.COM", ENTRA, "localhost"},
    {"localhost", "localhost", "localhost", ENTRA},
    {"no name", NULL, "localhost", ENTRA},
    {"a name that nobody goes by", "login.microsoft.com", "localhost", "login.microsoft.com"},
    {"a longer name", "x." ENTRA, "localhost", ENTRA},
};

START_TEST(the_name_asked_for_chooses_the_certificate)
{
    const struct idp_options options = {.listen_tls = "localhost:0", .as = as};
    struct idp *idp = mock_start_with(&options);
    long verdict = 0;
    X509 *seen = shown(idp, choices[_i].sni, &verdict);
    ck_assert_msg(seen != NULL, "%s: no handshake", choices[_i].reason);
    ck_assert_msg(verdict == X509_V_OK, "%s: %s", choices[_i].reason,
                  X509_verify_cert_error_string(verdict));
    ck_assert_msg(X509_check_host(seen, choices[_i].is_for, 0, 0, NULL) == 1, "%s: not for %s",
                  choices[_i].reason, choices[_i].is_for);
    ck_assert_msg(X509_check_host(seen, choices[_i].is_not_for, 0, 0, NULL) == 0, "%s: for %s",
                  choices[_i].reason, choices[_i].is_not_for);
    X509_free(seen);
    idp_stop(idp);
}
END_TEST

/* A fault that strikes the name shows the certificate that is bad for its own reason alone. */
START_TEST(faults_strike_the_name)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .listen_tls = "localhost:0", .as = as};
    struct idp *idp = mock_start_with(&options);
    long verdict = 0;
    json_decref(mock_admin(idp, "PUT", "/_admin/faults",
                           "[{'match':{'sni':'" ENTRA "'},'act':{'tls':'expired'}}]", NULL));
    X509 *seen = shown(idp, ENTRA, &verdict);
    ck_assert_ptr_nonnull(seen);
    ck_assert_int_eq(verdict, X509_V_ERR_CERT_HAS_EXPIRED);
    ck_assert_int_eq(X509_check_host(seen, ENTRA, 0, 0, NULL), 1);
    X509_free(seen);
    seen = shown(idp, "login.windows.net", &verdict);
    ck_assert_int_eq(verdict, X509_V_OK);
    X509_free(seen);
    idp_stop(idp);
}
END_TEST

/* ---- documents ---- */

START_TEST(every_listener_speaks_of_the_first_name)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .listen_tls = "localhost:0", .as = as};
    struct idp *idp = mock_start_with(&options);
    json_t *document = mock_get(idp, "/" CONTOSO "/v2.0/.well-known/openid-configuration", NULL);
    ck_assert_str_eq(text_at(document, "issuer"), "https://" ENTRA "/" CONTOSO "/v2.0");
    ck_assert_str_eq(text_at(document, "token_endpoint"),
                     "https://" ENTRA "/" CONTOSO "/oauth2/v2.0/token");
    json_decref(document);
    ck_assert_str_eq(idp_as_url(idp), "https://" ENTRA);
    idp_stop(idp);
}
END_TEST

START_TEST(a_public_url_is_stronger)
{
    const struct idp_options options = {.listen = "127.0.0.1:0",
                                        .listen_tls = "localhost:0",
                                        .as = as,
                                        .public_url = "https://" ENTRA ":8443"};
    struct idp *idp = mock_start_with(&options);
    json_t *document = mock_get(idp, "/" CONTOSO "/v2.0/.well-known/openid-configuration", NULL);
    ck_assert_str_eq(text_at(document, "issuer"), "https://" ENTRA ":8443/" CONTOSO "/v2.0");
    json_decref(document);
    idp_stop(idp);
}
END_TEST

/* A name that Microsoft's clouds have is listed there already, and once. */
START_TEST(the_clouds_are_listed_once)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .listen_tls = "localhost:0", .as = as};
    struct idp *idp = mock_start_with(&options);
    size_t times = 0;
    json_t *answer = mock_get(idp,
                              "/common/discovery/instance?api-version=1.1&authorization_endpoint="
                              "https://" ENTRA "/common/oauth2/v2.0/authorize",
                              NULL);
    json_t *entry = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(answer, "metadata"), i, entry)
    {
        times += strcmp(text_at(entry, "preferred_network"), ENTRA) == 0;
    }
    ck_assert_uint_eq(times, 1);
    ck_assert_str_eq(text_at(answer, "tenant_discovery_endpoint"),
                     "https://" ENTRA "/common/v2.0/.well-known/openid-configuration");
    json_decref(answer);
    idp_stop(idp);
}
END_TEST

static const struct {
    const char *reason;
    const char *host; /* a port of 0 stands for that of the HTTPS listener, 1 for the other's */
    bool known;
} authorities[] = {
    {"a stranger", "login.test:0", false},
    {"ours at a port that is not", "localhost:2", false},
    {"a name that begins as ours does", "localhost.test:0", false},
    {"localhost over HTTPS", "localhost:0", true},
    {"its address", "127.0.0.1:0", true},
    {"that of IPv6", "[::1]:0", true},
    {"in another case", "LocalHost:0", true},
    {"the other listener", "127.0.0.1:1", true},
    {"without a port", "localhost", true},
    {"a name of --as that no cloud has", "login.contoso.test", true},
    {"with the port", "login.contoso.test:0", true},
    {"a cloud's", ENTRA, true},
    {"a cloud's, with the port", ENTRA ":0", true},
};

/* Who asks login.microsoftonline.com about an authority of ours is told that it is one. */
START_TEST(an_authority_of_ours_is_known)
{
    char path[300];
    char alias[100];
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .listen_tls = "localhost:0", .as = ENTRA ",login.contoso.test"};
    struct idp *idp = mock_start_with(&options);
    const char *host = authorities[_i].host;
    const char *colon = strrchr(host, ':');
    const char *port = !colon            ? ""
                       : colon[1] == '0' ? strrchr(idp_https_url(idp), ':')
                       : colon[1] == '1' ? strrchr(idp_http_url(idp), ':')
                                         : colon;
    (void)snprintf(alias, sizeof alias, "\"%.*s%s\"",
                   (int)(colon ? (size_t)(colon - host) : strlen(host)), host, port);
    (void)snprintf(path, sizeof path,
                   "/common/discovery/instance?api-version=1.1&authorization_endpoint="
                   "https://%.*s/contoso.test/oauth2/v2.0/authorize",
                   (int)strlen(alias) - 2, alias + 1);
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    ck_assert_msg(answer->status == (authorities[_i].known ? 200 : 400), "%s: %s",
                  authorities[_i].reason, answer->body);
    ck_assert_msg(!authorities[_i].known || strstr(answer->body, alias) != NULL, "%s: %s",
                  authorities[_i].reason, answer->body);
    idp_stop(idp);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guise");
    TCase *tests = tcase_create("guise");
    tcase_add_loop_test(tests, what_is_no_host_name_is_refused, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, names_are_read);
    tcase_add_loop_test(tests, the_name_asked_for_chooses_the_certificate, 0,
                        (int)(sizeof choices / sizeof *choices));
    tcase_add_test(tests, faults_strike_the_name);
    tcase_add_test(tests, every_listener_speaks_of_the_first_name);
    tcase_add_test(tests, a_public_url_is_stronger);
    tcase_add_test(tests, the_clouds_are_listed_once);
    tcase_add_loop_test(tests, an_authority_of_ours_is_known, 0,
                        (int)(sizeof authorities / sizeof *authorities));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
