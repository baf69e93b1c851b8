/* The pages that ask who someone is. They carry the request to /authorize along as text, so that
 * nothing is stored until someone has signed in. */
#ifndef MOCKIDP_ENDPOINTS_SIGNIN_H
#define MOCKIDP_ENDPOINTS_SIGNIN_H

#include "mockidp/endpoints/authorize.h"

/* signin_ask answers with the page that comes next: accounts, password, or consent. */
void signin_ask(struct authorize *a, struct http_response *response);

#endif
