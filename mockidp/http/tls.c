/* Where the HTTPS listener's certificates come from and where they lie. */
#include "mockidp/http/tls.h"

#include "mockidp/http/certify.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEM_MAX = 256 * 1024, BAD_NAMES_MAX = 128 };

/* read_whole returns the newly allocated text of a file of at most PEM_MAX bytes, or NULL. */
static char *read_whole(const char *path)
{
    char *text = NULL;
    FILE *file = fopen(path, "re");

    if (file != NULL && (text = malloc(PEM_MAX + 1)) != NULL) {
        size_t len = fread(text, 1, PEM_MAX + 1, file);
        if (ferror(file) != 0 || len > PEM_MAX) {
            free(text);
            text = NULL;
        } else {
            text[len] = '\0';
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

/* write_whole writes a file that only its owner may read when `secret`; a half-written one does not
 * stay under its name. */
static bool write_whole(const char *path, const char *text, bool secret)
{
    char partial[4096];
    size_t len = strlen(text);

    if ((size_t)snprintf(partial, sizeof partial, "%s.%ld", path, (long)getpid()) >=
        sizeof partial) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd =
        open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, secret ? 0600 : 0644);
    if (fd < 0) {
        return false;
    }
    bool ok = write(fd, text, len) == (ssize_t)len;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(partial, path) != 0) {
        (void)unlink(partial);
        return false;
    }
    return true;
}

/* take_text returns what was written to a memory BIO as a newly allocated string, and frees the
 * BIO. */
static char *take_text(BIO *bio, bool ok)
{
    char *data = NULL;
    long len = bio == NULL ? 0 : BIO_get_mem_data(bio, &data);
    char *text = ok && len > 0 ? strndup(data, (size_t)len) : NULL;

    BIO_free(bio);
    return text;
}

static char *key_to_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());

    return take_text(bio, bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0,
                                                                       NULL, NULL) == 1);
}

/* certs_to_pem writes `first`, and `second` unless that is NULL. */
static char *certs_to_pem(X509 *first, X509 *second)
{
    BIO *bio = BIO_new(BIO_s_mem());

    return take_text(bio, bio != NULL && PEM_write_bio_X509(bio, first) == 1 &&
                              (second == NULL || PEM_write_bio_X509(bio, second) == 1));
}

/* pair_from_pem parses a certificate and its key and checks that they belong together. Both are
 * newly allocated. */
static bool pair_from_pem(const char *cert_pem, const char *key_pem, X509 **cert, EVP_PKEY **key)
{
    BIO *cert_bio = cert_pem == NULL ? NULL : BIO_new_mem_buf(cert_pem, -1);
    BIO *key_bio = key_pem == NULL ? NULL : BIO_new_mem_buf(key_pem, -1);

    *cert = cert_bio == NULL ? NULL : PEM_read_bio_X509(cert_bio, NULL, NULL, NULL);
    *key = key_bio == NULL ? NULL : PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
    BIO_free(cert_bio);
    BIO_free(key_bio);
    if (*cert != NULL && *key != NULL && X509_check_private_key(*cert, *key) == 1) {
        return true;
    }
    X509_free(*cert);
    EVP_PKEY_free(*key);
    *cert = NULL;
    *key = NULL;
    return false;
}

/* make_ca makes the CA and writes its certificate, and its key too when it is to be kept. */
static bool make_ca(const char *cert_path, const char *key_path, X509 **cert, EVP_PKEY **key)
{
    char *cert_pem = NULL;
    char *key_pem = NULL;
    bool ok = (*key = EVP_EC_gen("P-256")) != NULL && (*cert = certify_ca(*key)) != NULL &&
              (cert_pem = certs_to_pem(*cert, NULL)) != NULL &&
              (key_pem = key_to_pem(*key)) != NULL &&
              (key_path == NULL || write_whole(key_path, key_pem, true)) &&
              write_whole(cert_path, cert_pem, false);

    if (key_pem != NULL) {
        OPENSSL_cleanse(key_pem, strlen(key_pem));
    }
    free(key_pem);
    free(cert_pem);
    return ok;
}

/* keep_ca loads the CA of a state folder, or makes it when there is none. A broken one is refused,
 * not replaced: clients may trust it already. */
static bool keep_ca(const char *dir, const char *cert_path, X509 **cert, EVP_PKEY **key, char *why,
                    size_t cap)
{
    char key_path[4096];

    if ((mkdir(dir, 0700) != 0 && errno != EEXIST) ||
        (size_t)snprintf(key_path, sizeof key_path, "%s/ca.key", dir) >= sizeof key_path) {
        (void)snprintf(why, cap, "--state %s: %s", dir, strerror(errno));
        return false;
    }
    if (access(cert_path, F_OK) != 0 && access(key_path, F_OK) != 0) {
        if (!make_ca(cert_path, key_path, cert, key)) {
            (void)snprintf(why, cap, "--state %s: cannot keep a CA there: %s", dir,
                           strerror(errno));
            return false;
        }
        return true;
    }
    char *cert_pem = read_whole(cert_path);
    char *key_pem = read_whole(key_path);
    bool ok = pair_from_pem(cert_pem, key_pem, cert, key);
    if (key_pem != NULL) {
        OPENSSL_cleanse(key_pem, strlen(key_pem));
    }
    free(cert_pem);
    free(key_pem);
    if (!ok) {
        (void)snprintf(why, cap, "--state %s: ca.pem and ca.key are not a certificate with its key",
                       dir);
    }
    return ok;
}

/* place_ca settles the folder and loads or makes the CA. */
static bool place_ca(struct tls_files *files, const char *state_dir, X509 **ca, EVP_PKEY **ca_key,
                     char *why, size_t cap)
{
    const char *base = getenv("TMPDIR");
    const char *dir = state_dir;

    if (dir == NULL) {
        if (asprintf(&files->temporary, "%s/mockidp-XXXXXX",
                     base == NULL || *base == '\0' ? "/tmp" : base) < 0) {
            files->temporary = NULL;
        } else if (mkdtemp(files->temporary) == NULL) {
            (void)snprintf(why, cap, "cannot make the folder %s: %s", files->temporary,
                           strerror(errno));
            free(files->temporary);
            files->temporary = NULL;
            return false;
        }
        dir = files->temporary;
    }
    if (dir == NULL || asprintf(&files->ca_path, "%s/ca.pem", dir) < 0) {
        files->ca_path = NULL;
        (void)snprintf(why, cap, "out of memory");
        return false;
    }
    if (state_dir != NULL) {
        return keep_ca(state_dir, files->ca_path, ca, ca_key, why, cap);
    }
    if (!make_ca(files->ca_path, NULL, ca, ca_key)) {
        (void)snprintf(why, cap, "cannot make a CA in %s", dir);
        return false;
    }
    return true;
}

/* join_names appends to `all`, which holds `count`, as far as there is room; the new count. */
static size_t join_names(const char *all[BAD_NAMES_MAX + 1], size_t count, const char *const *more)
{
    for (; more != NULL && *more != NULL && count < BAD_NAMES_MAX; more++) {
        all[count++] = *more;
    }
    return count;
}

/* make_bad_chains makes the chains of TLS faults, each for all names. The third CA is made for it
 * and thrown away. */
static bool make_bad_chains(struct tls_files *files, EVP_PKEY *leaf_key, X509 *ca, EVP_PKEY *ca_key,
                            const char *const *names, const char *const *as)
{
    const char *all[BAD_NAMES_MAX + 1] = {NULL};
    (void)join_names(all, join_names(all, 0, names), as);
    EVP_PKEY *other_key = EVP_EC_gen("P-256");
    X509 *other = other_key == NULL ? NULL : certify_ca(other_key);
    X509 *leaves[TLS_BAD_CHAINS] = {
        certify_expired_leaf(leaf_key, ca, ca_key, all), certify_wrong_leaf(leaf_key, ca, ca_key),
        other == NULL ? NULL : certify_leaf(leaf_key, other, other_key, all)};
    bool ok = true;

    for (size_t i = 0; i < TLS_BAD_CHAINS; i++) {
        files->bad_chain_pem[i] =
            leaves[i] == NULL ? NULL
                              : certs_to_pem(leaves[i], i == TLS_BAD_CHAINS - 1 ? other : ca);
        ok = ok && files->bad_chain_pem[i] != NULL;
        X509_free(leaves[i]);
    }
    X509_free(other);
    EVP_PKEY_free(other_key);
    return ok;
}

/* make_named makes a leaf for each name of `as`. */
static bool make_named(struct tls_files *files, EVP_PKEY *leaf_key, X509 *ca, EVP_PKEY *ca_key,
                       const char *const *as)
{
    bool ok = true;

    for (size_t i = 0; ok && as != NULL && as[i] != NULL && i < TLS_NAMED_MAX; i++) {
        X509 *leaf = certify_named_leaf(leaf_key, ca, ca_key, as[i]);
        files->named[i].chain_pem = leaf == NULL ? NULL : certs_to_pem(leaf, ca);
        files->named[i].name = strdup(as[i]);
        ok = files->named[i].chain_pem != NULL && files->named[i].name != NULL;
        X509_free(leaf);
    }
    return ok;
}

bool tls_files_make(struct tls_files *files, const char *state_dir, const char *const *names,
                    const char *const *as, char *why, size_t cap)
{
    X509 *ca = NULL;
    X509 *leaf = NULL;
    EVP_PKEY *ca_key = NULL;
    EVP_PKEY *leaf_key = NULL;

    *files = (struct tls_files){.chain_pem = NULL};
    bool ok = place_ca(files, state_dir, &ca, &ca_key, why, cap);
    if (ok && ((leaf_key = EVP_EC_gen("P-256")) == NULL ||
               (leaf = certify_leaf(leaf_key, ca, ca_key, names)) == NULL ||
               (files->chain_pem = certs_to_pem(leaf, ca)) == NULL ||
               (files->key_pem = key_to_pem(leaf_key)) == NULL ||
               (files->ca_pem = certs_to_pem(ca, NULL)) == NULL ||
               !make_bad_chains(files, leaf_key, ca, ca_key, names, as) ||
               !make_named(files, leaf_key, ca, ca_key, as))) {
        (void)snprintf(
            why, cap,
            "cannot make a certificate for the HTTPS listener: a host name may be malformed");
        ok = false;
    }
    X509_free(ca);
    X509_free(leaf);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(leaf_key);
    if (!ok) {
        tls_files_cleanup(files);
    }
    return ok;
}

bool tls_files_read(struct tls_files *files, const char *cert_file, const char *key_file, char *why,
                    size_t cap)
{
    X509 *cert = NULL;
    EVP_PKEY *key = NULL;

    *files = (struct tls_files){.chain_pem = NULL};
    if ((files->chain_pem = read_whole(cert_file)) == NULL) {
        (void)snprintf(why, cap, "--tls-cert %s: cannot be read", cert_file);
    } else if ((files->key_pem = read_whole(key_file)) == NULL) {
        (void)snprintf(why, cap, "--tls-key %s: cannot be read", key_file);
    } else if (!pair_from_pem(files->chain_pem, files->key_pem, &cert, &key)) {
        (void)snprintf(why, cap,
                       "--tls-cert %s and --tls-key %s are not a PEM certificate with its key",
                       cert_file, key_file);
    } else {
        X509_free(cert);
        EVP_PKEY_free(key);
        return true;
    }
    tls_files_cleanup(files);
    return false;
}

void tls_files_cleanup(struct tls_files *files)
{
    if (files->temporary != NULL) {
        if (files->ca_path != NULL) {
            (void)unlink(files->ca_path);
        }
        (void)rmdir(files->temporary);
    }
    if (files->key_pem != NULL) {
        OPENSSL_cleanse(files->key_pem, strlen(files->key_pem));
    }
    for (size_t i = 0; i < TLS_BAD_CHAINS; i++) {
        free(files->bad_chain_pem[i]);
    }
    for (size_t i = 0; i < TLS_NAMED_MAX; i++) {
        free(files->named[i].name);
        free(files->named[i].chain_pem);
    }
    free(files->chain_pem);
    free(files->key_pem);
    free(files->ca_pem);
    free(files->ca_path);
    free(files->temporary);
    *files = (struct tls_files){.chain_pem = NULL};
}
