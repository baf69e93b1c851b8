/* The key sets (RFC 7517 §5) of one tenant, or for common and organizations of all. */
#include "mockidp/bakery.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/http/store.h"
#include "mockidp/keyring/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 4 * KEYRING_PUBLISHED_MAX, MADE_OF_CAP = 8192 };

/* struct shown is one key of the answer. */
struct shown {
    const struct directory_tenant *tenant; /* NULL: of all tenants, as common shows a shared key */
    const struct mint_key *key;
};

/* struct key_set is what the answer shows, in order. */
struct key_set {
    struct shown few[FEW];
    struct shown *shown; /* `few`, or newly allocated when they are more */
    size_t count;
    size_t cap;
    bool failed; /* memory ran out */
};

static void set_cleanup(struct key_set *set)
{
    free(set->shown == set->few ? NULL : set->shown);
}

static void add_key(struct key_set *set, const struct directory_tenant *tenant,
                    const struct mint_key *key)
{
    if (set->count == set->cap) {
        struct shown *more = calloc(2 * set->cap, sizeof *more);
        set->failed = set->failed || !more;
        if (!more) {
            return;
        }
        memcpy(more, set->shown, set->count * sizeof *more);
        set_cleanup(set);
        set->shown = more;
        set->cap *= 2;
    }
    set->shown[set->count++] = (struct shown){tenant, key};
}

static void add_tenant(const struct idp_context *context, const struct directory_tenant *tenant,
                       struct key_set *set)
{
    const struct mint_key *keys[KEYRING_PUBLISHED_MAX];
    size_t count =
        keyring_published(context->keyring, tenant->id, context->keys_view == IDP_KEYS_STALE, keys);
    for (size_t i = 0; i < count; i++) {
        add_key(set, tenant, keys[i]);
    }
}

static void add_shared(const struct idp_context *context, const struct directory_tenant *tenant,
                       struct key_set *set)
{
    const struct mint_key *key =
        context->keys_view != IDP_KEYS_EMPTY ? bakery_shared_key(context, tenant) : NULL;
    if (key) {
        add_key(set, tenant, key);
    }
}

/*
 * An app with claims mapping has a signing key of its own, which only its own key set shows (Entra:
 * Customize claims with a policy; ?appid=). Here every app has one, the same: a recipe signs with
 * it ("key": "app"), an ordinary token does not.
 */
static void add_app(const struct idp_context *context, const struct directory_tenant *tenant,
                    const char *app, struct key_set *set)
{
    char why[128];
    const struct mint_key *key =
        directory_app(tenant, app)
            ? keyring_key(context->keyring, tenant->id, "app", why, sizeof why)
            : NULL;
    if (key) {
        add_key(set, tenant, key);
    }
}

static json_t *make_json(const struct idp_context *context, const struct key_set *set, int version)
{
    json_t *list = json_array();
    for (size_t i = 0; i < set->count; i++) {
        json_array_append_new(
            list, bakery_jwk(context, set->shown[i].tenant, set->shown[i].key, version));
    }
    return json_pack("{s:o}", "keys", list);
}

/* All that the answer is made of, beside the directory: the store is one directory's. Keys live as
 * long as the mock. Returns the length, or 0 when there is not room enough. */
static size_t made_of(const struct idp_context *context, const struct key_set *set, int version,
                      char out[MADE_OF_CAP])
{
    size_t size = set->count * sizeof *set->shown;
    int len = snprintf(out, MADE_OF_CAP, "jwks %d %s", version, context->origin);
    if (len < 0 || size >= MADE_OF_CAP || (size_t)len >= MADE_OF_CAP - size) {
        return 0;
    }
    memcpy(out + len, set->shown, size);
    return (size_t)len + size;
}

/* An answer costs many times what serving it does, and clients ask again and again. */
static void respond(const struct idp_context *context, const struct key_set *set, int version,
                    struct http_response *response)
{
    char from[MADE_OF_CAP];
    size_t from_len = made_of(context, set, version, from);
    if (from_len > 0 && response_store_find(context->answers, from, from_len, response)) {
        return;
    }
    response_json(response, 200, make_json(context, set, version));
    endpoint_metadata_headers(response);
    if (from_len > 0 && !set->failed) {
        response_store_keep(context->answers, from, from_len, response);
    }
}

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct key_set set = {.shown = set.few, .cap = FEW};
    struct tenant_choice t;
    if (!tenant_choose(context, request, "invalid_tenant", &t, response)) {
        return;
    }
    const struct directory *d = context->directory;
    const char *app = http_params_get(&request->query, "appid");
    for (size_t i = 0; context->keys_view != IDP_KEYS_EMPTY && i < d->tenant_count; i++) {
        const struct directory_tenant *tenant = &d->tenants[i];
        if (t.tenant ? t.tenant == tenant : !(t.work_only && directory_is_personal(tenant))) {
            add_tenant(context, tenant, &set);
            if (app) {
                add_app(context, tenant, app, &set);
            }
        }
    }
    add_shared(context, t.tenant, &set);
    respond(context, &set, version, response);
    response->failed = response->failed || set.failed;
    set_cleanup(&set);
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
