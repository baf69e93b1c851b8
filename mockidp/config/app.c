/* What an app of a configuration can be given: addresses to answer at, and scopes that a token
 * holds. */
#include "mockidp/config/faults.h"

#include "mockidp/config/directory.h"

#include <ctype.h>
#include <string.h>

#define SCHEME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."

/* An absolute URI (RFC 3986 §4.3), which has no fragment (RFC 6749 §3.1.2). */
static const char *refuse_uri(const char *uri)
{
    if (!isalpha((unsigned char)*uri) || uri[strspn(uri, SCHEME_CHARACTERS)] != ':') {
        return "an absolute URI is needed";
    }
    if (strchr(uri, '#')) {
        return "a redirect URI has no fragment";
    }
    return strstr(uri, "://[") ? "Entra has no redirect URIs of IPv6: localhost does" : NULL;
}

static void check_redirects(struct config_faults *f, const struct config_pointer *at,
                            const json_t *redirects)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(redirects, i, item)
    {
        struct config_pointer here = {at, NULL, i};
        struct config_pointer member = {&here, "uri", 0};
        const char *fault = refuse_uri(json_string_value(json_object_get(item, "uri")));
        if (fault) {
            config_fault(f, &member, "%s", fault);
        }
    }
}

/* check_scopes: all of them, as .default and the v1 endpoint give them behind a name of so many
 * octets, have to fit in one list. */
static void check_scopes(struct config_faults *f, const struct config_pointer *at,
                         const json_t *scopes, size_t name)
{
    const json_t *item = NULL;
    size_t i = 0;
    size_t all = name + sizeof "/.default openid profile email";
    json_array_foreach(scopes, i, item)
    {
        all += name + strlen("/ ") + json_string_length(item);
    }
    if (all > DIRECTORY_SCOPES_CAP) {
        config_fault(f, at, "with the name of the resource they take %zu octets, and a list has %d",
                     all, DIRECTORY_SCOPES_CAP);
    }
}

static size_t longest_name(const json_t *app)
{
    const json_t *item = NULL;
    size_t i = 0;
    size_t len = strlen("00000000-0000-0000-0000-000000000000");
    json_array_foreach(json_object_get(app, "identifier_uris"), i, item)
    {
        len = json_string_length(item) > len ? json_string_length(item) : len;
    }
    return len;
}

void config_check_app(struct config_faults *f, const struct config_pointer *at, const json_t *app)
{
    struct config_pointer redirects = {at, "redirect_uris", 0};
    struct config_pointer scopes = {at, "scopes", 0};
    struct config_pointer requests = {at, "requests", 0};
    struct config_pointer graph = {&requests, "graph", 0};
    check_redirects(f, &redirects, json_object_get(app, "redirect_uris"));
    check_scopes(f, &scopes, json_object_get(app, "scopes"), longest_name(app));
    check_scopes(f, &graph, json_object_get(json_object_get(app, "requests"), "graph"),
                 strlen("https://microsoftgraph.chinacloudapi.cn"));
}
