/* Two certificates, with the extensions that GnuTLS, OpenSSL, Node, Chromium, Java and .NET each
 * insist on. */
#include "mockidp/http/certify.h"

#include <arpa/inet.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    DAY = 86400,
    CA_DAYS = 3650,
    LEAF_DAYS = 397, /* Baseline Requirements §6.3.2: at most 398 */
    SAN_CAP = 4096
};

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool ok = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

/* set_serial: RFC 5280 §4.1.2.2, positive, at most 20 octets, not repeated by one CA: 16 random
 * octets. */
static bool set_serial(X509 *cert)
{
    unsigned char octets[16];
    BIGNUM *number = NULL;
    bool ok = RAND_bytes(octets, sizeof octets) == 1;

    octets[0] &= 0x7f;
    octets[15] |= 1;
    ok = ok && (number = BN_bin2bn(octets, sizeof octets, NULL)) != NULL &&
         BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return ok;
}

static bool add_name(X509_NAME *name, const char *field, const char *value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1,
                                      -1, 0) == 1;
}

/* begin returns an unsigned certificate with subject, serial, validity and key; NULL on failure. */
static X509 *begin(EVP_PKEY *key, const char *common_name, int days)
{
    X509 *cert = X509_new();

    if (cert == NULL || X509_set_version(cert, X509_VERSION_3) != 1 || !set_serial(cert) ||
        X509_gmtime_adj(X509_getm_notBefore(cert), -DAY) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(cert), (long)(days - 1) * DAY) == NULL ||
        X509_set_pubkey(cert, key) != 1 ||
        !add_name(X509_get_subject_name(cert), "O", "entra-testbench (test only)") ||
        !add_name(X509_get_subject_name(cert), "CN", common_name)) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

X509 *certify_ca(EVP_PKEY *key)
{
    X509 *cert = begin(key, "mockidp CA", CA_DAYS);

    if (cert == NULL || X509_set_issuer_name(cert, X509_get_subject_name(cert)) != 1 ||
        !add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(cert, cert, NID_subject_key_identifier, "hash") ||
        !add_extension(cert, cert, NID_authority_key_identifier, "keyid:always") ||
        X509_sign(cert, key, EVP_sha256()) == 0) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

/* names_to_san writes the subjectAltName value; false on a name that is neither a host name nor an
 * address. */
static bool names_to_san(const char *const *names, char *out, size_t cap)
{
    size_t used = (size_t)snprintf(out, cap, "DNS:localhost,IP:127.0.0.1,IP:::1");

    for (; names != NULL && *names != NULL; names++) {
        unsigned char address[16];
        bool ip =
            inet_pton(AF_INET, *names, address) == 1 || inet_pton(AF_INET6, *names, address) == 1;
        size_t len = strlen(*names);
        bool plain =
            strspn(*names, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*") ==
            len;
        if (len == 0 || len > 253 || !(ip || plain)) {
            return false;
        }
        int more = snprintf(out + used, cap - used, ",%s:%s", ip ? "IP" : "DNS", *names);
        if (more < 0 || (size_t)more >= cap - used) {
            return false;
        }
        used += (size_t)more;
    }
    return true;
}

/* sign_leaf returns a server certificate for the names in `san`; one that has `expired` did so
 * yesterday. */
static X509 *sign_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *common_name,
                       const char *san, bool expired)
{
    X509 *cert = begin(key, common_name, LEAF_DAYS);

    if (cert == NULL || X509_set_issuer_name(cert, X509_get_subject_name(ca)) != 1 ||
        (expired && (X509_gmtime_adj(X509_getm_notBefore(cert), (long)-10 * DAY) == NULL ||
                     X509_gmtime_adj(X509_getm_notAfter(cert), (long)-DAY) == NULL)) ||
        !add_extension(cert, ca, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(cert, ca, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(cert, ca, NID_ext_key_usage, "serverAuth") ||
        !add_extension(cert, ca, NID_subject_alt_name, san) ||
        !add_extension(cert, ca, NID_subject_key_identifier, "hash") ||
        !add_extension(cert, ca, NID_authority_key_identifier, "keyid:always") ||
        X509_sign(cert, ca_key, EVP_sha256()) == 0) {
        X509_free(cert);
        return NULL;
    }
    return cert;
}

X509 *certify_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *const *names)
{
    char san[SAN_CAP];

    return names_to_san(names, san, sizeof san)
               ? sign_leaf(key, ca, ca_key, "localhost", san, false)
               : NULL;
}

X509 *certify_expired_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *const *names)
{
    char san[SAN_CAP];

    return names_to_san(names, san, sizeof san) ? sign_leaf(key, ca, ca_key, "localhost", san, true)
                                                : NULL;
}

X509 *certify_wrong_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key)
{
    return sign_leaf(key, ca, ca_key, "localhost", "DNS:wrong-host.invalid", false);
}

X509 *certify_named_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *name)
{
    char san[SAN_CAP];
    /* a common name has at most 64 characters (RFC 5280 Appendix A), a host name 253 */
    const char *common_name = strlen(name) <= ub_common_name ? name : "mockidp";

    (void)snprintf(san, sizeof san, "DNS:%s", name);
    return sign_leaf(key, ca, ca_key, common_name, san, false);
}
