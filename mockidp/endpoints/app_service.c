/* What stands beside an app and knows it by a secret of its environment: the endpoint of App
 * Service ("How to use managed identities for App Service"), that of Service Fabric ("How to
 * leverage a Service Fabric application's managed identity"), and that of Azure Machine Learning,
 * which is App Service's older form with other answers. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/endpoints/machine.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/platform/rng.h"

#include <stdlib.h>
#include <time.h>

/* The environment's IDENTITY_HEADER, or MSI_SECRET, when the configuration says none. */
#define IDENTITY_HEADER "mock-identity-header"

#define VERSION "2019-08-01"
#define OLD_VERSION "2017-09-01"
#define FABRIC_VERSION "2019-07-01-preview"
#define FABRIC_VERSION_NET "2020-05-01" /* MSAL.NET's */

static bool has_secret(const struct machine_visit *v, const char *header)
{
    const char *want = v->grant.context->directory->identity_header;
    const char *secret = machine_header(v, header);
    return secret && credentials_same(want ? want : IDENTITY_HEADER, secret);
}

/* ---- App Service ---- */

static void refuse(struct machine_visit *v, int status, const char *message)
{
    char id[RNG_GUID_CAP];
    rng_guid(v->grant.context->rng, id);
    journal_note_outcome(v->grant.context->journal, "refused");
    response_json(v->response, status,
                  json_pack("{s:i, s:s, s:s}", "statusCode", status, "message", message,
                            "correlationId", id));
}

static void answer(struct machine_visit *v)
{
    char date[40];
    struct tm utc;
    struct mint_context oven;
    char *token = machine_issue(v, &oven);
    if (!token) {
        machine_pass_on(v);
        return;
    }
    time_t end = (time_t)(oven.now + oven.lifetime_s);
    json_t *body = json_pack("{s:s}", "access_token", token);
    if (machine_is_version(v, OLD_VERSION) && gmtime_r(&end, &utc) &&
        strftime(date, sizeof date, "%m/%d/%Y %H:%M:%S +00:00", &utc) > 0) {
        json_object_set_new(body, "expires_on", json_string(date));
    } else {
        form_set_number(&v->grant, body, "expires_on", oven.now + oven.lifetime_s);
    }
    json_object_set_new(body, "resource", json_string(machine_parameter(v, "resource")));
    json_object_set_new(body, "token_type", json_string("Bearer"));
    json_object_set_new(body, "client_id", json_string(v->grant.client->id));
    response_json(v->response, 200, body);
    free(token);
}

/* find_identity finds what one of the names says, or refuses. */
static bool find_identity(struct machine_visit *v, const char *const *names)
{
    const char *value = NULL;
    const char *name = machine_find_parameter(v, names, &value);
    if (!machine_parameter(v, "resource")) {
        refuse(v, 400, "The parameter resource is missing.");
        return false;
    }
    if (!name || machine_find_identity(v, name, value) != 1) {
        refuse(v, 400,
               "No User Assigned or Delegated Managed Identity found for specified "
               "ClientId/ResourceId/PrincipalId.");
        return false;
    }
    return true;
}

static void serve_app(struct machine_visit *v)
{
    static const char *const names[] = {"client_id",    "clientid",  "object_id",
                                        "principal_id", "mi_res_id", NULL};
    bool old = machine_is_version(v, OLD_VERSION);
    if (!has_secret(v, old ? "secret" : "X-IDENTITY-HEADER")) {
        refuse(v, 401, "Unauthorized");
    } else if (!old && !machine_is_version(v, VERSION)) {
        refuse(v, 400, "The api-version is missing or not supported.");
    } else if (find_identity(v, names)) {
        answer(v);
    }
}

/* ---- Service Fabric ---- */

static void refuse_fabric(struct machine_visit *v, int status, const char *code,
                          const char *message)
{
    char id[RNG_GUID_CAP];
    rng_guid(v->grant.context->rng, id);
    response_json(v->response, status,
                  json_pack("{s:{s:s, s:s, s:s}}", "error", "correlationId", id, "code", code,
                            "message", message));
}

static void answer_fabric(struct machine_visit *v)
{
    struct mint_context oven;
    struct grant *g = &v->grant;
    char *token = machine_issue(v, &oven);
    if (g->refusal.number) { /* the journal has it; the caller learns no more */
        json_decref(oauth_error_body(g->context, g->request, &g->refusal));
        refuse_fabric(v, 500, "InternalServerError", "An error occurred.");
    } else if (token) {
        response_json(v->response, 200,
                      json_pack("{s:s, s:s, s:I, s:s}", "token_type", "Bearer", "access_token",
                                token, "expires_on", (json_int_t)oven.now + oven.lifetime_s,
                                "resource", machine_parameter(v, "resource")));
    }
    free(token);
}

/* The cluster says which identity an app has; a request cannot name another. */
static void serve_fabric(struct machine_visit *v)
{
    journal_note_outcome(v->grant.context->journal, "refused");
    if (!machine_header(v, "secret")) {
        refuse_fabric(v, 400, "SecretHeaderNotFound",
                      "Secret is not found in the request headers.");
    } else if (!has_secret(v, "secret") || machine_find_identity(v, "", NULL) != 1) {
        refuse_fabric(v, 404, "ManagedIdentityNotFound",
                      "Managed identity not found for the specified application host.");
    } else if (!machine_parameter(v, "resource")) {
        refuse_fabric(v, 400, "ArgumentNullOrEmpty",
                      "The parameter 'resource' should not be null or empty string.");
    } else {
        answer_fabric(v);
    }
}

void endpoint_app_service(struct idp_context *context, const struct http_request *request,
                          struct http_response *response)
{
    struct machine_visit v = machine_open(context, request, response);
    if (machine_is_version(&v, FABRIC_VERSION) || machine_is_version(&v, FABRIC_VERSION_NET)) {
        serve_fabric(&v);
    } else {
        serve_app(&v);
    }
}

/* ---- Azure Machine Learning ---- */

static void answer_learning(struct machine_visit *v)
{
    struct mint_context oven;
    char *token = machine_issue(v, &oven);
    if (!token) {
        machine_pass_on(v);
        return;
    }
    response_json(v->response, 200,
                  json_pack("{s:s, s:I, s:I, s:s, s:s}", "access_token", token, "expires_in",
                            (json_int_t)oven.lifetime_s - 1, "expires_on",
                            (json_int_t)oven.now + oven.lifetime_s, "resource",
                            machine_parameter(v, "resource"), "token_type", "Bearer"));
    free(token);
}

void endpoint_machine_learning(struct idp_context *context, const struct http_request *request,
                               struct http_response *response)
{
    static const char *const names[] = {"clientid", NULL};
    struct machine_visit v = machine_open(context, request, response);
    if (!has_secret(&v, "secret")) {
        journal_note_outcome(context->journal, "refused");
        response_text(response, 401, "text/plain; charset=utf-8", "Invalid secret token header: .");
    } else if (find_identity(&v, names)) {
        answer_learning(&v);
    }
}
