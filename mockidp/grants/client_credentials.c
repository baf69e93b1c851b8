/* An app for itself (RFC 6749 §4.4). */
#include "mockidp/grants/access.h"

int grant_client_credentials(struct grant *grant)
{
    return client_auth_check(grant, false) == 0 && scope_of_app(grant) == 0
               ? access_check_app(grant)
               : -1;
}
