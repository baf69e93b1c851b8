/* The page on which a person answers for a device (RFC 8628 §3.3): the code, then who it is, a
 * second factor, and what the app may do. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/cookie.h"
#include "mockidp/endpoints/csrf.h"
#include "mockidp/endpoints/device_person.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/grants/access.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/pages/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char wrong_code[] =
    PAGE_PROBLEM("That code did not work. Check the code and try again.");
static const char denied[] =
    PAGE_PROBLEM("The sign in request was denied: AADSTS500121. You may try again.");
static const char refused_user[] = PAGE_PROBLEM("This account cannot sign in: AADSTS%d.");

/* struct visit is one request to the page. */
struct visit {
    struct idp_context *context;
    const struct http_request *request;
    struct http_response *response;
    char text[STATE_HANDLE_CAP]; /* the device code */
    struct state_device_code code;
    struct grant grant; /* of the person, once one is known */
};

static const char *field(const struct visit *v, const char *name)
{
    const char *value = http_params_get(&v->request->form, name);
    return value ? value : "";
}

static void ask_code(struct visit *v, const char *code, const char *problem)
{
    char csrf[STATE_HANDLE_CAP];
    csrf_token(v->context, v->request, v->response, csrf);
    const struct page_value values[] = {{"title", problem ? "Error: enter code" : "Enter code"},
                                        {"problem", problem},
                                        {"described", problem ? PAGE_DESCRIBED : ""},
                                        {"code", code},
                                        {"csrf", csrf},
                                        {NULL, NULL}};
    page_respond(v->context, v->response, 200, "device", values);
}

static const struct directory_app *find_app(const struct visit *v)
{
    const struct directory *d = v->context->directory;
    const struct directory_tenant *own = directory_tenant(d, v->code.permit.tenant_id);
    const struct directory_app *app = own ? directory_app(own, v->code.permit.client_id) : NULL;
    for (size_t i = 0; !app && !own && i < d->tenant_count; i++) {
        app = directory_app(&d->tenants[i], v->code.permit.client_id);
    }
    return app;
}

static void ask_person(struct visit *v, const char *problem)
{
    char csrf[STATE_HANDLE_CAP];
    const struct directory_app *app = find_app(v);
    csrf_token(v->context, v->request, v->response, csrf);
    const struct page_value values[] = {
        {"title", problem ? "Error: sign in" : "Sign in"},
        {"problem", problem},
        {"described", problem ? PAGE_DESCRIBED " autofocus" : " autofocus"},
        {"app", app ? app->name : ""},
        {"code", v->code.user_code},
        {"username", field(v, "username")},
        {"csrf", csrf},
        {NULL, NULL}};
    page_respond(v->context, v->response, 200, "device_signin", values);
}

/* keep_session keeps which session a page asks: nobody else may answer. */
static bool keep_session(struct visit *v)
{
    (void)snprintf(v->code.permit.session_id, sizeof v->code.permit.session_id, "%s",
                   v->grant.permit.session_id);
    if (!device_codes_keep(v->context->state, v->text, &v->code)) {
        ask_code(v, "", wrong_code);
        return false;
    }
    return true;
}

static void ask_second_factor(struct visit *v)
{
    char csrf[STATE_HANDLE_CAP];
    const struct grant *g = &v->grant;
    if (!keep_session(v)) {
        return;
    }
    csrf_token(v->context, v->request, v->response, csrf);
    const struct page_value values[] = {
        {"title", "Approve sign in request"}, {"app", g->client->name}, {"username", g->user->upn},
        {"code", v->code.user_code},          {"csrf", csrf},           {NULL, NULL}};
    page_respond(v->context, v->response, 200, "device_approve", values);
}

static void ask_consent(struct visit *v)
{
    char csrf[STATE_HANDLE_CAP];
    const struct grant *g = &v->grant;
    if (!keep_session(v)) {
        return;
    }
    char *scopes = page_list(g->scope);
    csrf_token(v->context, v->request, v->response, csrf);
    const struct page_value values[] = {{"title", "Permissions requested"},
                                        {"app", g->client->name},
                                        {"username", g->user->upn},
                                        {"scopes", scopes},
                                        {"code", v->code.user_code},
                                        {"csrf", csrf},
                                        {NULL, NULL}};
    page_respond(v->context, v->response, 200, "device_consent", values);
    v->response->failed = v->response->failed || !scopes;
    free(scopes);
}

static void say(struct visit *v, const char *title, const char *text)
{
    const struct page_value values[] = {{"title", title}, {"text", text}, {NULL, NULL}};
    page_respond(v->context, v->response, 200, "message", values);
}

/* The code's tenant, or of common every one that has the app; of organizations not the personal
 * one. */
static bool may_be_of(const struct visit *v, const struct directory_tenant *tenant)
{
    const struct state_permit *permit = &v->code.permit;
    if (*permit->tenant_id) {
        return strcmp(permit->tenant_id, tenant->id) == 0;
    }
    return directory_app(tenant, permit->client_id) &&
           !(v->code.work_only && directory_is_personal(tenant));
}

/* find_person checks name and password. */
static const struct directory_user *find_person(const struct visit *v,
                                                const struct directory_tenant **tenant)
{
    const struct directory *d = v->context->directory;
    for (size_t i = 0; i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        const struct directory_user *user =
            may_be_of(v, t) ? credentials_user(t, field(v, "username")) : NULL;
        if (user && credentials_match(user, field(v, "password"))) {
            *tenant = t;
            return user;
        }
    }
    return NULL;
}

/* open_session remembers who signed in: the next page, and the apps of this browser, will ask. */
static void open_session(struct visit *v)
{
    char cookie[STATE_HANDLE_CAP];
    struct grant *g = &v->grant;
    struct state_session session = {.signed_in_at = 0};
    (void)snprintf(session.tenant_id, sizeof session.tenant_id, "%s", g->permit.tenant_id);
    (void)snprintf(session.user_id, sizeof session.user_id, "%s", g->permit.user_id);
    if (sessions_open(v->context->state, &session, cookie) == 0) {
        cookie_set(v->request, v->response, COOKIE_SESSION, cookie, true);
        (void)snprintf(g->permit.session_id, sizeof g->permit.session_id, "%s", session.id);
        (void)notes_add(v->context->state, NOTES_PROOFS, session.id, g->proofs);
    }
}

static void finish(struct visit *v)
{
    if (!device_person_allow(&v->grant, v->text, &v->code)) {
        ask_code(v, "", wrong_code);
        return;
    }
    journal_note_outcome(v->context->journal, "ok");
    say(v, "You have signed in",
        "You may close this window and go on with the app on your device.");
}

/* check holds who signed in against the directory; says on the page what stands against it. */
static bool check(struct visit *v, const struct directory_tenant *tenant,
                  const struct directory_user *user, const struct state_session *session)
{
    char problem[120];
    v->grant = (struct grant){.context = v->context, .request = v->request};
    if (device_person_check(&v->grant, &v->code, tenant, user, session) == 0) {
        return true;
    }
    (void)snprintf(problem, sizeof problem, refused_user, v->grant.refusal.number);
    ask_person(v, problem);
    return false;
}

/* go_on asks who is signed in what is still to be asked, or is done. `agreed` says that they just
 * accepted. */
static void go_on(struct visit *v, bool agreed)
{
    if (v->grant.second_factor_due) {
        ask_second_factor(v);
    } else if (!agreed && device_person_needs_consent(&v->grant)) {
        ask_consent(v);
    } else {
        finish(v);
    }
}

static void allow(struct visit *v)
{
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = find_person(v, &tenant);
    if (!user) {
        ask_person(v, PAGE_WRONG_PASSWORD);
        return;
    }
    if (check(v, tenant, user, NULL)) {
        open_session(v);
        go_on(v, false);
    }
}

/* take_answer: a page is answered by whom it asked; anybody else has to sign in first. */
static void take_answer(struct visit *v)
{
    char cookie[STATE_HANDLE_CAP];
    struct state_session session;
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = NULL;
    if (cookie_read(v->request, COOKIE_SESSION, cookie, sizeof cookie) &&
        sessions_find(v->context->state, cookie, &session) &&
        strcmp(session.id, v->code.permit.session_id) == 0 &&
        (tenant = directory_tenant(v->context->directory, session.tenant_id)) &&
        may_be_of(v, tenant)) {
        user = directory_user(tenant, session.user_id);
    }
    if (!user) {
        ask_person(v, NULL);
    } else if (check(v, tenant, user, &session)) {
        if (v->grant.second_factor_due && http_params_get(&v->request->form, "approve")) {
            access_give_second_factor(&v->grant, session.id);
        }
        go_on(v, http_params_get(&v->request->form, "accept") != NULL);
    }
}

static void cancel(struct visit *v)
{
    v->code.answer = STATE_DEVICE_DECLINED;
    (void)device_codes_answer(v->context->state, v->text, &v->code);
    say(v, "You have cancelled", "Nobody was signed in on the device. You may close this window.");
}

/* deny: the device goes on waiting, as it does after a wrong password. */
static void deny(struct visit *v)
{
    ask_person(v, denied);
}

void endpoint_device_page(struct idp_context *context, const struct http_request *request,
                          struct http_response *response)
{
    struct visit v = {.context = context, .request = request, .response = response};
    if (strcmp(request->method, "POST") != 0) {
        const char *code = http_params_get(&request->query, "otc");
        ask_code(&v, code ? code : "", NULL);
        return;
    }
    if (!csrf_check(context, request, response)) {
        return;
    }
    if (!device_codes_of_user(context->state, field(&v, "code"), v.text, &v.code)) {
        ask_code(&v, field(&v, "code"), wrong_code);
    } else if (http_params_get(&request->form, "cancel")) {
        cancel(&v);
    } else if (http_params_get(&request->form, "allow")) {
        allow(&v);
    } else if (http_params_get(&request->form, "deny")) {
        deny(&v);
    } else if (http_params_get(&request->form, "accept") ||
               http_params_get(&request->form, "approve")) {
        take_answer(&v);
    } else {
        ask_person(&v, NULL);
    }
}
