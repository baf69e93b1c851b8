/* Plain http is for a mock on the same machine: anywhere else, whoever is on the path would choose
 * the keys. */
#include "validator/keys/origin.h"

#include <strings.h>

/* Returns the host[:port] of an http(s) URL, empty when there is none. */
static struct jose_span authority_of(const char *url)
{
    const char *start = strstr(url, "://");
    if (!start) {
        return jose_span("", 0);
    }
    start += 3;
    return jose_span(start, strcspn(start, "/?#"));
}

/* "localhost", "127.x.y.z" or "[::1]", then the end or a port. */
static bool is_loopback_host(struct jose_span a)
{
    static const char localhost[] = "localhost";
    static const char v6[] = "[::1]";
    size_t host = 0;
    if (a.len >= sizeof v6 - 1 && strncmp(a.data, v6, sizeof v6 - 1) == 0) {
        host = sizeof v6 - 1;
    } else if (a.len >= sizeof localhost - 1 &&
               strncasecmp(a.data, localhost, sizeof localhost - 1) == 0) {
        host = sizeof localhost - 1;
    } else if (a.len >= 4 && strncmp(a.data, "127.", 4) == 0) {
        host = strspn(a.data, "0123456789.");
        host = host > a.len ? a.len : host;
    }
    return host > 0 && (host == a.len || a.data[host] == ':');
}

bool btv_url_is_loopback(const char *url)
{
    return is_loopback_host(authority_of(url));
}

bool btv_url_is_trustworthy(const char *url, bool bare)
{
    struct jose_span authority = authority_of(url);
    for (const char *p = url; *p; p++) {
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f || *p == '\\') {
            return false;
        }
    }
    if (authority.len == 0 || authority.data[0] == ':' ||
        memchr(authority.data, '@', authority.len) || (bare && strpbrk(url, "?#"))) {
        return false;
    }
    if (strncasecmp(url, "https://", 8) == 0) {
        return true;
    }
    return strncasecmp(url, "http://", 7) == 0 && is_loopback_host(authority);
}

bool btv_url_may_lead_to(const char *from, const char *to)
{
    return strncasecmp(from, "https://", 8) != 0 || strncasecmp(to, "https://", 8) == 0;
}
