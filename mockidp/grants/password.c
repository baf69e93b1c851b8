/* A user's name and password (RFC 6749 §4.3), for scripts that cannot show a page. */
#include "mockidp/grants/grant.h"

#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

/* What a claims challenge asks the client to send on ("Claims challenges, claims requests"). */
static const char mfa_claims[] = "{\"access_token\":{\"polids\":{\"essential\":true,\"values\":["
                                 "\"c0ffee00-0000-4000-8000-00000000fa02\"]}}}";

static bool password_is_right(const struct directory_user *user, const char *password)
{
    size_t len = strlen(user->password);
    return len == strlen(password) && CRYPTO_memcmp(user->password, password, len) == 0;
}

static int check_user(struct grant *g)
{
    const char *name = grant_need(g, "username");
    const char *password = name ? grant_need(g, "password") : NULL;
    if (!password) {
        return -1;
    }
    g->user = directory_user(g->tenant, name);
    /* aliases and object ids are words of recipes */
    if (!g->user || strcasecmp(name, g->user->upn) != 0) {
        return oauth_refuse(&g->refusal, 50034, name, g->tenant->name);
    }
    if (!password_is_right(g->user, password)) {
        return oauth_refuse(&g->refusal, 50126, NULL, NULL);
    }
    return 0;
}

int grant_password(struct grant *g)
{
    bool allowed = directory_lists(g->client->allow, "password");
    if (client_auth_check(g, allowed) != 0 || check_user(g) != 0 || scope_of_user(g) != 0) {
        return -1;
    }
    if (g->user->error) {
        oauth_refuse(&g->refusal, g->user->error, g->resource->id, NULL);
        g->refusal.claims = g->user->error == 50076 ? mfa_claims : NULL;
        return -1;
    }
    return 0;
}
