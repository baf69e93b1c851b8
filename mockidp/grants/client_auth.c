/* Who asks, and proof of it. */
#include "mockidp/grants/grant.h"

#include "mockidp/admin/journal.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/grants/private_key_jwt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BASIC_MAX 2048

/* The two halves of a Basic value, form-decoded (RFC 6749 §2.3.1); empty without one. */
struct basic {
    struct http_params decoded; /* client_id, client_secret */
};

/* base64 (RFC 4648 §4) into `out`; the length, or -1. */
static int decode_base64(const char *text, char *out, size_t cap)
{
    size_t len = strlen(text);
    if (len == 0 || len % 4 != 0 || len / 4 * 3 >= cap) {
        return -1;
    }
    int n = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)len);
    if (n < 0) {
        return -1;
    }
    n -= (text[len - 1] == '=') + (text[len - 2] == '=');
    out[n] = '\0';
    return n;
}

/* basic_read decodes the header, by making a form of it: id and secret are form-encoded each. */
static bool basic_read(const struct http_request *request, struct basic *basic)
{
    char pair[BASIC_MAX];
    char form[BASIC_MAX + 64];
    const char *header = http_request_header(request, "Authorization");
    if (!header || strncasecmp(header, "Basic ", 6) != 0 ||
        decode_base64(header + 6, pair, sizeof pair) < 0) {
        return false;
    }
    char *colon = strchr(pair, ':');
    if (!colon || strchr(pair, '&')) {
        OPENSSL_cleanse(pair, sizeof pair);
        return false;
    }
    *colon = '\0';
    int len = snprintf(form, sizeof form, "client_id=%s&client_secret=%s", pair, colon + 1);
    bool ok = len > 0 && (size_t)len < sizeof form &&
              http_params_parse(form, (size_t)len, &basic->decoded);
    OPENSSL_cleanse(pair, sizeof pair);
    OPENSSL_cleanse(form, sizeof form);
    return ok;
}

static void basic_clear(struct basic *basic)
{
    http_params_clear(&basic->decoded);
}

/* is_elsewhere says whether an app of many tenants has no service principal in this one: what an
 * app for itself hears then. */
static bool is_elsewhere(const struct grant *g, const char *id)
{
    const struct directory *d = g->context->directory;
    const char *type = grant_type(g);
    for (size_t i = 0; type && strcmp(type, "client_credentials") == 0 && i < d->tenant_count;
         i++) {
        const struct directory_app *app = directory_app(&d->tenants[i], id);
        if (app && strcasecmp(app->id, id) == 0 && directory_is_multi_tenant(app)) {
            return true;
        }
    }
    return false;
}

int client_auth_identify(struct grant *g)
{
    struct basic basic = {0};
    char subject[64];
    const char *id = grant_parameter(g, "client_id");
    const char *assertion = grant_parameter(g, "client_assertion");
    if (!id && basic_read(g->request, &basic)) {
        id = http_params_get(&basic.decoded, "client_id");
    }
    if (!id && assertion && private_key_jwt_client(assertion, subject, sizeof subject)) {
        id = subject;
    }
    g->client = id ? directory_app(g->tenant, id) : NULL;
    if (g->client && strcasecmp(g->client->id, id) != 0) {
        g->client = NULL; /* an alias is a word of recipes */
    }
    journal_note_client(g->context->journal, id);
    int number = !id ? 900144 : is_elsewhere(g, id) ? 7000229 : 700016;
    int status =
        g->client ? 0 : oauth_refuse(&g->refusal, number, id ? id : "client_id", g->tenant->name);
    basic_clear(&basic);
    return status;
}

static bool is_among(const json_t *secrets, const char *secret)
{
    const json_t *item = NULL;
    size_t i = 0;
    bool right = false;
    json_array_foreach(secrets, i, item)
    {
        right = credentials_same(json_string_value(item), secret) || right;
    }
    return right;
}

/* secret_of returns the secret that the request brings, or NULL: borrowed from it or from `basic`.
 * An empty one is none, in the body as in the header: clients that were given none send it so. */
static const char *secret_of(const struct grant *g, struct basic *basic)
{
    const char *secret = grant_parameter(g, "client_secret");
    if (!secret && basic_read(g->request, basic)) {
        secret = http_params_get(&basic->decoded, "client_secret");
    }
    return secret && *secret ? secret : NULL;
}

/* check_secret returns the number that refuses it, or 0. */
static int check_secret(struct grant *g, bool allows_public)
{
    struct basic basic = {0};
    const char *secret = secret_of(g, &basic);
    int number = 0;
    if (g->client->is_public) {
        number = secret ? 700025 : allows_public ? 0 : 7000218;
    } else if (!secret) {
        number = 7000218;
    } else if (!is_among(g->client->secrets, secret)) {
        const json_t *expired = json_object_get(g->client->json, "expired_secrets");
        number = is_among(expired, secret) ? 7000222 : 7000215;
    }
    basic_clear(&basic);
    return number;
}

int client_auth_check(struct grant *g, bool allows_public)
{
    bool asserts = grant_parameter(g, "client_assertion") != NULL;
    if (asserts && !g->client->is_public) {
        return private_key_jwt_check(g);
    }
    int number = asserts ? 700025 : check_secret(g, allows_public);
    return number == 0 ? 0 : oauth_refuse(&g->refusal, number, g->client->id, NULL);
}

bool client_auth_is_page(const struct grant *g)
{
    const char *origin = http_request_header(g->request, "Origin");
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(g->client->redirect_uris, i, item)
    {
        const char *type = json_string_value(json_object_get(item, "type"));
        if (strcmp(type, "spa") == 0) {
            return origin && *origin;
        }
    }
    return false;
}

/* A page can keep no secret, and must not show one. */
static bool shows_credentials(const struct grant *g)
{
    struct basic basic = {0};
    bool shows = grant_parameter(g, "client_assertion") || secret_of(g, &basic);
    basic_clear(&basic);
    return shows;
}

int client_auth_check_origin(struct grant *g, bool spa)
{
    const char *origin = http_request_header(g->request, "Origin");
    if (!spa) {
        return origin && *origin ? oauth_refuse(&g->refusal, 9002326, origin, NULL)
                                 : client_auth_check(g, g->client->is_public);
    }
    if (!origin || !*origin) {
        return oauth_refuse(&g->refusal, 9002327, NULL, NULL);
    }
    return shows_credentials(g) ? oauth_refuse(&g->refusal, 700025, g->client->id, NULL) : 0;
}
