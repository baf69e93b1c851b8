/* Which grants there are, and what they share. */
#include "mockidp/grants/grant.h"

#include <string.h>

static const struct {
    const char *type;
    grant_handler *handle;
} grants[] = {
    {"client_credentials", grant_client_credentials},
    {"password", grant_password},
};

grant_handler *grant_find(const char *type)
{
    for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
        if (strcmp(grants[i].type, type) == 0) {
            return grants[i].handle;
        }
    }
    return NULL;
}

const char *grant_parameter(const struct grant *grant, const char *name)
{
    const char *value = http_params_get(&grant->request->form, name);
    return value && *value ? value : NULL;
}

const char *grant_need(struct grant *grant, const char *name)
{
    const char *value = grant_parameter(grant, name);
    if (!value) {
        oauth_refuse(&grant->refusal, 900144, name, NULL);
    }
    return value;
}
