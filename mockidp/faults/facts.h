/* Whom a request speaks for: tenant, client and grant, under every name that a fault rule may use
 * for them. */
#ifndef MOCKIDP_FAULTS_FACTS_H
#define MOCKIDP_FAULTS_FACTS_H

#include "mockidp/faults/rule.h"
#include "mockidp/http/request.h"

struct directory;

/* struct fault_names holds the strings of the facts that are not borrowed. */
struct fault_names {
    char client[128]; /* the client id as sent, in the form, the query or the Basic user; "" when
                         there is none */
};

/* fault_facts_gather fills *facts, which borrows from *names, the request and the directory. */
void fault_facts_gather(const char *endpoint, const struct http_request *request,
                        const struct directory *directory, struct fault_names *names,
                        struct fault_facts *facts);

#endif
