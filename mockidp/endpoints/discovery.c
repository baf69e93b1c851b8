/* The discovery documents (OpenID Connect Discovery 1.0 §4.2), member by member as Entra writes
 * them. */
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/tenant.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a URL of the document leads: below the tenant, or below the origin alone. */
struct place {
    const char *origin;
    const char *segment;
    const struct directory_cloud *cloud;
};

static json_t *url(const struct place *p, const char *path)
{
    return json_sprintf("%s/%s%s", p->origin, p->segment, path);
}

static json_t *texts(const char *const *items)
{
    json_t *list = json_array();
    for (; *items; items++) {
        json_array_append_new(list, json_string(*items));
    }
    return list;
}
#define TEXTS(...) texts((const char *const[]){__VA_ARGS__, NULL})

/* ?appid= asks for the keys of one app too: the document says where they are. */
static json_t *jwks_uri(const struct place *p, const char *path, const struct http_request *request)
{
    const char *app = http_params_get(&request->query, "appid");
    bool safe = app && strspn(app, "0123456789abcdefABCDEF-") == strlen(app);
    return json_sprintf("%s/%s%s%s%s", p->origin, p->segment, path, safe ? "?appid=" : "",
                        safe ? app : "");
}

/* Personal accounts live in no region. */
static json_t *region_of(const struct tenant_choice *t)
{
    return t->tenant && !directory_is_personal(t->tenant) ? json_string(t->tenant->region)
                                                          : json_null();
}

static void set(json_t *document, const char *name, json_t *value)
{
    json_object_set_new(document, name, value);
}

/* The members that end both documents. */
static void set_cloud(json_t *d, const struct place *p, const struct tenant_choice *t)
{
    const struct directory_cloud *cloud = p->cloud;
    set(d, "kerberos_endpoint", url(p, "/kerberos"));
    set(d, "tenant_region_scope", region_of(t));
    if (t->tenant && t->tenant->region_sub_scope) {
        set(d, "tenant_region_sub_scope", json_string(t->tenant->region_sub_scope));
    }
    set(d, "cloud_instance_name", json_string(cloud->instance_name));
    set(d, "cloud_graph_host_name", json_string(cloud->graph_host));
    set(d, "msgraph_host", json_string(cloud->msgraph_host));
    set(d, "rbac_url", json_string(cloud->rbac_url));
}

/* The members that begin both documents, after the token endpoint. */
static void set_methods(json_t *d, json_t *keys)
{
    set(d, "token_endpoint_auth_methods_supported",
        TEXTS("client_secret_post", "private_key_jwt", "client_secret_basic"));
    set(d, "jwks_uri", keys);
    set(d, "response_modes_supported", TEXTS("query", "fragment", "form_post"));
    set(d, "subject_types_supported", TEXTS("pairwise"));
    set(d, "id_token_signing_alg_values_supported", TEXTS("RS256"));
}

static json_t *document_v2(const struct place *p, const struct tenant_choice *t,
                           const struct http_request *request)
{
    json_t *d = json_object();
    set(d, "token_endpoint", url(p, "/oauth2/v2.0/token"));
    set_methods(d, jwks_uri(p, "/discovery/v2.0/keys", request));
    set(d, "response_types_supported",
        TEXTS("code", "id_token", "code id_token", "id_token token"));
    set(d, "scopes_supported", TEXTS("openid", "profile", "email", "offline_access"));
    set(d, "issuer", json_sprintf("%s/%s/v2.0", p->origin, t->issuer_id));
    set(d, "request_uri_parameter_supported", json_false());
    set(d, "userinfo_endpoint", json_sprintf("%s/oidc/userinfo", p->origin));
    set(d, "authorization_endpoint", url(p, "/oauth2/v2.0/authorize"));
    set(d, "device_authorization_endpoint", url(p, "/oauth2/v2.0/devicecode"));
    set(d, "http_logout_supported", json_true());
    set(d, "frontchannel_logout_supported", json_true());
    set(d, "end_session_endpoint", url(p, "/oauth2/v2.0/logout"));
    set(d, "claims_supported",
        TEXTS("sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
              "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr",
              "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"));
    set_cloud(d, p, t);
    return d;
}

static json_t *issuer_v1(const struct idp_context *context, const struct tenant_choice *t)
{
    return context->directory->v1_issuer_origin
               ? json_sprintf("%s/%s/", context->origin, t->issuer_id)
               : json_sprintf("%s/%s/", context->directory->cloud.sts, t->issuer_id);
}

static json_t *document_v1(const struct idp_context *context, const struct place *p,
                           const struct tenant_choice *t, const struct http_request *request)
{
    json_t *d = json_object();
    set(d, "token_endpoint", url(p, "/oauth2/token"));
    set_methods(d, jwks_uri(p, "/discovery/keys", request));
    set(d, "response_types_supported",
        TEXTS("code", "id_token", "code id_token", "token id_token", "token"));
    set(d, "scopes_supported", TEXTS("openid"));
    set(d, "issuer", issuer_v1(context, t));
    set(d, "microsoft_multi_refresh_token", json_true());
    set(d, "authorization_endpoint", url(p, "/oauth2/authorize"));
    set(d, "device_authorization_endpoint", url(p, "/oauth2/devicecode"));
    set(d, "http_logout_supported", json_true());
    set(d, "frontchannel_logout_supported", json_true());
    set(d, "end_session_endpoint", url(p, "/oauth2/logout"));
    set(d, "claims_supported",
        TEXTS("sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
              "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr",
              "amr", "nonce", "email", "given_name", "family_name", "nickname"));
    set(d, "check_session_iframe", url(p, "/oauth2/checksession"));
    set(d, "userinfo_endpoint", url(p, "/openid/userinfo"));
    set_cloud(d, p, t);
    return d;
}

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct tenant_choice t;
    if (!tenant_choose(context, request, "invalid_tenant", &t, response)) {
        return;
    }
    struct place p = {context->origin, t.segment, &context->directory->cloud};
    response_json(response, 200,
                  version == 2 ? document_v2(&p, &t, request)
                               : document_v1(context, &p, &t, request));
    endpoint_metadata_headers(response);
}

void endpoint_discovery_v2(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    serve(context, request, response, 2);
}

void endpoint_discovery_v1(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    serve(context, request, response, 1);
}

void endpoint_metadata_preflight(struct idp_context *context, const struct http_request *request,
                                 struct http_response *response)
{
    endpoint_token_preflight(context, request, response);
    response_set_header(response, "Access-Control-Allow-Methods", "GET, OPTIONS");
}

void endpoint_metadata_headers(struct http_response *response)
{
    response_set_header(response, "Cache-Control", "max-age=86400, private");
    response_set_header(response, "Access-Control-Allow-Origin", "*");
    response_set_header(response, "Access-Control-Allow-Methods", "GET, OPTIONS");
    response_set_header(response, "X-Content-Type-Options", "nosniff");
}
