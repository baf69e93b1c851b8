/* The token endpoint: tenant, client, grant, then the answer ("OAuth 2.0 … on the Microsoft
 * identity platform"). */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/form.h"
#include "mockidp/grants/issue.h"
#include "mockidp/platform/json_text.h"

#include <stdlib.h>
#include <string.h>

/* Clients are to renew a token that lives so long at half of its life, while it still holds. */
enum { LONG_LIFETIME_S = 7200 };

static int read_request(struct grant *g)
{
    if (strcmp(g->request->method, "POST") != 0) {
        return oauth_refuse(&g->refusal, 900561, g->request->method, NULL);
    }
    const char *type = grant_need(g, "grant_type") ? grant_type(g) : NULL;
    journal_note_grant(g->context->journal, type);
    if (!type || grant_find_tenant(g, type) != 0 || client_auth_identify(g) != 0) {
        return -1;
    }
    grant_handler *handle = grant_find(type);
    if (!handle) {
        return oauth_refuse(&g->refusal, 70003, type, NULL);
    }
    return confirmation_read(g) == 0 ? handle(g) : -1;
}

static json_t *make_body(const struct grant *g, const struct mint_context *oven, const char *access,
                         const char *id)
{
    char handle[STATE_HANDLE_CAP];
    json_t *body = json_pack("{s:s}", "token_type", *g->confirmation.kid ? "pop" : "Bearer");
    bool v1 = g->endpoint_version == 1;
    if (g->user && !v1) {
        json_object_set_new(body, "scope", json_string(g->scope));
    }
    form_set_number(g, body, "expires_in", oven->lifetime_s - 1);
    form_set_number(g, body, "ext_expires_in", oven->lifetime_s - 1);
    if (oven->lifetime_s >= LONG_LIFETIME_S) {
        form_set_number(g, body, "refresh_in", (oven->lifetime_s - 1) / 2);
    }
    if (v1) {
        form_set_number(g, body, "expires_on", oven->now + oven->lifetime_s);
        form_set_number(g, body, "not_before", oven->now - MINT_BACKDATED_S);
        json_object_set_new(body, "resource", json_string(g->resource_uri));
    }
    json_object_set_new(body, "access_token", json_text_make(access));
    if (g->user && g->offline && issue_refresh_token(g, handle) == 0) {
        json_object_set_new(body, "refresh_token", json_string(handle));
    }
    if (g->user && v1) {
        json_object_set_new(body, "scope", json_string(g->scope));
    }
    if (id) {
        json_object_set_new(body, "id_token", json_text_make(id));
    }
    if (issue_wants_client_info(g)) {
        json_object_set_new(body, "client_info", issue_client_info(g));
    }
    if (g->wants_spa_code && issue_spa_code(g, handle) == 0) {
        json_object_set_new(body, "spa_code", json_string(handle));
    }
    return body;
}

static void answer(struct grant *g, struct http_response *response)
{
    struct mint_context oven;
    issue_open(g, &oven);
    char *access = issue_access_token(g, &oven);
    char *id = g->openid ? issue_id_token(g, &oven, NULL, NULL) : NULL;
    response_json(response, 200, access ? make_body(g, &oven, access, id) : NULL);
    journal_note_outcome(g->context->journal, access ? "ok" : "failed");
    free(access);
    free(id);
    oauth_headers(g->context, g->request, NULL, response);
}

static const struct form_steps steps = {read_request, answer};

void endpoint_token_v2(struct idp_context *context, const struct http_request *request,
                       struct http_response *response)
{
    form_serve(context, request, response, 2, &steps);
}

void endpoint_token_v1(struct idp_context *context, const struct http_request *request,
                       struct http_response *response)
{
    form_serve(context, request, response, 1, &steps);
}

void endpoint_token_preflight(struct idp_context *context, const struct http_request *request,
                              struct http_response *response)
{
    const char *wanted = http_request_header(request, "Access-Control-Request-Headers");
    (void)context;
    response->status = 200;
    response_set_header(response, "Access-Control-Allow-Origin", "*");
    response_set_header(response, "Access-Control-Allow-Methods", "POST, OPTIONS");
    response_set_header(response, "Access-Control-Allow-Headers", wanted);
    response_set_header(response, "Access-Control-Max-Age", "86400");
}
