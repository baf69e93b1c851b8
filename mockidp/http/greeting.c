/* TLS faults happen before there is a request: all that is known is the name that was asked for. */
#include "mockidp/http/greeting.h"

#include "mockidp/http/tls.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CHAIN_MAX = 4, CHAINS = 1 + TLS_BAD_CHAINS, NAME_CAP = 256 };

struct greeting {
    gnutls_pcert_st chains[CHAINS][CHAIN_MAX]; /* the good one first */
    unsigned lens[CHAINS];
    gnutls_privkey_t key;
};

static gnutls_datum_t datum_of(const char *pem)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem)};
}

static bool read_chain(struct greeting *greeting, size_t i, const char *pem)
{
    unsigned len = CHAIN_MAX;
    gnutls_datum_t datum = datum_of(pem);

    if (gnutls_pcert_list_import_x509_raw(greeting->chains[i], &len, &datum, GNUTLS_X509_FMT_PEM,
                                          0) != GNUTLS_E_SUCCESS) {
        return false;
    }
    greeting->lens[i] = len;
    return true;
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
              read_chain(greeting, 0, options->chain_pem);
    for (size_t i = 0; ok && options->bad_chain_pem != NULL && i < TLS_BAD_CHAINS; i++) {
        ok = options->bad_chain_pem[i] == NULL ||
             read_chain(greeting, i + 1, options->bad_chain_pem[i]);
    }
    if (!ok) {
        greeting_free(greeting);
        return NULL;
    }
    return greeting;
}

void greeting_free(struct greeting *greeting)
{
    for (size_t i = 0; greeting != NULL && i < CHAINS; i++) {
        for (unsigned k = 0; k < greeting->lens[i]; k++) {
            gnutls_pcert_deinit(&greeting->chains[i][k]);
        }
    }
    if (greeting != NULL) {
        gnutls_privkey_deinit(greeting->key);
    }
    free(greeting);
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
    if (fault == SERVER_TLS_RESET || greeting->lens[fault] == 0) {
        return -1;
    }
    *chain = greeting->chains[fault];
    *len = greeting->lens[fault];
    *key = greeting->key;
    return 0;
}
