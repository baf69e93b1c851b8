/* The toy validator behind a socket, for the cases that are about HTTP. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_SERVER_H
#define CONFORMANCE_ADAPTERS_MUTANT_SERVER_H

#include "conformance/adapters/mutant_bearer.h"

/* mutant_decide_fn answers one request; called by the server's thread. */
typedef struct mutant_answer (*mutant_decide_fn)(void *ctx, const struct mutant_request *request);

/* The second protected resource, and the scope that it wants. */
#define MUTANT_SECOND_PATH "/api/tasks"
#define MUTANT_SECOND_SCOPE "Tasks.Write"

struct mutant_server;

/* mutant_server_start serves one protected resource on a free loopback port, one connection at a
 * time; NULL on failure. */
struct mutant_server *mutant_server_start(enum mutant_flaw flaw, mutant_decide_fn decide,
                                          void *ctx);

/* mutant_server_url returns the URL of the resource, borrowed. */
const char *mutant_server_url(const struct mutant_server *server);

/* mutant_server_stop closes and waits for the thread; NULL is fine. */
void mutant_server_stop(struct mutant_server *server);

#endif
