/* The names that the mock answers to: those of its listeners, of loopback, and of --as. A host here
 * is a name with or without a port, as it stands in a URL: "localhost:8443". */
#ifndef MOCKIDP_OWN_HOST_H
#define MOCKIDP_OWN_HOST_H

#include "mockidp/context.h"

#include <stddef.h>

/* The names of loopback, NULL-terminated. */
extern const char *const own_host_loopback[];

/* own_host_of returns where the host of an origin begins. */
const char *own_host_of(const char *origin);

/* own_host_name_len returns the length of a host without its port. */
size_t own_host_name_len(const char *host);

/* own_host_same_name compares two hosts without their ports, in any case; own_host_is_loopback says
 * whether it is a name of loopback. */
bool own_host_same_name(const char *one, const char *other);
bool own_host_is_loopback(const char *host);

/* own_host_is says whether a host is a name of ours, with the port of a listener or, as some
 * clients ask, without. */
bool own_host_is(const struct idp_context *context, const char *host);

/* own_host_is_origin says whether an origin is that of this request, or one of such a host. */
bool own_host_is_origin(const struct idp_context *context, const char *origin);

#endif
