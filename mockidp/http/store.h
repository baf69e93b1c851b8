/* Answers that take long to make and are asked for again: stored by all that they were made of. */
#ifndef MOCKIDP_HTTP_STORE_H
#define MOCKIDP_HTTP_STORE_H

#include "mockidp/http/response.h"

#include <stdbool.h>
#include <stddef.h>

/* struct response_store locks itself. */
struct response_store;

/* response_store_new returns a newly allocated, empty store, or NULL. response_store_free takes
 * NULL; answers on their way outlive it. */
struct response_store *response_store_new(void);
void response_store_free(struct response_store *store);

/* response_store_find answers with what was made of exactly these octets; false when it is not
 * there. */
bool response_store_find(struct response_store *store, const void *made_of, size_t made_of_len,
                         struct http_response *response);

/* response_store_keep stores the answer, in place of one that was not asked for longer. Without
 * memory, or when its body is over 64 KiB, it is not stored. */
void response_store_keep(struct response_store *store, const void *made_of, size_t made_of_len,
                         struct http_response *response);

#endif
