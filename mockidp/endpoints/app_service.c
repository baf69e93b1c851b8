/* The endpoint that App Service puts beside an app ("How to use managed identities for App
 * Service"), and that of Service Fabric. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/endpoints/machine.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/platform/rng.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The environment's IDENTITY_HEADER when the configuration says none. */
#define IDENTITY_HEADER "mock-identity-header"

#define VERSION "2019-08-01"
#define OLD_VERSION "2017-09-01"
#define FABRIC_VERSION "2019-07-01-preview"

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
    bool fabric = machine_is_version(v, FABRIC_VERSION);
    char *token = machine_issue(v, &oven);
    if (!token) {
        machine_pass_on(v);
        return;
    }
    time_t end = (time_t)(oven.now + oven.lifetime_s);
    json_t *body = json_pack("{s:s}", "access_token", token);
    if (fabric) {
        json_object_set_new(body, "expires_on", json_integer((json_int_t)end));
    } else if (machine_is_version(v, OLD_VERSION) && gmtime_r(&end, &utc) &&
               strftime(date, sizeof date, "%m/%d/%Y %H:%M:%S +00:00", &utc) > 0) {
        json_object_set_new(body, "expires_on", json_string(date));
    } else {
        form_set_number(&v->grant, body, "expires_on", oven.now + oven.lifetime_s);
    }
    json_object_set_new(body, "resource", json_string(machine_parameter(v, "resource")));
    json_object_set_new(body, "token_type", json_string("Bearer"));
    if (!fabric) {
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
    struct machine_visit v = machine_open(context, request, response);
    const char *want = context->directory->identity_header;
    const char *value = NULL;
    const char *name = machine_find_parameter(&v, names, &value);
    bool old = machine_is_version(&v, OLD_VERSION);
    bool fabric = machine_is_version(&v, FABRIC_VERSION);
    const char *secret = machine_header(&v, old || fabric ? "secret" : "X-IDENTITY-HEADER");
    if (!secret || !credentials_same(want ? want : IDENTITY_HEADER, secret)) {
        refuse(&v, 401, "Unauthorized");
    } else if (!old && !fabric && !machine_is_version(&v, VERSION)) {
        refuse(&v, 400, "The api-version is missing or not supported.");
    } else if (!machine_parameter(&v, "resource")) {
        refuse(&v, 400, "The parameter resource is missing.");
    } else if (!name || machine_find_identity(&v, name, value) != 1) {
        refuse(&v, 400,
               "No User Assigned or Delegated Managed Identity found for specified "
               "ClientId/ResourceId/PrincipalId.");
    } else {
        answer(&v);
    }
}
