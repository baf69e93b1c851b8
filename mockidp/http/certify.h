/* Making X.509 certificates for the HTTPS listener: the CA's and the leaf's. No files. */
#ifndef MOCKIDP_HTTP_CERTIFY_H
#define MOCKIDP_HTTP_CERTIFY_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* certify_ca returns a newly allocated self-signed CA certificate for `key`, valid for ten years,
 * or NULL. */
X509 *certify_ca(EVP_PKEY *key);

/*
 * certify_leaf returns a newly allocated server certificate for `key`, signed by the CA, valid for
 * 397 days from yesterday, for localhost, 127.0.0.1, ::1 and `names` (NULL-terminated, or NULL);
 * NULL on failure, such as a name that cannot be one.
 */
X509 *certify_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *const *names);

/* certify_named_leaf returns one for the host `name` alone, which must be one. */
X509 *certify_named_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *name);

/* Leaves that no client may accept, for fault rules: one that expired yesterday, and one for a host
 * that nobody asks for. */
X509 *certify_expired_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *const *names);
X509 *certify_wrong_leaf(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key);

#endif
