/* The map of the server. */
#ifndef MOCKIDP_ENDPOINTS_ROUTES_H
#define MOCKIDP_ENDPOINTS_ROUTES_H

#include "mockidp/http/router.h"

extern const struct route idp_routes[];
extern const size_t idp_route_count;

#endif
