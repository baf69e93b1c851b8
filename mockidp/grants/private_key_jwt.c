/* The assertion, part by part: form, client, certificate, signature, audience, time. */
#include "mockidp/grants/private_key_jwt.h"

#include "mockidp/grants/assertion.h"
#include "mockidp/grants/federated.h"
#include "mockidp/grants/validity.h"
#include "mockidp/mint/encode.h"
#include "mockidp/own_host.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:"
#define NOT_REGISTERED                                                                             \
    "The certificate with identifier used to sign the client assertion is not registered on "      \
    "application."

bool private_key_jwt_client(const char *text, char *out, size_t cap)
{
    char sub[ASSERTION_TEXT_CAP];
    struct assertion *a = assertion_parse(text);
    bool found = a && assertion_text(assertion_claim(a, "sub"), sub) &&
                 (size_t)snprintf(out, cap, "%s", sub) < cap;
    assertion_free(a);
    return found;
}

static int check_form(struct grant *g, const struct assertion *a)
{
    const char *type = grant_need(g, "client_assertion_type");
    if (!type) {
        return -1;
    }
    if (strcmp(type, ASSERTION_TYPE "jwt-bearer") != 0 &&
        strcmp(type, ASSERTION_TYPE "jwt-pop") != 0) {
        return oauth_refuse(&g->refusal, 50027, "The client_assertion_type is not supported.",
                            NULL);
    }
    return a ? 0 : oauth_refuse(&g->refusal, 50027, "The client assertion is malformed.", NULL);
}

static int check_client(struct grant *g, const struct assertion *a)
{
    char sub[ASSERTION_TEXT_CAP];
    char iss[ASSERTION_TEXT_CAP];
    if (!assertion_text(assertion_claim(a, "sub"), sub) ||
        !assertion_text(assertion_claim(a, "iss"), iss) || strcasecmp(sub, iss) != 0) {
        return oauth_refuse(&g->refusal, 50048, NULL, NULL);
    }
    return strcasecmp(sub, g->client->id) == 0 ? 0 : oauth_refuse(&g->refusal, 700021, NULL, NULL);
}

static bool is_thumbprint(const char *text, const unsigned char *digest, size_t len)
{
    char *encoded = mint_base64url(digest, len);
    bool same = encoded && strcmp(encoded, text) == 0;
    free(encoded);
    return same;
}

static bool is_named(const struct assertion *a)
{
    return assertion_field(a, "x5t#S256") || assertion_field(a, "x5t") || assertion_field(a, "kid");
}

/* named_by says whether the header means this certificate: by x5t#S256, x5t or kid. */
static bool named_by(const struct assertion *a, const struct directory_certificate *c, char *name)
{
    if (assertion_read_thumbprint(a, "x5t#S256", name)) {
        return is_thumbprint(name, c->sha256, sizeof c->sha256);
    }
    return (assertion_read_thumbprint(a, "x5t", name) ||
            assertion_read_thumbprint(a, "kid", name)) &&
           is_thumbprint(name, c->sha1, sizeof c->sha1);
}

static int check_signature(struct grant *g, const struct assertion *a)
{
    char name[ASSERTION_TEXT_CAP];
    char hex[ASSERTION_THUMBPRINT_CAP];
    char reason[200];
    const struct directory_app *app = g->client;
    bool named = is_named(a);
    bool found = false;
    if (!named &&
        json_is_true(json_object_get(g->context->directory->root, "assertions_need_thumbprint"))) {
        return oauth_refuse(&g->refusal, 50027,
                            "No certificate thumbprint specified in token header.", NULL);
    }
    for (size_t i = 0; i < app->certificate_count; i++) {
        /* without a thumbprint it may be any of the app's, unless the directory wants one */
        if (named && !named_by(a, &app->certificates[i], name)) {
            continue;
        }
        found = true;
        if (assertion_is_signed_by(a, app->certificates[i].key)) {
            return 0;
        }
    }
    assertion_thumbprint(a, hex);
    (void)snprintf(reason, sizeof reason, "%s, Thumbprint of key used by client: '%s'",
                   found ? "The key was found, but use of the key to verify the signature failed."
                         : "The key was not found.",
                   hex);
    return oauth_refuse(&g->refusal, 700027,
                        found ? "Client assertion contains an invalid signature." : NOT_REGISTERED,
                        reason);
}

/* {segment}/oauth2/v2.0/token and the like, of the tenant that is asked or of many; ADAL for Go
 * leaves ?api-version=1.0 behind it. */
static bool is_own_path(const struct grant *g, const char *path)
{
    static const char *const tails[] = {"/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "/"};
    char segment[128];
    size_t len = strcspn(path, "/");
    (void)snprintf(segment, sizeof segment, "%.*s", (int)len, path);
    bool own = strcasecmp(segment, "common") == 0 || strcasecmp(segment, "organizations") == 0 ||
               directory_tenant(g->context->directory, segment) == g->tenant;
    path += len;
    len = strcspn(path, "?");
    for (size_t i = 0; own && i < sizeof tails / sizeof tails[0]; i++) {
        if (strlen(tails[i]) == len && strncmp(path, tails[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* The names that stand in Entra's documents. */
static bool is_entras(const char *origin)
{
    static const char *const origins[] = {"https://login.microsoftonline.com",
                                          "https://login.windows.net",
                                          "https://login.microsoft.com", "https://sts.windows.net"};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        if (strcasecmp(origin, origins[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The token endpoint that was called, of either version, or the issuer; under each name of ours. */
static bool is_audience(const struct grant *g, const struct jose_json_value *value)
{
    char text[ASSERTION_TEXT_CAP];
    char *slash = assertion_text(value, text) ? strstr(text, "://") : NULL;
    slash = slash ? strchr(slash + 3, '/') : NULL;
    if (!slash) {
        return false;
    }
    *slash = '\0';
    return (is_entras(text) || own_host_is_origin(g->context, text)) && is_own_path(g, slash + 1);
}

static int check_audience(struct grant *g, const struct assertion *a)
{
    const struct jose_json_value *aud = assertion_claim(a, "aud");
    struct jose_json_value item;
    size_t offset = 0;
    bool good = aud && aud->type == JOSE_JSON_STRING && is_audience(g, aud);
    while (!good && aud && aud->type == JOSE_JSON_ARRAY &&
           jose_json_array_next(aud, &offset, &item)) {
        good = is_audience(g, &item);
    }
    return good ? 0 : oauth_refuse(&g->refusal, 700023, NULL, NULL);
}

static int check_certificate(struct grant *g, const struct assertion *a)
{
    if (!jose_json_is(&a->header.alg, jose_span_of("RS256")) &&
        !jose_json_is(&a->header.alg, jose_span_of("PS256"))) {
        return oauth_refuse(&g->refusal, 50027, "The algorithm is neither RS256 nor PS256.", NULL);
    }
    return check_client(g, a) == 0 && check_signature(g, a) == 0 && check_audience(g, a) == 0 &&
                   validity_check(g, a) == 0
               ? 0
               : -1;
}

int private_key_jwt_check(struct grant *g)
{
    struct assertion *a = assertion_parse(grant_parameter(g, "client_assertion"));
    int status = check_form(g, a);
    if (status == 0) {
        status = federated_is(a) ? federated_check(g, a) : check_certificate(g, a);
    }
    assertion_free(a);
    if (status == 0) {
        g->client_acr = "2";
    }
    return status;
}
