/* From a domain to a tenant's id. */
#include "conformance/provider/tenant.h"

#include "conformance/provider/http.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define GUID_LENGTH 36

static bool is_guid(const char *text, size_t len)
{
    bool good = len == GUID_LENGTH;
    for (size_t i = 0; good && i < len; i++) {
        good = isxdigit((unsigned char)text[i]) || text[i] == '-';
    }
    return good;
}

/* The document at {base}/{tenant}/v2.0, a new reference, or NULL with `why`. */
static json_t *discover(const struct cf_issuer *issuer, long timeout_ms, char *why, size_t cap)
{
    char url[CF_DISCOVERY_CAP];
    struct cf_reply reply = {0};
    json_t *document = NULL;
    struct cf_client *client = cf_client_new(issuer->ca_file, timeout_ms);
    cf_issuer_discovery(issuer, url);
    const struct cf_call call = {.method = "GET", .url = url};
    if (client && cf_client_call(client, &call, &reply, why, cap) == 0) {
        document = json_loadb(reply.body, reply.body_len, JSON_REJECT_DUPLICATES, NULL);
        document = document ? document : json_object();
    }
    cf_reply_cleanup(&reply);
    cf_client_free(client);
    return document;
}

/* The last segment but one of an issuer: {base}/{id}/v2.0. */
static json_t *id_of(const json_t *document)
{
    const char *issuer = json_string_value(json_object_get(document, "issuer"));
    const char *path = issuer ? strstr(issuer, "://") : NULL;
    const char *id = path ? strchr(path + 3, '/') : NULL;
    size_t len = id ? strcspn(id + 1, "/") : 0;
    return id && is_guid(id + 1, len) ? json_stringn(id + 1, len) : NULL;
}

int cf_tenant_resolve(struct cf_issuer *issuer, long timeout_ms, char *why, size_t cap)
{
    char unreached[600];
    json_t *tenant = json_incref(json_object_get(issuer->json, "tenant"));
    const char *name = json_string_value(tenant);
    int status = 0;
    if (!is_guid(name, strlen(name))) {
        json_t *document = discover(issuer, timeout_ms, unreached, sizeof unreached);
        json_t *id = document ? id_of(document) : NULL;
        if (id) {
            status = json_object_set(issuer->json, "domain", tenant) |
                     json_object_set(issuer->json, "tenant", id);
        } else if (document) {
            (void)snprintf(why, cap, "%s: '%.100s' is no tenant: its id or a domain is needed",
                           issuer->base, name);
            status = -1;
        }
        json_decref(id);
        json_decref(document);
    }
    json_decref(tenant);
    return status;
}
