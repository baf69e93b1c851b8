/* The metadata service of a virtual machine (IMDS: "How to use managed identities … to acquire an
 * access token"), and the agent that plays it on a server with Azure Arc ("Authenticate against
 * Azure resources with Azure Arc-enabled servers"). */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/endpoints/machine.h"
#include "mockidp/grants/credentials.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first versions of the calls; clients send later ones, too. */
#define IMDS_VERSION "2018-02-01"
#define ARC_VERSION "2019-11-01"

static void refuse(struct machine_visit *v, int status, const char *description)
{
    journal_note_outcome(v->grant.context->journal, "invalid_request");
    response_json(
        v->response, status,
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

/* is_good_request refuses what lacks the header, a version or a resource, and what was forwarded:
 * it may come from elsewhere. */
static bool is_good_request(struct machine_visit *v, const char *first_version)
{
    if (!machine_has_metadata(v) || machine_header(v, "X-Forwarded-For")) {
        refuse(v, 400, "Required metadata header not specified");
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
    if (!machine_parameter(v, "resource")) {
        refuse(v, 400, "Required query variable 'resource' is missing");
        return false;
    }
    return true;
}

/* answer hands out the token of the identity that was found, with `also` (a reference that it
 * steals, or NULL) beside what every answer says. */
static void answer(struct machine_visit *v, json_t *also)
{
    struct mint_context oven;
    char *token = machine_issue(v, &oven);
    if (!token) {
        machine_pass_on(v);
        json_decref(also);
        return;
    }
    json_t *body = json_pack("{s:s, s:s}", "access_token", token, "client_id", v->grant.client->id);
    form_set_number(&v->grant, body, "expires_in", oven.lifetime_s - 1);
    form_set_number(&v->grant, body, "expires_on", oven.now + oven.lifetime_s);
    form_set_number(&v->grant, body, "ext_expires_in", oven.lifetime_s - 1);
    form_set_number(&v->grant, body, "not_before", oven.now - MINT_BACKDATED_S);
    json_object_set_new(body, "resource", json_string(machine_parameter(v, "resource")));
    json_object_set_new(body, "token_type", json_string("Bearer"));
    json_object_update(body, also);
    json_decref(also);
    response_json(v->response, 200, body);
    free(token);
}

void endpoint_imds(struct idp_context *context, const struct http_request *request,
                   struct http_response *response)
{
    static const char *const names[] = {"client_id", "object_id",  "principal_id",
                                        "mi_res_id", "msi_res_id", NULL};
    struct machine_visit v = machine_open(context, request, response);
    const char *value = NULL;
    const char *name = machine_find_parameter(&v, names, &value);
    if (!is_good_request(&v, IMDS_VERSION)) {
        return;
    }
    size_t found = name ? machine_find_identity(&v, name, value) : 0;
    if (found != 1) {
        refuse(&v, 400,
               found ? "Multiple user assigned identities exist, please specify the "
                       "clientId / resourceId of the identity in the token request"
                     : "Identity not found");
        return;
    }
    answer(&v, NULL);
}

/* ---- the agent of a server with Azure Arc ---- */

/* Whoever can read the file that the challenge names is on the machine, and may know. */
static void challenge(struct machine_visit *v)
{
    char line[PATH_MAX + 20];
    const struct idp_context *context = v->grant.context;
    journal_note_outcome(context->journal, "challenged");
    response_json(v->response, 401,
                  json_pack("{s:s, s:s, s:[i]}", "error", "unauthorized_client",
                            "error_description", "Missing Basic Authorization header",
                            "error_codes", 401));
    (void)snprintf(line, sizeof line, "Basic realm=%s", context->directory->arc_key_path);
    response_set_header(v->response, "WWW-Authenticate", line);
}

static bool is_proven(const struct machine_visit *v)
{
    static const char scheme[] = "Basic ";
    const char *proof = machine_header(v, "Authorization");
    return proof && strncasecmp(proof, scheme, strlen(scheme)) == 0 &&
           credentials_same(v->grant.context->directory->arc_key, proof + strlen(scheme));
}

/* echo returns what the agent says of a user-assigned identity, a new reference or NULL: under the
 * name that it was asked by. Clients refuse a token without it, since older agents passed the name
 * over and gave out the token of the machine. */
static json_t *echo(const struct machine_visit *v, const char *name)
{
    const struct directory_app *app = v->grant.client;
    if (strcmp(name, "object_id") == 0) {
        return json_pack("{s:s}", name, app->object_id);
    }
    return strcmp(name, "msi_res_id") == 0 ? json_pack("{s:s}", name, app->managed_identity) : NULL;
}

/* Other names than these the agent passes over: mi_res_id is the machine's own identity. */
static void serve_arc(struct machine_visit *v)
{
    static const char *const names[] = {"client_id", "object_id", "msi_res_id", NULL};
    const char *value = NULL;
    const char *name = machine_find_parameter(v, names, &value);
    if (!is_proven(v)) {
        challenge(v);
    } else if (!name || machine_find_identity(v, name, value) != 1) {
        refuse(v, 404, "Identity not found");
    } else {
        answer(v, echo(v, name));
    }
}

void endpoint_arc(struct idp_context *context, const struct http_request *request,
                  struct http_response *response)
{
    struct machine_visit v = machine_open(context, request, response);
    if (!context->directory->arc_key) {
        journal_note_outcome(context->journal, "refused");
        response_json(response, 404,
                      json_pack("{s:s, s:s}", "error", "not_found", "error_description",
                                "The directory names no arc_key_file"));
    } else if (is_good_request(&v, ARC_VERSION)) {
        serve_arc(&v);
    }
}
