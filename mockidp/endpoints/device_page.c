/* The page on which a person answers for a device (RFC 8628 §3.3): the code, then who it is. */
#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/csrf.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/grants/consent.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/pages/template.h"
#include "mockidp/platform/rng.h"

#include <stdio.h>
#include <string.h>

static const char wrong_code[] = "<p class=\"bad\" role=\"alert\" id=\"problem\">That code did not "
                                 "work. Check the code and try again.</p>";
static const char wrong_password[] =
    "<p class=\"bad\" role=\"alert\" id=\"problem\">Your account or password is incorrect.</p>";
static const char refused_user[] =
    "<p class=\"bad\" role=\"alert\" id=\"problem\">This account cannot sign in: AADSTS%d.</p>";

/* struct visit is one request to the page. */
struct visit {
    struct idp_context *context;
    const struct http_request *request;
    struct http_response *response;
    char text[STATE_HANDLE_CAP]; /* the device code */
    struct state_device_code code;
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

static void say(struct visit *v, const char *title, const char *text)
{
    const struct page_value values[] = {{"title", title}, {"text", text}, {NULL, NULL}};
    page_respond(v->context, v->response, 200, "message", values);
}

/* find_person checks name and password in the code's tenant, or of common in every one that has the
 * app. */
static const struct directory_user *find_person(const struct visit *v,
                                                const struct directory_tenant **tenant)
{
    const struct directory *d = v->context->directory;
    const struct state_permit *permit = &v->code.permit;
    for (size_t i = 0; i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        bool asked = *permit->tenant_id ? strcmp(permit->tenant_id, t->id) == 0
                                        : directory_app(t, permit->client_id) != NULL;
        const struct directory_user *user =
            asked ? credentials_user(t, field(v, "username")) : NULL;
        if (user && credentials_match(user, field(v, "password"))) {
            *tenant = t;
            return user;
        }
    }
    return NULL;
}

/* Who types the code agrees by it, and sits before a page: a session of its own says so. */
static void agree(struct visit *v, const struct directory_tenant *tenant,
                  const struct directory_user *user)
{
    struct state_permit *permit = &v->code.permit;
    struct grant g = {.context = v->context,
                      .tenant = tenant,
                      .client = directory_app(tenant, permit->client_id),
                      .user = user};
    rng_guid(v->context->rng, permit->session_id);
    (void)notes_add(v->context->state, NOTES_PROOFS, permit->session_id, "mfa");
    if (g.client) {
        consent_give(&g, permit->asked, permit->v1, false);
    }
}

static void allow(struct visit *v)
{
    char problem[120];
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = find_person(v, &tenant);
    struct state_permit *permit = &v->code.permit;
    if (!user) {
        ask_person(v, wrong_password);
        return;
    }
    if (user->error) {
        (void)snprintf(problem, sizeof problem, refused_user, user->error);
        ask_person(v, problem);
        return;
    }
    (void)snprintf(permit->tenant_id, sizeof permit->tenant_id, "%s", tenant->id);
    (void)snprintf(permit->user_id, sizeof permit->user_id, "%s", user->id);
    permit->auth_time = state_now(v->context->state);
    agree(v, tenant, user);
    v->code.answer = STATE_DEVICE_ALLOWED;
    if (!device_codes_answer(v->context->state, v->text, &v->code)) {
        ask_code(v, "", wrong_code);
        return;
    }
    journal_note_outcome(v->context->journal, "ok");
    say(v, "You have signed in",
        "You may close this window and go on with the app on your device.");
}

static void cancel(struct visit *v)
{
    v->code.answer = STATE_DEVICE_DECLINED;
    (void)device_codes_answer(v->context->state, v->text, &v->code);
    say(v, "You have cancelled", "Nobody was signed in on the device. You may close this window.");
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
    } else {
        ask_person(&v, NULL);
    }
}
