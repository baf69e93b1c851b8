/* The table of profiles. */
#include "conformance/profile.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const struct cf_profile profiles[] = {
    {"single-tenant-v2",    "delegated-v2", NULL,           {{"scopes", CF_SCOPE}}, NULL},
    {"single-tenant-v1-v2", "delegated-v2", "v1",           {{"scopes", CF_SCOPE}, {"v1", "accept"}}, NULL},
    {"app-only",            "app-v2",       "app-only",     {{"roles", "Tasks.Read.All"}}, NULL},
    {"scope-or-role",       "delegated-v2", "app-only",     {{"scopes", CF_SCOPE}, {"roles", "Tasks.Read.All"}}, NULL},
    {"any-tenant",          "delegated-v2", "multi-tenant", {{"scopes", CF_SCOPE}, {"tenant_id", "common"}, {"tenants", "any"}}, NULL},
    {"tenant-list",         "delegated-v2", "multi-tenant", {{"scopes", CF_SCOPE}, {"tenant_id", "organizations"}, {"tenants", CF_TENANT_ID}}, NULL},
    {"app-keys",            "delegated-v2", "app-keys",     {{"scopes", CF_SCOPE}, {"app_keys", "accept"}}, NULL},
    {"client-list",         "delegated-v2", "client-list",  {{"scopes", CF_SCOPE}, {"clients", CF_WEB_ID}, {"v1", "accept"}}, NULL},
    {"any-scope",           "delegated-v2", "all-scopes",   {{"scopes", CF_SCOPE " Tasks.Write"}, {"match", "any"}}, NULL},
    {"all-scopes",          "delegated-v2", "all-scopes",   {{"scopes", CF_SCOPE " Tasks.Write"}, {"match", "all"}}, "Tasks.Write " CF_SCOPE},
};
/* clang-format on */

const struct cf_profile *cf_profile_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof profiles / sizeof profiles[0]; i++) {
        if (strcmp(profiles[i].name, name) == 0) {
            return &profiles[i];
        }
    }
    return name ? NULL : &profiles[0];
}
