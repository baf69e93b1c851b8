/* What a decided fault does to an answer. The delay is the server's to keep; the view of the keys
 * is the endpoint's. */
#ifndef MOCKIDP_FAULTS_APPLY_H
#define MOCKIDP_FAULTS_APPLY_H

#include "mockidp/faults/rule.h"
#include "mockidp/http/response.h"

/* fault_replaces reports whether the act answers by itself, so that the endpoint must not run. */
bool fault_replaces(const struct fault_act *act);

/* fault_answer writes the whole answer of an act that replaces it; "{origin}" in a body becomes
 * `origin`, so that a document can name the mock wherever it listens. */
void fault_answer(const struct fault_act *act, const char *origin, struct http_response *response);

/* fault_adjust changes what the endpoint answered: a success status, Retry-After. */
void fault_adjust(const struct fault_act *act, struct http_response *response);

#endif
