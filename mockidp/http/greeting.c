/* The name that a client asks for chooses its certificate. TLS faults happen before there is a
 * request: that name is all that is known. */
#include "mockidp/http/greeting.h"

#include "mockidp/http/tls.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { CHAIN_MAX = 4, CHAINS = 1 + TLS_BAD_CHAINS, NAME_CAP = 256 };

struct chain {
    gnutls_pcert_st certs[CHAIN_MAX];
    unsigned len; /* 0: there is none */
};

struct greeting {
    struct chain chains[CHAINS]; /* the good one first */
    struct {
        char *name;
        struct chain chain;
    } named[TLS_NAMED_MAX];
    size_t named_count;
    gnutls_privkey_t key;
};

static gnutls_datum_t datum_of(const char *pem)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem)};
}

static bool read_chain(struct chain *chain, const char *pem)
{
    unsigned len = CHAIN_MAX;
    gnutls_datum_t datum = datum_of(pem);

    if (gnutls_pcert_list_import_x509_raw(chain->certs, &len, &datum, GNUTLS_X509_FMT_PEM, 0) !=
        GNUTLS_E_SUCCESS) {
        return false;
    }
    chain->len = len;
    return true;
}

static void free_chain(struct chain *chain)
{
    for (unsigned i = 0; i < chain->len; i++) {
        gnutls_pcert_deinit(&chain->certs[i]);
    }
}

static bool read_named(struct greeting *greeting, const struct tls_named *named)
{
    bool ok = true;

    for (; ok && named != NULL && named->name != NULL; named++) {
        size_t i = greeting->named_count;
        ok = i < TLS_NAMED_MAX && (greeting->named[i].name = strdup(named->name)) != NULL;
        if (ok) {
            greeting->named_count++;
            ok = read_chain(&greeting->named[i].chain, named->chain_pem);
        }
    }
    return ok;
}

struct greeting *greeting_new(const struct server_options *options)
{
    struct greeting *greeting = calloc(1, sizeof *greeting);
    gnutls_datum_t key = datum_of(options->key_pem);

    if (greeting == NULL || gnutls_privkey_init(&greeting->key) != GNUTLS_E_SUCCESS) {
        free(greeting);
        return NULL;
    }
    bool ok = gnutls_privkey_import_x509_raw(greeting->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0) ==
                  GNUTLS_E_SUCCESS &&
              read_chain(&greeting->chains[0], options->chain_pem) &&
              read_named(greeting, options->named);
    for (size_t i = 0; ok && options->bad_chain_pem != NULL && i < TLS_BAD_CHAINS; i++) {
        ok = options->bad_chain_pem[i] == NULL ||
             read_chain(&greeting->chains[i + 1], options->bad_chain_pem[i]);
    }
    if (!ok) {
        greeting_free(greeting);
        return NULL;
    }
    return greeting;
}

void greeting_free(struct greeting *greeting)
{
    if (greeting == NULL) {
        return;
    }
    for (size_t i = 0; i < CHAINS; i++) {
        free_chain(&greeting->chains[i]);
    }
    for (size_t i = 0; i < greeting->named_count; i++) {
        free(greeting->named[i].name);
        free_chain(&greeting->named[i].chain);
    }
    gnutls_privkey_deinit(greeting->key);
    free(greeting);
}

/* find_chain: a host name is the same in any case (RFC 6066 §3). */
static struct chain *find_chain(struct greeting *greeting, enum server_tls fault, const char *name)
{
    for (size_t i = 0; fault == SERVER_TLS_GOOD && i < greeting->named_count; i++) {
        if (strcasecmp(greeting->named[i].name, name) == 0) {
            return &greeting->named[i].chain;
        }
    }
    return &greeting->chains[fault];
}

int greeting_choose(struct greeting *greeting, const struct server_owner *owner,
                    gnutls_session_t session, gnutls_pcert_st **chain, unsigned *len,
                    gnutls_privkey_t *key)
{
    char name[NAME_CAP] = "";
    size_t name_len = sizeof name;
    unsigned type = 0;
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    if (gnutls_server_name_get(session, name, &name_len, &type, 0) != GNUTLS_E_SUCCESS) {
        name[0] = '\0'; /* a client that asks for an address sends none */
    }
    enum server_tls fault =
        owner->greet == NULL ? SERVER_TLS_GOOD : owner->greet(owner->closure, name);
    if (fault == SERVER_TLS_RESET) {
        /* on Linux, connecting a TCP socket to AF_UNSPEC aborts it (connect(2)) */
        (void)connect(gnutls_transport_get_int(session), &nowhere, sizeof nowhere);
    }
    struct chain *found = fault == SERVER_TLS_RESET ? NULL : find_chain(greeting, fault, name);
    if (found == NULL || found->len == 0) {
        return -1;
    }
    *chain = found->certs;
    *len = found->len;
    *key = greeting->key;
    return 0;
}
