/* Whether the user may have what is asked for. */
#include "mockidp/grants/access.h"
#include "mockidp/grants/consent.h"
#include "mockidp/grants/grant.h"

int grant_check_user(struct grant *g)
{
    if (access_check(g) != 0) {
        return -1;
    }
    return g->at_authorize ? 0 : consent_check(g);
}
