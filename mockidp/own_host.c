/* Comparing a host with the listeners' and with the names of --as. */
#include "mockidp/own_host.h"

#include <string.h>
#include <strings.h>

const char *const own_host_loopback[] = {"localhost", "127.0.0.1", "[::1]", NULL};

const char *own_host_of(const char *origin)
{
    const char *at = strstr(origin, "://");
    return at ? at + 3 : origin;
}

size_t own_host_name_len(const char *host)
{
    const char *port = strrchr(host, ':');
    return port && !strchr(port, ']') ? (size_t)(port - host) : strlen(host);
}

bool own_host_same_name(const char *one, const char *other)
{
    size_t len = own_host_name_len(one);
    return len == own_host_name_len(other) && strncasecmp(one, other, len) == 0;
}

bool own_host_is_loopback(const char *host)
{
    bool is = false;
    for (size_t i = 0; own_host_loopback[i]; i++) {
        is = is || own_host_same_name(host, own_host_loopback[i]);
    }
    return is;
}

bool own_host_is(const struct idp_context *context, const char *host)
{
    const char *const origins[] = {context->http_origin, context->https_origin};
    const char *port = host + own_host_name_len(host);
    bool name_fits = false;
    bool port_fits = !*port;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        const char *own = origins[i] ? own_host_of(origins[i]) : NULL;
        if (own) {
            name_fits = name_fits || own_host_same_name(host, own) ||
                        (own_host_is_loopback(host) && own_host_is_loopback(own));
            port_fits = port_fits || strcmp(port, own + own_host_name_len(own)) == 0;
        }
    }
    for (const char *const *name = context->names; name && *name; name++) {
        name_fits = name_fits || own_host_same_name(host, *name);
    }
    return name_fits && port_fits;
}

bool own_host_is_origin(const struct idp_context *context, const char *origin)
{
    bool http = strncasecmp(origin, "http://", 7) == 0 || strncasecmp(origin, "https://", 8) == 0;
    return strcasecmp(origin, context->origin) == 0 ||
           (http && own_host_is(context, own_host_of(origin)));
}
