/* What /authorize answers: code and tokens, or why not. */
#include "mockidp/endpoints/authorize.h"

#include "mockidp/admin/journal.h"
#include "mockidp/grants/access.h"
#include "mockidp/grants/issue.h"
#include "mockidp/pages/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int issue_code(struct authorize *a, char out[STATE_HANDLE_CAP])
{
    struct grant *g = &a->grant;
    const char *challenge = grant_parameter(g, "code_challenge");
    const char *method = grant_parameter(g, "code_challenge_method");
    struct state_code code = {.plain = !method || strcmp(method, "plain") == 0};
    (void)snprintf(code.redirect_uri, sizeof code.redirect_uri, "%s", a->redirect_uri);
    (void)snprintf(code.nonce, sizeof code.nonce, "%s", g->nonce);
    (void)snprintf(code.challenge, sizeof code.challenge, "%s", challenge ? challenge : "");
    issue_fill_permit(g, &code.permit);
    code.permit.spa = a->spa;
    return codes_issue(g->context->state, &code, out);
}

/* issue_tokens adds the tokens in the order in which they need each other. */
static void issue_tokens(struct authorize *a, const char *code, json_t *answer)
{
    struct grant *g = &a->grant;
    struct mint_context oven;
    issue_open(g, &oven);
    char *access = a->wants_token ? issue_access_token(g, &oven) : NULL;
    char *id = a->wants_id_token ? issue_id_token(g, &oven, code, access) : NULL;
    if (access) {
        reply_set_text(answer, "access_token", access);
        reply_set_text(answer, "token_type", "Bearer");
        json_object_set_new(answer, "expires_in",
                            json_sprintf("%lld", (long long)oven.lifetime_s - 1));
        reply_set_text(answer, "scope", g->scope);
    }
    reply_set_text(answer, "id_token", id);
    free(access);
    free(id);
}

/* Where the cloud is that answers, for a client that asks in all of them: instance_aware=true. */
static void add_cloud(const struct grant *g, json_t *answer)
{
    const char *aware = grant_parameter(g, "instance_aware");
    const char *host = strstr(g->context->origin, "://");
    if (!aware || strcmp(aware, "true") != 0) {
        return;
    }
    const struct directory_cloud *cloud = &g->context->directory->cloud;
    reply_set_text(answer, "cloud_instance_name", cloud->instance_name);
    reply_set_text(answer, "cloud_instance_host_name", host ? host + 3 : g->context->origin);
    reply_set_text(answer, "cloud_graph_host_name", cloud->graph_host);
    reply_set_text(answer, "msgraph_host", cloud->msgraph_host);
}

void authorize_finish(struct authorize *a, struct http_response *response)
{
    struct grant *g = &a->grant;
    char code[STATE_HANDLE_CAP] = "";
    json_t *answer = json_object();
    (void)snprintf(g->permit.session_id, sizeof g->permit.session_id, "%s", a->session.id);
    g->permit.auth_time = a->session.signed_in_at;
    if (a->wants_code && issue_code(a, code) == 0) {
        reply_set_text(answer, "code", code);
    }
    if (a->wants_id_token || a->wants_token) {
        issue_tokens(a, *code ? code : NULL, answer);
    }
    if (issue_wants_client_info(g)) {
        json_object_set_new(answer, "client_info", issue_client_info(g));
    }
    add_cloud(g, answer);
    reply_set_text(answer, "state", grant_parameter(g, "state"));
    reply_set_text(answer, "session_state", a->session.id);
    (void)notes_add(g->context->state, NOTES_APPS, a->session.id, g->client->id);
    journal_note_tenant(g->context->journal, g->tenant->id);
    journal_note_outcome(g->context->journal, "ok");
    reply_send(g->context, g->request, a->redirect_uri, a->mode, answer, NULL, response);
    json_decref(answer);
}

/* ---- refusals ---- */

/* Names of the table are the token endpoint's; here a grant is not yet there to be invalid (OpenID
 * Connect Core 1.0 §3.1.2.6). */
static void rename_error(const struct directory *d, struct oauth_refusal *refusal)
{
    const char *consent = json_string_value(json_object_get(d->root, "consent_error"));
    switch (refusal->number) {
    case 65001: refusal->error = consent ? consent : "interaction_required"; break;
    case 50034:
    case 50053:
    case 50055:
    case 50057:
    case 50105:
    case 500121:
    case 53003: refusal->error = "access_denied"; break;
    default:
        if (access_is_interaction(refusal->number)) {
            refusal->error = "interaction_required";
        }
    }
}

void authorize_refuse(struct authorize *a, struct http_response *response)
{
    struct grant *g = &a->grant;
    static const char *const members[] = {"error", "error_description", "error_uri", "suberror",
                                          "claims"};
    if (!a->can_redirect) {
        error_page(g->context, g->request, &g->refusal, response);
        return;
    }
    rename_error(g->context->directory, &g->refusal);
    json_t *body = oauth_error_body(g->context, g->request, &g->refusal);
    json_t *answer = json_object();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        reply_set_text(answer, members[i], json_string_value(json_object_get(body, members[i])));
    }
    if (g->refusal.subcode) {
        reply_set_text(answer, "error_subcode", g->refusal.subcode);
    }
    reply_set_text(answer, "state", grant_parameter(g, "state"));
    reply_send(g->context, g->request, a->redirect_uri, a->mode, answer,
               json_string_value(json_object_get(body, "trace_id")), response);
    json_decref(answer);
    json_decref(body);
}

void error_page(struct idp_context *context, const struct http_request *request,
                const struct oauth_refusal *refusal, struct http_response *response)
{
    json_t *body = oauth_error_body(context, request, refusal);
    const char *description = json_string_value(json_object_get(body, "error_description"));
    const char *end = description ? strstr(description, "Trace ID: ") : NULL;
    char *text = end ? strndup(description, (size_t)(end - description)) : NULL;
    const json_t *ok = json_object_get(context->directory->root, "error_pages_ok");
    int status = oauth_error_throttles(context, refusal->number) ? 429
                 : json_is_true(ok)                              ? 200
                                                                 : 400;
    const struct page_value values[] = {
        {"title", "Sign in to your account"},
        {"description", text},
        {"error", json_string_value(json_object_get(body, "error"))},
        {"trace_id", json_string_value(json_object_get(body, "trace_id"))},
        {"correlation_id", json_string_value(json_object_get(body, "correlation_id"))},
        {"timestamp", json_string_value(json_object_get(body, "timestamp"))},
        {NULL, NULL},
    };
    page_respond(context, response, status, "error", values);
    oauth_headers(context, request, json_string_value(json_object_get(body, "trace_id")), response);
    response_set_header(response, "Access-Control-Allow-Origin", NULL);
    response_set_header(response, "Access-Control-Expose-Headers", NULL);
    oauth_retry_later(response);
    free(text);
    json_decref(body);
}
