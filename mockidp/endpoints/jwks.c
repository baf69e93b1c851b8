/* The key sets (RFC 7517 §5) of one tenant, or for common and organizations of all. */
#include "mockidp/bakery.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/keyring/keyring.h"

static void append_tenant(const struct idp_context *context, const struct directory_tenant *tenant,
                          int version, json_t *list)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    size_t count =
        keyring_published(context->keyring, tenant->id, context->keys_view == IDP_KEYS_STALE, keys);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, bakery_jwk(context, tenant, keys[i], version));
    }
}

/*
 * An app with claims mapping has a signing key of its own, which only its own key set shows (Entra:
 * Customize claims with a policy; ?appid=). Here every app has one, the same: a recipe signs with
 * it ("key": "app"), an ordinary token does not.
 */
static void append_app(const struct idp_context *context, const struct directory_tenant *tenant,
                       const char *app, int version, json_t *list)
{
    char why[128];
    const struct mint_key *key =
        directory_app(tenant, app)
            ? keyring_key(context->keyring, tenant->id, "app", why, sizeof why)
            : NULL;
    if (key) {
        json_array_append_new(list, bakery_jwk(context, tenant, key, version));
    }
}

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct tenant_choice t;
    if (!tenant_choose(context, request, "invalid_tenant", &t, response)) {
        return;
    }
    json_t *list = json_array();
    const struct directory *d = context->directory;
    const char *app = http_params_get(&request->query, "appid");
    for (size_t i = 0; context->keys_view != IDP_KEYS_EMPTY && i < d->tenant_count; i++) {
        if (!t.tenant || t.tenant == &d->tenants[i]) {
            append_tenant(context, &d->tenants[i], version, list);
            if (app) {
                append_app(context, &d->tenants[i], app, version, list);
            }
        }
    }
    response_json(response, 200, json_pack("{s:o}", "keys", list));
    endpoint_metadata_headers(response);
}

void endpoint_jwks_v2(struct idp_context *context, const struct http_request *request,
                      struct http_response *response)
{
    serve(context, request, response, 2);
}

void endpoint_jwks_v1(struct idp_context *context, const struct http_request *request,
                      struct http_response *response)
{
    serve(context, request, response, 1);
}
