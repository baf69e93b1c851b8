/* The checks in front of every admin call. */
#include "mockidp/admin/guard.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool admin_mode_parse(const char *name, enum admin_mode *mode)
{
    static const char *const names[] = {
        [ADMIN_ON] = "on", [ADMIN_OFF] = "off", [ADMIN_TOKEN] = "token"};

    *mode = ADMIN_ON;
    for (int i = ADMIN_ON; name != NULL && i <= ADMIN_TOKEN; i++) {
        if (strcmp(name, names[i]) == 0) {
            *mode = (enum admin_mode)i;
            return true;
        }
    }
    return name == NULL;
}

/* host_len returns how much of "host:port/…" is the host; an IPv6 address keeps its brackets. */
static size_t host_len(const char *host)
{
    return host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
}

static bool same_host(const char *host, const char *other)
{
    return host_len(host) == host_len(other) && strncasecmp(host, other, host_len(host)) == 0;
}

static bool host_is_ours(const struct admin_policy *policy, const char *host)
{
    static const char *const ours[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *public_host = policy->public_url == NULL ? NULL : strstr(policy->public_url, "://");

    for (size_t i = 0; host != NULL && i < sizeof ours / sizeof *ours; i++) {
        if (same_host(host, ours[i])) {
            return true;
        }
    }
    return host != NULL && public_host != NULL && same_host(host, public_host + 3);
}

static bool peer_is_loopback(const char *remote)
{
    return strncmp(remote, "127.", 4) == 0 || strcmp(remote, "::1") == 0 ||
           strncmp(remote, "::ffff:127.", 11) == 0;
}

static bool token_is_right(const struct admin_policy *policy, const struct http_request *request)
{
    const char *value = http_request_header(request, "Authorization");
    size_t len = strlen(policy->token);

    return value != NULL && strncasecmp(value, "Bearer ", 7) == 0 && strlen(value + 7) == len &&
           len > 0 && CRYPTO_memcmp(value + 7, policy->token, len) == 0;
}

int admin_guard(const struct admin_policy *policy, const struct http_request *request, char *why,
                size_t cap)
{
    if (policy->mode == ADMIN_OFF) {
        (void)snprintf(why, cap, "the admin calls are switched off (--admin off)");
        return 404;
    }
    if (http_request_header(request, "Origin") != NULL ||
        http_request_header(request, "Sec-Fetch-Site") != NULL) {
        (void)snprintf(why, cap, "admin calls from a browser's page are refused");
        return 403;
    }
    if (policy->mode == ADMIN_TOKEN) {
        (void)snprintf(why, cap, "the admin token (in the ready file) must come as Bearer");
        return token_is_right(policy, request) ? 0 : 401;
    }
    if (!peer_is_loopback(request->remote)) {
        (void)snprintf(why, cap, "admin calls are taken from loopback only, or with --admin token");
        return 403;
    }
    if (!host_is_ours(policy, request->host)) {
        (void)snprintf(why, cap, "admin calls under a foreign Host are refused");
        return 403;
    }
    return 0;
}
