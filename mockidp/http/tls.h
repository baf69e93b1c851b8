/* The certificates of the HTTPS listener: a CA of our own, kept or made at the start, and a leaf
 * for this run. */
#ifndef MOCKIDP_HTTP_TLS_H
#define MOCKIDP_HTTP_TLS_H

#include <stdbool.h>
#include <stddef.h>

enum { TLS_BAD_CHAINS = 3, TLS_NAMED_MAX = 8 };

/* struct tls_named is a leaf for one host name alone, then the CA; both strings are owned. */
struct tls_named {
    char *name; /* NULL: the list ends here */
    char *chain_pem;
};

/* struct tls_files is what a listener needs, and what a client needs to trust it. All strings are
 * owned. */
struct tls_files {
    char *chain_pem; /* the leaf, then the CA */
    char *key_pem;   /* the leaf's private key */
    char
        *bad_chain_pem[TLS_BAD_CHAINS]; /* for the same key: expired, for a wrong host, of a CA that
                                           nobody trusts; NULL when the certificate was given */
    struct tls_named named[TLS_NAMED_MAX + 1]; /* for the same key, too */
    char *ca_pem;    /* the CA alone; NULL when the certificate was given by --tls-cert */
    char *ca_path;   /* where ca_pem stands as a file, or NULL */
    char *temporary; /* the folder made for ca_path, removed by cleanup; NULL when it stands in
                        --state */
};

/*
 * tls_files_make uses the CA in `state_dir` (ca.pem, ca.key; made when missing), or, when that is
 * NULL, makes one in a temporary folder. The leaf is for localhost, 127.0.0.1, ::1 and `names` (a
 * NULL-terminated list of DNS names or IP addresses, or NULL); each host name in `as` (likewise, at
 * most TLS_NAMED_MAX) has a leaf of its own, for clients that ask for it. Keys are EC P-256, made
 * in about a millisecond. Returns false with a sentence in `why`.
 *
 * Rules that clients hold: RFC 5280 §4.2.1.1-3, .6, .9, .12 (AKI, SKI, key usage, SAN, basic
 * constraints, EKU), and at most 398 days of validity (CA/Browser Forum Baseline Requirements
 * §6.3.2, which Chromium and Apple apply).
 */
bool tls_files_make(struct tls_files *files, const char *state_dir, const char *const *names,
                    const char *const *as, char *why, size_t cap);

/* tls_files_read takes a certificate chain and key in PEM from files instead, after checking that
 * they belong together. */
bool tls_files_read(struct tls_files *files, const char *cert_file, const char *key_file, char *why,
                    size_t cap);

/* tls_files_cleanup wipes the key, removes the temporary folder and frees everything. A zeroed
 * struct is fine. */
void tls_files_cleanup(struct tls_files *files);

#endif
