/* Reading and writing cookies (RFC 6265). */
#include "mockidp/endpoints/cookie.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool find_in(const char *header, const char *name, char *out, size_t cap)
{
    size_t name_len = strlen(name);
    for (const char *at = header; *at; at += strcspn(at, ";"), at += *at == ';') {
        at += strspn(at, " ");
        if (strncmp(at, name, name_len) == 0 && at[name_len] == '=') {
            const char *value = at + name_len + 1;
            size_t len = strcspn(value, "; ");
            (void)snprintf(out, cap, "%.*s", (int)len, value);
            return len > 0 && len < cap;
        }
    }
    return false;
}

bool cookie_read(const struct http_request *request, const char *name, char *out, size_t cap)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct http_param *line = &request->headers.items[i];
        if (strcasecmp(line->name, "Cookie") == 0 && find_in(line->value, name, out, cap)) {
            return true;
        }
    }
    out[0] = '\0';
    return false;
}

void cookie_set(const struct http_request *request, struct http_response *response,
                const char *name, const char *value, bool everywhere)
{
    char line[300];
    (void)snprintf(line, sizeof line, "%s=%s; Path=/; HttpOnly%s; SameSite=%s%s", name, value,
                   request->secure ? "; Secure" : "",
                   everywhere && request->secure ? "None" : "Lax", *value ? "" : "; Max-Age=0");
    response_header(response, "Set-Cookie", line);
}
