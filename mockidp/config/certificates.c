/* PEM files to keys and thumbprints. */
#include "mockidp/config/certificates.h"

#include "mockidp/config/config.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

static bool read_certificate(const char *pem, size_t len, struct directory_certificate *out)
{
    BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    X509 *x509 = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    bool good = x509 && X509_digest(x509, EVP_sha1(), out->sha1, NULL) == 1 &&
                X509_digest(x509, EVP_sha256(), out->sha256, NULL) == 1 &&
                (out->key = X509_get_pubkey(x509)) != NULL;
    X509_free(x509);
    BIO_free(bio);
    return good;
}

static int load_one(const struct directory *d, const char *path, struct directory_certificate *out,
                    char *why, size_t cap)
{
    size_t len = 0;
    char *pem = config_read_file(d, path, &len, why, cap);
    bool good = pem && read_certificate(pem, len, out);
    if (pem && !good) {
        (void)snprintf(why, cap, "the file holds no PEM certificate");
    }
    free(pem);
    return good ? 0 : -1;
}

static int load_app(const struct directory *d, size_t t, size_t a, const json_t *files, char *why,
                    size_t cap)
{
    struct directory_app *app = &d->tenants[t].apps[a];
    app->certificates = calloc(json_array_size(files) + 1, sizeof *app->certificates);
    for (size_t i = 0; app->certificates && i < json_array_size(files); i++) {
        int n = snprintf(why, cap, "/tenants/%zu/apps/%zu/certificates/%zu: ", t, a, i);
        size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
        if (load_one(d, json_string_value(json_array_get(files, i)), &app->certificates[i],
                     why + used, cap - used) != 0) {
            return -1;
        }
        app->certificate_count = i + 1;
    }
    return app->certificates ? 0 : -1;
}

int certificates_load(struct directory *d, char *why, size_t cap)
{
    const json_t *tenants = json_object_get(d->root, "tenants");
    for (size_t t = 0; t < d->tenant_count; t++) {
        const json_t *apps = json_object_get(json_array_get(tenants, t), "apps");
        for (size_t a = 0; a < d->tenants[t].app_count; a++) {
            const json_t *files = json_object_get(json_array_get(apps, a), "certificates");
            if (files && load_app(d, t, a, files, why, cap) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

void certificates_free(struct directory_app *app)
{
    for (size_t i = 0; i < app->certificate_count; i++) {
        EVP_PKEY_free(app->certificates[i].key);
    }
    free(app->certificates);
}
