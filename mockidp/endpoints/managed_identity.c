/* Tokens for the machine that a program runs on ("How to use managed identities … to acquire an
 * access token", "How to use managed identities for App Service"): the metadata service of a
 * virtual machine (IMDS), the agent of a server with Azure Arc, and the endpoint that App Service
 * and Service Fabric put beside an app. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/grants/issue.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { IDENTITY_LIFETIME_S = 86400, IDENTITY_SKEW_S = 300 };

/* The first versions of the calls; clients send later ones, too. */
#define IMDS_VERSION "2018-02-01"
#define ARC_VERSION "2019-11-01"

/* The environment's IDENTITY_HEADER when the configuration says none. */
#define IDENTITY_HEADER "mock-identity-header"

/* struct visit is one request, under either form. */
struct visit {
    struct grant grant;
    struct http_response *response;
    const char *api_version;
};

static const char *parameter(const struct visit *v, const char *name)
{
    return grant_parameter(&v->grant, name);
}

static const char *header(const struct visit *v, const char *name)
{
    return http_request_header(v->grant.request, name);
}

/* ---- which identity is meant ---- */

/* An identity of its own is a user-assigned one; others are those of the machine. */
static bool is_user_assigned(const struct directory_app *app)
{
    return strcasestr(app->managed_identity, "/userAssignedIdentities/") != NULL;
}

static bool is_named(const struct directory_app *app, const char *parameter_name, const char *value)
{
    const char *own = strstr(parameter_name, "res_id")           ? app->managed_identity
                      : strcmp(parameter_name, "client_id") == 0 ? app->id
                      : strcmp(parameter_name, "clientid") == 0  ? app->id
                                                                 : app->object_id;
    return strcasecmp(own, value) == 0;
}

/* find_identity sets client and tenant: of what the parameter names, or else the machine's, or else
 * the only one. Returns how many there are: 1 is good. */
static size_t find_identity(struct visit *v, const char *name, const char *value)
{
    const struct directory *d = v->grant.context->directory;
    size_t found = 0;
    for (size_t i = 0; i < d->tenant_count; i++) {
        for (size_t k = 0; k < d->tenants[i].app_count; k++) {
            const struct directory_app *app = &d->tenants[i].apps[k];
            if (!app->managed_identity || (value && !is_named(app, name, value))) {
                continue;
            }
            v->grant.client = app;
            v->grant.tenant = &d->tenants[i];
            found++;
            if (value || !is_user_assigned(app)) {
                return 1;
            }
        }
    }
    return found;
}

/* find_parameter returns the only one of the names that is there (*value NULL: none), or NULL when
 * there are several. */
static const char *find_parameter(const struct visit *v, const char *const *names,
                                  const char **value)
{
    const char *found = "";
    *value = NULL;
    for (; *names; names++) {
        const char *text = parameter(v, *names);
        if (text && *value) {
            return NULL;
        }
        found = text ? *names : found;
        *value = text ? text : *value;
    }
    return found;
}

/* ---- the token ---- */

/* bake returns the token, newly allocated, and opens the oven; NULL with the grant's refusal, or
 * without memory. The issuer is the mock's own address, not that of the metadata service. */
static char *bake(struct visit *v, struct mint_context *oven)
{
    struct grant *g = &v->grant;
    g->endpoint_version = 1; /* one resource, and strings in the answer */
    g->client_acr = "2";     /* such an identity proves itself with a certificate of the platform */
    journal_note_client(g->context->journal, g->client->id);
    journal_note_tenant(g->context->journal, g->tenant->id);
    if (scope_of_app(g) != 0) {
        return NULL;
    }
    issue_open(g, oven);
    oven->origin = g->context->default_origin;
    oven->lifetime_s = IDENTITY_LIFETIME_S;
    char *token = issue_access_token(g, oven);
    journal_note_outcome(g->context->journal, token ? "ok" : "failed");
    v->response->failed = v->response->failed || !token;
    return token;
}

/* What Entra refuses comes through as it is. */
static void refuse(struct visit *v)
{
    struct grant *g = &v->grant;
    if (g->refusal.number) {
        oauth_error_respond(g->context, g->request, &g->refusal, v->response);
        response_set_header(v->response, "Access-Control-Allow-Origin", NULL);
        response_set_header(v->response, "Access-Control-Expose-Headers", NULL);
    }
}

/* ---- the metadata service of a virtual machine ---- */

static void refuse_imds(struct visit *v, const char *description)
{
    journal_note_outcome(v->grant.context->journal, "invalid_request");
    response_json(
        v->response, 400,
        json_pack("{s:s, s:s}", "error", "invalid_request", "error_description", description));
}

/* A date, and not before the first version of this call. */
static bool is_version_since(const char *version, const char *first)
{
    static const char shape[] = "dddd-dd-dd";
    for (size_t i = 0; version && i < sizeof shape; i++) {
        bool fits =
            shape[i] == 'd' ? version[i] >= '0' && version[i] <= '9' : version[i] == shape[i];
        if (!fits) {
            return false;
        }
    }
    return version && strcmp(version, first) >= 0;
}

/* is_good_request refuses what lacks the header, a version or a resource. A forwarded request, or
 * one without the header, may have been tricked out of a program. */
static bool is_good_request(struct visit *v, const char *first_version)
{
    const char *metadata = header(v, "Metadata");
    if (!metadata || strcasecmp(metadata, "true") != 0 || header(v, "X-Forwarded-For")) {
        refuse_imds(v, "Required metadata header not specified");
        return false;
    }
    if (!is_version_since(v->api_version, first_version)) {
        journal_note_outcome(v->grant.context->journal, "invalid_request");
        response_json(v->response, 400,
                      json_pack("{s:s, s:[s]}", "error",
                                "Bad request. api-version is invalid or was not specified in the "
                                "request. For more information refer to aka.ms/azureimds",
                                "newest-versions", first_version));
        return false;
    }
    if (!parameter(v, "resource")) {
        refuse_imds(v, "Required query variable 'resource' is missing");
        return false;
    }
    return true;
}

static void answer_imds(struct visit *v)
{
    struct mint_context oven;
    char *token = bake(v, &oven);
    if (!token) {
        refuse(v);
        return;
    }
    json_t *body = json_pack("{s:s, s:s}", "access_token", token, "client_id", v->grant.client->id);
    form_set_number(&v->grant, body, "expires_in", oven.lifetime_s - 1);
    form_set_number(&v->grant, body, "expires_on", oven.now + oven.lifetime_s);
    form_set_number(&v->grant, body, "ext_expires_in", oven.lifetime_s - 1);
    form_set_number(&v->grant, body, "not_before", oven.now - IDENTITY_SKEW_S);
    json_object_set_new(body, "resource", json_string(parameter(v, "resource")));
    json_object_set_new(body, "token_type", json_string("Bearer"));
    response_json(v->response, 200, body);
    free(token);
}

static struct visit visit_of(struct idp_context *context, const struct http_request *request,
                             struct http_response *response)
{
    struct visit v = {
        .grant = {.context = context, .request = request, .parameters = &request->query},
        .response = response};
    v.api_version = parameter(&v, "api-version");
    journal_note_grant(context->journal, "managed_identity");
    return v;
}

void endpoint_imds(struct idp_context *context, const struct http_request *request,
                   struct http_response *response)
{
    static const char *const names[] = {"client_id", "object_id",  "principal_id",
                                        "mi_res_id", "msi_res_id", NULL};
    struct visit v = visit_of(context, request, response);
    const char *value = NULL;
    const char *name = find_parameter(&v, names, &value);
    if (!is_good_request(&v, IMDS_VERSION)) {
        return;
    }
    size_t found = name ? find_identity(&v, name, value) : 0;
    if (found != 1) {
        refuse_imds(&v, found ? "Multiple user assigned identities exist, please specify the "
                                "clientId / resourceId of the identity in the token request"
                              : "Identity not found");
        return;
    }
    answer_imds(&v);
}

/* ---- the agent of a server with Azure Arc ---- */

/* Whoever can read the file that the challenge names is on the machine, and may know. */
static void challenge(struct visit *v)
{
    char line[PATH_MAX + 20];
    const struct idp_context *context = v->grant.context;
    journal_note_outcome(context->journal, "challenged");
    response_json(v->response, 401,
                  json_pack("{s:s, s:s}", "error", "unauthorized_client", "error_description",
                            "Missing Basic Authorization header"));
    (void)snprintf(line, sizeof line, "Basic realm=%s", context->directory->arc_key_path);
    response_set_header(v->response, "WWW-Authenticate", line);
}

void endpoint_arc(struct idp_context *context, const struct http_request *request,
                  struct http_response *response)
{
    static const char scheme[] = "Basic ";
    struct visit v = visit_of(context, request, response);
    const char *key = context->directory->arc_key;
    const char *proof = header(&v, "Authorization");
    if (!key) {
        journal_note_outcome(context->journal, "refused");
        response_json(response, 404,
                      json_pack("{s:s, s:s}", "error", "not_found", "error_description",
                                "The directory names no arc_key_file"));
    } else if (!is_good_request(&v, ARC_VERSION)) {
        return;
    } else if (!proof || strncasecmp(proof, scheme, strlen(scheme)) != 0 ||
               !credentials_same(key, proof + strlen(scheme))) {
        challenge(&v);
    } else if (find_identity(&v, "", NULL) != 1) { /* the machine's own: it has no other */
        refuse_imds(&v, "Identity not found");
    } else {
        answer_imds(&v);
    }
}

/* ---- the endpoint of App Service, and that of Service Fabric ---- */

static void refuse_app_service(struct visit *v, int status, const char *message)
{
    char id[RNG_GUID_CAP];
    rng_guid(v->grant.context->rng, id);
    journal_note_outcome(v->grant.context->journal, "refused");
    response_json(v->response, status,
                  json_pack("{s:i, s:s, s:s}", "statusCode", status, "message", message,
                            "correlationId", id));
}

static bool is_fabric(const struct visit *v)
{
    return v->api_version && strcmp(v->api_version, "2019-07-01-preview") == 0;
}

static void answer_app_service(struct visit *v)
{
    char date[40];
    struct tm utc;
    struct mint_context oven;
    char *token = bake(v, &oven);
    if (!token) {
        refuse(v);
        return;
    }
    time_t end = (time_t)(oven.now + oven.lifetime_s);
    json_t *body = json_pack("{s:s}", "access_token", token);
    if (is_fabric(v)) {
        json_object_set_new(body, "expires_on", json_integer((json_int_t)end));
    } else if (strcmp(v->api_version, "2017-09-01") == 0 && gmtime_r(&end, &utc) &&
               strftime(date, sizeof date, "%m/%d/%Y %H:%M:%S +00:00", &utc) > 0) {
        json_object_set_new(body, "expires_on", json_string(date));
    } else {
        form_set_number(&v->grant, body, "expires_on", oven.now + oven.lifetime_s);
    }
    json_object_set_new(body, "resource", json_string(parameter(v, "resource")));
    json_object_set_new(body, "token_type", json_string("Bearer"));
    if (!is_fabric(v)) {
        json_object_set_new(body, "client_id", json_string(v->grant.client->id));
    }
    response_json(v->response, 200, body);
    free(token);
}

void endpoint_app_service(struct idp_context *context, const struct http_request *request,
                          struct http_response *response)
{
    static const char *const names[] = {"client_id",    "clientid",  "object_id",
                                        "principal_id", "mi_res_id", NULL};
    struct visit v = visit_of(context, request, response);
    const char *want = context->directory->identity_header;
    const char *value = NULL;
    const char *name = find_parameter(&v, names, &value);
    bool old = v.api_version && strcmp(v.api_version, "2017-09-01") == 0;
    bool fabric = is_fabric(&v);
    const char *secret = header(&v, old || fabric ? "secret" : "X-IDENTITY-HEADER");
    if (!secret || !credentials_same(want ? want : IDENTITY_HEADER, secret)) {
        refuse_app_service(&v, 401, "Unauthorized");
    } else if (!v.api_version || (!old && !fabric && strcmp(v.api_version, "2019-08-01") != 0)) {
        refuse_app_service(&v, 400, "The api-version is missing or not supported.");
    } else if (!parameter(&v, "resource")) {
        refuse_app_service(&v, 400, "The parameter resource is missing.");
    } else if (!name || find_identity(&v, name, value) != 1) {
        refuse_app_service(&v, 400,
                           "No User Assigned or Delegated Managed Identity found for specified "
                           "ClientId/ResourceId/PrincipalId.");
    } else {
        answer_app_service(&v);
    }
}
