/* The default fetch: one GET by libcurl. */
#ifndef VALIDATOR_KEYS_FETCH_CURL_H
#define VALIDATOR_KEYS_FETCH_CURL_H

#include "btv/validator.h"

/*
 * btv_fetch_curl is a btv_fetch_fn whose context is the path of a CA file (PEM) or NULL for the
 * system's. TLS is verified; redirects are not followed (keys come from where the configuration
 * says, or not at all); nothing is decompressed: the identity coding is asked for, and an answer in
 * another one is refused unread; the deadline covers everything from name look-up to the last byte,
 * so a server that drips is cut off.
 */
int btv_fetch_curl(void *ca_file, const struct btv_fetch_request *request,
                   struct btv_fetch_response *response, char *why, size_t cap);

#endif
