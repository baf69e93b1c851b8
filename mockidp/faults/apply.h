/* What a decided fault does to an answer. The delay is the server's to keep; the view of the keys
 * is the endpoint's. */
#ifndef MOCKIDP_FAULTS_APPLY_H
#define MOCKIDP_FAULTS_APPLY_H

#include "mockidp/faults/rule.h"
#include "mockidp/http/response.h"

/*
 * struct fault_place is where the struck request came from, for the placeholders in "redirect",
 * "body" and "members": {origin} is the origin that it used, {other_origin} the same under the
 * other loopback name (127.0.0.1 for localhost, else localhost), {http_origin} the HTTP listener's.
 */
struct fault_place {
    const char *origin;
    const char *http_origin; /* NULL: none, and stands for `origin` */
    bool accepts_gzip;
};

/* fault_replaces reports whether the act answers by itself, so that the endpoint must not run. */
bool fault_replaces(const struct fault_act *act);

/* fault_answer writes the whole answer of an act that replaces it (an AADSTS refusal is the
 * caller's to write). */
void fault_answer(const struct fault_act *act, const struct fault_place *place,
                  struct http_response *response);

/* fault_adjust changes what stands: a success status, header lines, members, keys, blanks, coding.
 */
void fault_adjust(const struct fault_act *act, const struct fault_place *place,
                  struct http_response *response);

#endif
