/* From a recipe to a request, and to what a report shows of it. */
#ifndef CONFORMANCE_REQUEST_H
#define CONFORMANCE_REQUEST_H

#include "conformance/adapters/adapter.h"

#include <jansson.h>

/* struct cf_sent is a request with the memory that it borrows; zeroed at first. */
struct cf_sent {
    struct cf_request request;
    char *owned[CF_LINES_MAX + CF_HEADERS_MAX + CF_RAW_MAX + 8];
    size_t owned_count;
    char token[4096]; /* its beginning, to look for in answers */
    json_t *shown; /* {"authorization","header","claims","lines","place"}, "token" when no line has
                      it, and the recipe's method, path, field, headers and raw */
};

/* cf_sent_make bakes the recipe, without its members method, path, field, headers, raw and answers,
 * which are the request's; -1 with `why`. Release with cf_sent_cleanup in both cases. */
int cf_sent_make(struct cf_sent *sent, struct cf_world *world, const json_t *recipe, char *why,
                 size_t cap);
void cf_sent_cleanup(struct cf_sent *sent);

/* cf_sent_needs says what a target must have for this request ("http" for several Authorization
 * values or another place, "raw-socket" for what only a socket can be sent), or NULL. */
const char *cf_sent_needs(const struct cf_sent *sent);

/* cf_answer_json shows an answer, a new reference. */
json_t *cf_answer_json(const struct cf_answer *answer);

#endif
