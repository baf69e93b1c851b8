/* Instance discovery: which hosts are one cloud. MSAL asks it before it trusts an authority. */
#include "mockidp/endpoints/endpoints.h"

#include "mockidp/admin/journal.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/own_host.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define HOST_CAP 300
#define SEGMENT_CAP 128
/* Of GUIDs, domains and words. */
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"

/* The clouds of Microsoft, as captured. */
static const char clouds[] =
    "[{\"preferred_network\":\"login.microsoftonline.com\",\"preferred_cache\":\"login.windows."
    "net\",\"aliases\":["
    "\"login.microsoftonline.com\",\"login.windows.net\",\"login.microsoft.com\",\"sts.windows."
    "net\"]},"
    "{\"preferred_network\":\"login.partner.microsoftonline.cn\",\"preferred_cache\":\"login."
    "partner.microsoftonline.cn\","
    "\"aliases\":[\"login.partner.microsoftonline.cn\",\"login.chinacloudapi.cn\"]},"
    "{\"preferred_network\":\"login.microsoftonline.de\",\"preferred_cache\":\"login."
    "microsoftonline.de\",\"aliases\":["
    "\"login.microsoftonline.de\"]},"
    "{\"preferred_network\":\"login.microsoftonline.us\",\"preferred_cache\":\"login."
    "microsoftonline.us\",\"aliases\":["
    "\"login.microsoftonline.us\",\"login.usgovcloudapi.net\"]},"
    "{\"preferred_network\":\"login-us.microsoftonline.com\",\"preferred_cache\":\"login-us."
    "microsoftonline.com\","
    "\"aliases\":[\"login-us.microsoftonline.com\"]}]";

/* https://HOST/SEGMENT/…; false when the text is not of that form. */
static bool split_endpoint(const char *url, char host[HOST_CAP], char segment[SEGMENT_CAP])
{
    const char *at = strncmp(url, "https://", 8) == 0  ? url + 8
                     : strncmp(url, "http://", 7) == 0 ? url + 7
                                                       : NULL;
    size_t host_len = at ? strcspn(at, "/?#") : 0;
    if (host_len == 0 || host_len >= HOST_CAP || at[host_len] != '/') {
        return false;
    }
    const char *path = at + host_len + 1;
    size_t len = strcspn(path, "/?#");
    if (len == 0 || len >= SEGMENT_CAP || strspn(path, NAME_CHARACTERS) < len) {
        return false;
    }
    (void)snprintf(host, HOST_CAP, "%.*s", (int)host_len, at);
    (void)snprintf(segment, SEGMENT_CAP, "%.*s", (int)len, path);
    return true;
}

/* Our host with its port, under each name of loopback. */
static json_t *own_entry(const char *host)
{
    const char *port = host + own_host_name_len(host);
    json_t *aliases = json_pack("[s]", host);
    for (size_t i = 0; own_host_is_loopback(host) && own_host_loopback[i]; i++) {
        if (!own_host_same_name(host, own_host_loopback[i])) {
            json_array_append_new(aliases, json_sprintf("%s%s", own_host_loopback[i], port));
        }
    }
    return json_pack("{s:s, s:s, s:o}", "preferred_network", host, "preferred_cache", host,
                     "aliases", aliases);
}

static bool lists_host(const json_t *metadata, const char *host)
{
    const json_t *entry = NULL;
    const json_t *alias = NULL;
    size_t i = 0;
    size_t k = 0;
    json_array_foreach(metadata, i, entry)
    {
        json_array_foreach(json_object_get(entry, "aliases"), k, alias)
        {
            if (strcasecmp(json_string_value(alias), host) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void refuse(struct idp_context *context, const struct http_request *request, int number,
                   const char *text, struct http_response *response)
{
    struct oauth_refusal refusal;
    oauth_refuse(&refusal, number, text, NULL);
    oauth_error_respond(context, request, &refusal, response);
}

void endpoint_instance(struct idp_context *context, const struct http_request *request,
                       struct http_response *response)
{
    char host[HOST_CAP];
    char segment[SEGMENT_CAP];
    const char *version = http_params_get(&request->query, "api-version");
    const char *url = http_params_get(&request->query, "authorization_endpoint");
    if (!url || !split_endpoint(url, host, segment)) {
        refuse(context, request, 50050, "authorization_endpoint is missing or not a URL.",
               response);
        return;
    }
    json_t *metadata = json_loads(clouds, 0, NULL);
    const char *own = own_host_of(context->origin);
    if (!lists_host(metadata, own)) { /* --as may have given it a name of theirs */
        json_array_insert_new(metadata, 0, own_entry(own));
    }
    /* a client that knows but Microsoft's hosts asks them whether it may trust ours */
    if (!lists_host(metadata, host) && own_host_is(context, host)) {
        json_array_insert_new(metadata, 0, own_entry(host));
    }
    if (!lists_host(metadata, host)) {
        json_decref(metadata);
        refuse(context, request, 50049, NULL, response);
        return;
    }
    response_json(response, 200,
                  json_pack("{s:o, s:s, s:o}", "tenant_discovery_endpoint",
                            json_sprintf("%s/%s/v2.0/.well-known/openid-configuration",
                                         context->origin, segment),
                            "api-version", version && strcmp(version, "1.0") == 0 ? "1.0" : "1.1",
                            "metadata", metadata));
    endpoint_metadata_headers(response);
}
