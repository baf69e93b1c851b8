/* What would make an issuer of anyone is refused here, with the setting's name. */
#include "validator/core/authorities.h"

#include "validator/keys/origin.h"
#include "validator/policy/issuer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "{tenantid}";
static const char metadata_path[] = "/.well-known/openid-configuration";

static int no_memory(char *why, size_t cap)
{
    return btv_config_fault("configuration", "out of memory", why, cap);
}

/* Returns newly allocated text, or NULL. */
__attribute__((format(printf, 1, 2))) static char *text_from(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    return len < 0 ? NULL : text;
}

static void to_lower_case(char *text)
{
    for (char *p = text; p && *p; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
    }
}

/* Takes over the strings, which are NULL when memory was short. */
static int add(struct btv_policy *p, const struct btv_authority *a, char *why, size_t cap)
{
    p->authorities[p->authority_count++] = *a;
    return a->issuer && a->metadata_url ? 0 : no_memory(why, cap);
}

static int compile_tenants(struct btv_policy *p, const struct btv_config *c, char *why, size_t cap)
{
    char *text = strdup(btv_config_text(c, BTV_SET_TENANTS));
    to_lower_case(text);
    int status = text ? btv_words_init(&p->tenants, text) : -1;
    free(text);
    if (status != 0) {
        return no_memory(why, cap);
    }
    p->any_tenant = p->tenants.count == 1 && jose_span_is(p->tenants.items[0], "any");
    for (size_t i = 0; !p->any_tenant && i < p->tenants.count; i++) {
        char tenant[40];
        snprintf(tenant, sizeof tenant, "%.*s", (int)p->tenants.items[i].len,
                 p->tenants.items[i].data);
        if (!btv_is_guid(tenant)) {
            return btv_config_fault("tenants", "neither GUIDs nor the one word any", why, cap);
        }
        if (p->work_only && strcmp(tenant, BTV_CONSUMERS_ID) == 0) {
            return btv_config_fault("tenants", "personal accounts come with common only", why, cap);
        }
    }
    return 0;
}

/* Reads tenant_id and tenants; `*tenant` is the segment of the authority's URLs. */
static int compile_tenant(struct btv_policy *p, const struct btv_config *c, char *tenant,
                          enum btv_authority_kind *kind, char *why, size_t cap)
{
    bool listed = btv_config_text(c, BTV_SET_TENANTS) != NULL;
    *kind = BTV_MANY_TENANTS;
    if (btv_is_guid(tenant)) {
        *kind = BTV_ONE_TENANT;
        p->tenant_id = strdup(tenant);
        return !p->tenant_id ? no_memory(why, cap)
               : listed ? btv_config_fault("tenants", "only with tenant_id common or organizations",
                                           why, cap)
                        : 0;
    }
    p->work_only = strcmp(tenant, "organizations") == 0;
    if (!p->work_only && strcmp(tenant, "common") != 0) {
        return btv_config_fault("tenant_id",
                                "neither a GUID (tokens never name a domain), nor common, nor "
                                "organizations",
                                why, cap);
    }
    return listed ? compile_tenants(p, c, why, cap)
                  : btv_config_fault("tenant_id",
                                     "that is every tenant there is: name those that are allowed "
                                     "in tenants, or say any there",
                                     why, cap);
}

/* What is behind the metadata's address: keys of the API's own are shown to who asks for them
 * (Entra: Customize claims with a policy). Newly allocated. */
static char *query_of(const struct btv_config *c, char *why, size_t cap)
{
    const char *client = btv_config_text(c, BTV_SET_CLIENT_ID);
    bool asks = strcmp(btv_config_text(c, BTV_SET_APP_KEYS), "accept") == 0;
    if (asks && (!client || client[strspn(client, "0123456789abcdefABCDEF-")] != '\0')) {
        (void)btv_config_fault("app_keys", "a client_id is needed that is a GUID", why, cap);
        return NULL;
    }
    char *query = asks ? text_from("?appid=%s", client) : strdup("");
    if (!query) {
        (void)no_memory(why, cap);
    }
    return query;
}

static int add_v1(struct btv_policy *p, const struct btv_config *c, const char *base,
                  const char *tenant, const char *query, char *why, size_t cap)
{
    const char *issuer = btv_config_text(c, BTV_SET_V1_ISSUER);
    enum btv_authority_kind kind = p->authorities[0].kind;
    const char *owner = kind == BTV_ONE_TENANT ? tenant : mark;
    if (issuer && (strstr(issuer, mark) != NULL) != (kind == BTV_MANY_TENANTS)) {
        return btv_config_fault("v1_issuer", "{tenantid} stands for the tenant of many, not of one",
                                why, cap);
    }
    const struct btv_authority v1 = {
        .kind = kind,
        .version = BTV_TOKEN_V1,
        .metadata_url = text_from("%s%s%s%s", base, tenant, metadata_path, query),
        .issuer = issuer ? strdup(issuer) : text_from("https://sts.windows.net/%s/", owner),
        .key_issuer = strdup(p->authorities[0].issuer)};
    return add(p, &v1, why, cap) == 0 && v1.key_issuer ? 0 : no_memory(why, cap);
}

static int compile_entra(struct btv_policy *p, const struct btv_config *c, char *tenant, char *why,
                         size_t cap)
{
    enum btv_authority_kind kind = BTV_ONE_TENANT;
    const char *instance = btv_config_text(c, BTV_SET_INSTANCE);
    to_lower_case(tenant);
    if (compile_tenant(p, c, tenant, &kind, why, cap) != 0) {
        return -1;
    }
    const char *owner = kind == BTV_ONE_TENANT ? tenant : mark;
    char *query = query_of(c, why, cap);
    if (!query) {
        return -1;
    }
    char *base = text_from("%s%s", instance, instance[strlen(instance) - 1] == '/' ? "" : "/");
    if (!base) {
        free(query);
        return no_memory(why, cap);
    }
    const struct btv_authority v2 = {
        .kind = kind,
        .version = BTV_TOKEN_V2,
        .metadata_url = text_from("%s%s/v2.0%s%s", base, tenant, metadata_path, query),
        .issuer = text_from("%s%s/v2.0", base, owner)};
    int status = add(p, &v2, why, cap);
    p->authorization_uri = text_from("%s%s/oauth2/v2.0/authorize", base, tenant);
    if (status == 0 && strcmp(btv_config_text(c, BTV_SET_V1), "accept") == 0) {
        status = add_v1(p, c, base, tenant, query, why, cap);
    }
    free(query);
    free(base);
    return status;
}

static int add_named(struct btv_policy *p, struct jose_span issuer, struct jose_span url, char *why,
                     size_t cap)
{
    const struct btv_authority named = {.kind = BTV_NAMED_ISSUER,
                                        .version = BTV_TOKEN_V2,
                                        .metadata_url = strndup(url.data, url.len),
                                        .issuer = strndup(issuer.data, issuer.len)};
    if (add(p, &named, why, cap) != 0) {
        return -1;
    }
    if (!btv_url_is_trustworthy(named.issuer, true) || strchr(named.issuer, '{')) {
        return btv_config_fault("issuers",
                                "each is an https URL (http only on loopback) without a "
                                "template",
                                why, cap);
    }
    if (!btv_url_is_trustworthy(named.metadata_url, false) || strchr(named.metadata_url, '#')) {
        return btv_config_fault("metadata_urls", "each is an https URL (http only on loopback)",
                                why, cap);
    }
    return 0;
}

static int compile_named(struct btv_policy *p, const struct btv_config *c, char *why, size_t cap)
{
    struct btv_words issuers = {0};
    struct btv_words urls = {0};
    int status = 0;
    if (btv_words_init(&issuers, btv_config_text(c, BTV_SET_ISSUERS)) != 0 ||
        btv_words_init(&urls, btv_config_text(c, BTV_SET_METADATA_URLS)) != 0) {
        status = no_memory(why, cap);
    } else if (issuers.count != urls.count) {
        status =
            btv_config_fault("metadata_urls", "as many are needed as there are issuers", why, cap);
    } else if (p->authority_count + issuers.count > BTV_AUTHORITIES_MAX) {
        status = btv_config_fault("issuers", "with those of tenant_id eight at most", why, cap);
    }
    for (size_t i = 0; status == 0 && urls.items && i < issuers.count; i++) {
        status = add_named(p, issuers.items[i], urls.items[i], why, cap);
    }
    btv_words_cleanup(&issuers);
    btv_words_cleanup(&urls);
    return status;
}

int btv_authorities_compile(struct btv_policy *p, const struct btv_config *c, char *why, size_t cap)
{
    const char *tenant = btv_config_text(c, BTV_SET_TENANT_ID);
    if (tenant) {
        char *copy = strdup(tenant);
        int status = copy ? compile_entra(p, c, copy, why, cap) : no_memory(why, cap);
        free(copy);
        return status == 0 ? compile_named(p, c, why, cap) : -1;
    }
    if (!btv_config_text(c, BTV_SET_ISSUERS)) {
        return btv_config_fault("tenant_id", "without a tenant or issuers any issuer would do", why,
                                cap);
    }
    if (btv_config_text(c, BTV_SET_TENANTS)) {
        return btv_config_fault("tenants", "only with tenant_id common or organizations", why, cap);
    }
    if (strcmp(btv_config_text(c, BTV_SET_APP_KEYS), "accept") == 0) {
        return btv_config_fault("app_keys", "only with tenant_id", why, cap);
    }
    if (strcmp(btv_config_text(c, BTV_SET_V1), "accept") == 0) {
        return btv_config_fault("v1", "v1 tokens come from a tenant_id, not from issuers", why,
                                cap);
    }
    return compile_named(p, c, why, cap);
}

void btv_authorities_cleanup(struct btv_policy *p)
{
    for (size_t i = 0; i < p->authority_count; i++) {
        free(p->authorities[i].metadata_url);
        free(p->authorities[i].issuer);
        free(p->authorities[i].key_issuer);
    }
    free(p->tenant_id);
    free(p->authorization_uri);
    btv_words_cleanup(&p->tenants);
}
