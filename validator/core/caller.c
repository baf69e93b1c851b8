/* The claims that say who, best first. */
#include "validator/core/caller.h"

const char *btv_caller(const struct btv_result *r)
{
    static const char *const claims[] = {"name", "preferred_username", "upn", "azp", "appid"};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        const char *value = btv_result_claim(r, claims[i]);
        if (value && *value) {
            return value;
        }
    }
    return "unknown";
}
