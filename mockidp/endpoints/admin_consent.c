/* Where an administrator agrees for everyone ("Admin consent on the Microsoft identity platform"):
 * of v1 to everything that the app may ask for, of v2 to the scopes that are named, and of .default
 * to the app roles that the registration lists. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/authorize.h"
#include "mockidp/endpoints/cookie.h"
#include "mockidp/endpoints/csrf.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/redirect_uri.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/grants/consent.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/grants/resource.h"
#include "mockidp/grants/scope.h"
#include "mockidp/pages/template.h"
#include "mockidp/platform/words.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char no_admin[] = PAGE_PROBLEM("AADSTS90094: Only an administrator can accept this.");
#define SIGN_IN(described)                                                                         \
    "<label for=\"username\">Administrator</label>\n"                                              \
    "<input type=\"text\" id=\"username\" name=\"username\" autocomplete=\"username\" "            \
    "autocapitalize=\"none\" spellcheck=\"false\"" described ">\n"                                 \
    "<label for=\"password\">Password</label>\n"                                                   \
    "<input type=\"password\" id=\"password\" name=\"password\" "                                  \
    "autocomplete=\"current-password\">\n"
static const char sign_in[] = SIGN_IN("");
static const char sign_in_again[] = SIGN_IN(PAGE_DESCRIBED " autofocus");

/* struct visit is one request; its grant's user is who is signed in, if anybody. */
struct visit {
    struct grant grant;
    struct http_response *response;
    const char *redirect_uri;
    const char *scope; /* NULL: of v1 */
};

/* ---- the answers that go to the app ---- */

static void go_back(struct visit *v, const json_t *answer)
{
    const struct grant *g = &v->grant;
    reply_send(g->context, g->request, v->redirect_uri, REPLY_QUERY, answer, NULL, v->response);
}

/* refuses says on a page what is wrong with the scopes, once it is known whose they are. */
static bool refuses(struct visit *v)
{
    struct grant *g = &v->grant;
    if (!v->scope || !g->tenant || scope_check(g, v->scope) == 0) {
        return false;
    }
    error_page(g->context, g->request, &g->refusal, v->response);
    return true;
}

static void accept(struct visit *v)
{
    const struct grant *g = &v->grant;
    const char *state = grant_parameter(g, "state");
    if (refuses(v)) { /* of common, the tenant was unknown until now */
        return;
    }
    json_t *answer = json_object();
    consent_give(g, v->scope, false, true);
    consent_give_roles(g, v->scope);
    if (v->scope) {
        reply_set_text(answer, "admin_consent", "True");
        reply_set_text(answer, "tenant", g->tenant->id);
        reply_set_text(answer, "scope", v->scope);
        reply_set_text(answer, "state", state);
    } else {
        reply_set_text(answer, "tenant", g->tenant->id);
        reply_set_text(answer, "state", state);
        reply_set_text(answer, "admin_consent", "True");
    }
    journal_note_outcome(g->context->journal, "ok");
    go_back(v, answer);
    json_decref(answer);
}

static void cancel(struct visit *v)
{
    json_t *answer = json_object();
    reply_set_text(answer, "error", "permission_denied");
    reply_set_text(answer, "error_description", "The admin canceled the request");
    reply_set_text(answer, "state", grant_parameter(&v->grant, "state"));
    journal_note_outcome(v->grant.context->journal, "permission_denied");
    go_back(v, answer);
    json_decref(answer);
}

/* ---- the page ---- */

/* What the app may do without a user: of one resource, or (NULL) of all. */
static void list_roles(FILE *out, const struct directory_app *client,
                       const struct directory_app *resource)
{
    const char *alias = NULL;
    json_t *roles = NULL;
    const json_t *role = NULL;
    size_t i = 0;
    json_object_foreach((json_t *)(uintptr_t)client->requests_roles, alias, roles)
    {
        json_array_foreach(roles, i, role)
        {
            if (!resource || strcmp(alias, resource->alias) == 0) {
                page_item(out, json_string_value(role), " (without a user)");
            }
        }
    }
}

static void list_word(const struct visit *v, FILE *out, const char *word)
{
    const char *name = NULL;
    const struct grant *g = &v->grant;
    const struct directory_app *resource = g->tenant ? resource_of_scope(g, word, &name) : NULL;
    page_item(out, word, "");
    if (resource && strcmp(name, ".default") == 0) {
        list_roles(out, g->client, resource);
    }
}

static char *list_permissions(const struct visit *v)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    char word[GRANT_SCOPE_CAP];
    const char *scopes = v->scope ? v->scope : "";
    if (out && !v->scope) {
        page_item(out, "Everything that it may ask for", "");
        list_roles(out, v->grant.client, NULL);
    }
    for (const char *at = scopes; out && words_next(&at, word, sizeof word);) {
        list_word(v, out, word);
    }
    if (out && fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static void ask(struct visit *v, const char *problem)
{
    char csrf[STATE_HANDLE_CAP];
    char *action = NULL;
    struct grant *g = &v->grant;
    char *scopes = list_permissions(v);
    csrf_token(g->context, g->request, v->response, csrf);
    if (asprintf(&action, "%s?%s", g->request->path, g->request->query_text) < 0) {
        action = NULL;
    }
    const struct page_value values[] = {{"title", "Permissions requested"},
                                        {"tenant", g->tenant ? g->tenant->name : "your directory"},
                                        {"app", g->client->name},
                                        {"problem", problem},
                                        {"scopes", scopes},
                                        {"who", g->user   ? ""
                                                : problem ? sign_in_again
                                                          : sign_in},
                                        {"action", action},
                                        {"csrf", csrf},
                                        {NULL, NULL}};
    page_respond(g->context, v->response, 200, "adminconsent", values);
    v->response->failed = v->response->failed || !action || !scopes;
    free(action);
    free(scopes);
}

/* ---- who agrees ---- */

/* settle makes a user the one who agrees; of common the tenant is theirs. */
static void settle(struct visit *v, const struct directory_tenant *tenant,
                   const struct directory_user *user)
{
    struct grant *g = &v->grant;
    const struct directory_app *client = user ? directory_app(tenant, g->client->id) : NULL;
    if (client && (!g->tenant || g->tenant == tenant)) {
        g->tenant = tenant;
        g->client = client;
        g->user = user;
    }
}

static void find_session(struct visit *v)
{
    char cookie[STATE_HANDLE_CAP];
    struct state_session session;
    struct idp_context *context = v->grant.context;
    if (cookie_read(v->grant.request, COOKIE_SESSION, cookie, sizeof cookie) &&
        sessions_find(context->state, cookie, &session)) {
        const struct directory_tenant *tenant =
            directory_tenant(context->directory, session.tenant_id);
        settle(v, tenant, tenant ? directory_user(tenant, session.user_id) : NULL);
    }
}

/* check_password finds who the form says, by name and password. */
static void check_password(struct visit *v)
{
    const struct http_params *form = &v->grant.request->form;
    const struct directory *d = v->grant.context->directory;
    const char *username = http_params_get(form, "username");
    const char *password = http_params_get(form, "password");
    for (size_t i = 0; username && password && i < d->tenant_count && !v->grant.user; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        const struct directory_user *user = credentials_user(t, username);
        if (user && credentials_match(user, password)) {
            settle(v, t, user);
        }
    }
}

static void take_answer(struct visit *v)
{
    const struct http_params *form = &v->grant.request->form;
    if (http_params_get(form, "cancel")) {
        cancel(v);
        return;
    }
    if (!v->grant.user) {
        check_password(v);
    }
    if (!v->grant.user) {
        ask(v, PAGE_WRONG_PASSWORD);
    } else if (!v->grant.user->is_admin || v->grant.user->error) {
        v->grant.user = NULL;
        ask(v, no_admin);
    } else {
        accept(v);
    }
}

/* --sign-in auto answers as the first administrator. */
static bool accept_auto(struct visit *v)
{
    const struct directory *d = v->grant.context->directory;
    if (!authorize_is_automatic(v->grant.context)) {
        return false;
    }
    for (size_t i = 0; i < d->tenant_count; i++) {
        for (size_t k = 0; k < d->tenants[i].user_count && !v->grant.user; k++) {
            const struct directory_user *user = &d->tenants[i].users[k];
            settle(v, &d->tenants[i], user->is_admin ? user : NULL);
        }
    }
    if (!v->grant.user) {
        return false;
    }
    accept(v);
    return true;
}

/* ---- the request ---- */

static int read_request(struct visit *v)
{
    struct grant *g = &v->grant;
    if (authorize_read_client(g) != 0) {
        return -1;
    }
    v->redirect_uri = grant_parameter(g, "redirect_uri");
    if (!v->redirect_uri) {
        return oauth_refuse(&g->refusal, 900971, NULL, NULL);
    }
    if (!redirect_uri_find(g->client, v->redirect_uri)) {
        return oauth_refuse(&g->refusal, 50011, v->redirect_uri, g->client->id);
    }
    v->scope = g->endpoint_version == 2 ? grant_need(g, "scope") : NULL;
    if (v->scope && strlen(v->scope) >= GRANT_SCOPE_CAP) {
        return oauth_refuse(&g->refusal, 70011, "(too long)", NULL);
    }
    return g->endpoint_version == 2 && !v->scope ? -1 : 0;
}

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct tenant_choice t = {.tenant = NULL};
    struct visit v = {.grant = {.context = context,
                                .request = request,
                                .parameters = &request->query,
                                .endpoint_version = version,
                                .at_authorize = true},
                      .response = response};
    bool post = strcmp(request->method, "POST") == 0;
    if (post && !csrf_check(context, request, response)) {
        return;
    }
    if (!tenant_choose_on_page(context, request, &t, response)) {
        return;
    }
    v.grant.tenant = t.tenant;
    if (read_request(&v) != 0) {
        error_page(context, request, &v.grant.refusal, response);
        return;
    }
    find_session(&v);
    if (refuses(&v)) {
        return;
    }
    if (post) {
        take_answer(&v);
    } else if (!accept_auto(&v)) {
        ask(&v, NULL);
    }
}

void endpoint_admin_consent_v2(struct idp_context *context, const struct http_request *request,
                               struct http_response *response)
{
    serve(context, request, response, 2);
}

void endpoint_admin_consent_v1(struct idp_context *context, const struct http_request *request,
                               struct http_response *response)
{
    serve(context, request, response, 1);
}
