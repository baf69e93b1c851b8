/* Which certificate a TLS connection is greeted with: the one of the name that it asks for, else
 * the one for localhost; or a bad one, when a fault rule strikes. */
#ifndef MOCKIDP_HTTP_GREETING_H
#define MOCKIDP_HTTP_GREETING_H

#include "mockidp/http/server.h"

#include <gnutls/abstract.h>

struct greeting;

/* greeting_new returns the parsed certificates of the options, newly allocated; NULL when they
 * cannot be parsed. Handshakes of many threads may use it at once. */
struct greeting *greeting_new(const struct server_options *options);
void greeting_free(struct greeting *greeting);

/* greeting_choose asks the owner, and stores what the handshake needs, borrowed. -1 ends the
 * connection; so does a certificate that there is not. */
int greeting_choose(struct greeting *greeting, const struct server_owner *owner,
                    gnutls_session_t session, gnutls_pcert_st **chain, unsigned *len,
                    gnutls_privkey_t *key);

#endif
