/* Comparing redirect URIs. */
#include "mockidp/endpoints/redirect_uri.h"

#include <string.h>
#include <strings.h>

/* loopback_rest returns what follows http://HOST[:PORT] of loopback, and HOST's length; else NULL.
 */
static const char *loopback_rest(const char *uri, size_t *host_len)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1"};
    const char *host = uri + 7;
    if (strncmp(uri, "http://", 7) != 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = strlen(hosts[i]);
        if (strncasecmp(host, hosts[i], len) != 0) {
            continue;
        }
        const char *rest = host + len;
        size_t digits = *rest == ':' ? strspn(rest + 1, "0123456789") : 0;
        rest += *rest == ':' ? digits + 1 : 0;
        /* nothing else may follow: http://localhost:1@elsewhere, http://localhost.elsewhere */
        if (digits <= 5 && (!*rest || *rest == '/' || *rest == '?')) {
            *host_len = len;
            return rest;
        }
    }
    return NULL;
}

/* No path is the path "/". */
static const char *path_of(const char *rest)
{
    return *rest ? rest : "/";
}

static bool same(const char *registered, const char *uri)
{
    size_t a_len = 0;
    size_t b_len = 0;
    if (strcmp(registered, uri) == 0) {
        return true;
    }
    const char *a = loopback_rest(registered, &a_len);
    const char *b = loopback_rest(uri, &b_len);
    return a && b && a_len == b_len && strncasecmp(registered + 7, uri + 7, a_len) == 0 &&
           strcmp(path_of(a), path_of(b)) == 0;
}

const char *redirect_uri_find(const struct directory_app *app, const char *uri)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(app->redirect_uris, i, item)
    {
        if (same(json_string_value(json_object_get(item, "uri")), uri)) {
            return json_string_value(json_object_get(item, "type"));
        }
    }
    return NULL;
}
