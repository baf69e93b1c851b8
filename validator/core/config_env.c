/* The names that apps built on Microsoft.Identity.Web and Azure Functions settings use. */
#include "validator/core/config.h"

#include <stdio.h>

int btv_config_load_env(struct btv_config *c, btv_lookup_fn lookup, void *ctx, char *why,
                        size_t cap)
{
    static const struct {
        const char *variable;
        const char *setting;
    } names[] = {
        {"AzureAd__Instance", "instance"},  {"AzureAd__TenantId", "tenant_id"},
        {"AzureAd__ClientId", "client_id"}, {"AzureAd__Audience", "audience"},
        {"AzureAd__Scopes", "scopes"},      {"AzureAd__Roles", "roles"},
        {"AzureAd__Tenants", "tenants"},    {"AzureAd__Clients", "clients"},
        {"AzureAd__Issuers", "issuers"},    {"AzureAd__MetadataUrls", "metadata_urls"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char fault[256] = "";
        const char *value = lookup(ctx, names[i].variable);
        if (value && btv_config_set(c, names[i].setting, value, fault, sizeof fault) != 0) {
            return btv_config_fault(names[i].variable, fault, why, cap);
        }
    }
    return 0;
}
