/* Sign-in as pages: choose an account, type its password, approve, agree. */
#include "mockidp/endpoints/signin.h"

#include "mockidp/endpoints/csrf.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/grants/credentials.h"
#include "mockidp/pages/template.h"
#include "mockidp/state/handle.h"

#include <stdlib.h>
#include <string.h>

/* Accounts shown to choose from; more can be typed. */
enum { ACCOUNTS_SHOWN_MAX = 8 };

/* struct form is what every page of a sign-in has. */
struct form {
    char *action;
    char *flow;
    char csrf[STATE_HANDLE_CAP];
};

/* flow_text writes the parameters of the request as a query again; NULL without memory. */
static char *flow_text(const struct http_params *parameters)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    for (size_t i = 0; out && i < parameters->count; i++) {
        (void)fputs(i > 0 ? "&" : "", out);
        reply_encode(out, parameters->items[i].name);
        (void)fputc('=', out);
        reply_encode(out, parameters->items[i].value);
    }
    if (out && fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static bool form_open(struct authorize *a, struct http_response *response, struct form *form)
{
    struct grant *g = &a->grant;
    *form = (struct form){.flow = flow_text(g->parameters)};
    csrf_token(g->context, g->request, response, form->csrf);
    if (asprintf(&form->action, "/%s/oauth2/%slogin", http_request_capture(g->request, "tenant"),
                 g->endpoint_version == 2 ? "v2.0/" : "") < 0) {
        form->action = NULL;
    }
    response->failed = response->failed || !form->action || !form->flow;
    return form->action && form->flow;
}

static void form_close(struct form *form)
{
    free(form->action);
    free(form->flow);
}

static void write_account(FILE *out, const struct directory_user *user)
{
    (void)fputs("<button class=\"account\" type=\"submit\" name=\"username\" value=\"", out);
    page_escape(out, user->upn);
    (void)fputs("\">", out);
    page_escape(out, user->name);
    (void)fputs(" <span>", out);
    page_escape(out, user->upn);
    (void)fputs("</span></button>\n", out);
}

static char *account_buttons(const struct grant *g)
{
    const struct directory *d = g->context->directory;
    const char *hint = grant_parameter(g, "domain_hint");
    const struct directory_tenant *named = g->tenant ? g->tenant : directory_tenant(d, hint);
    const struct directory_tenant *only = named && authorize_may_be(g, named) ? named : NULL;
    char *text = NULL;
    size_t len = 0;
    size_t shown = 0;
    FILE *out = open_memstream(&text, &len);
    for (size_t i = 0; out && i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        bool asked =
            only ? only == t : authorize_may_be(g, t) && directory_app(t, g->client->id) != NULL;
        for (size_t k = 0; asked && k < t->user_count && shown < ACCOUNTS_SHOWN_MAX; k++) {
            write_account(out, &t->users[k]);
            shown++;
        }
    }
    if (out && fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static void ask_account(struct authorize *a, const char *username, const char *problem,
                        struct http_response *response)
{
    struct form form;
    char *accounts = account_buttons(&a->grant);
    if (form_open(a, response, &form)) {
        const struct page_value values[] = {
            {"title", problem ? "Error: sign in" : "Sign in"},
            {"heading", a->prompt == PROMPT_SELECT_ACCOUNT ? "Pick an account" : "Sign in"},
            {"app", a->grant.client->name},
            {"problem", problem},
            {"described", problem ? PAGE_DESCRIBED " autofocus" : ""},
            {"accounts", accounts},
            {"username", username},
            {"action", form.action},
            {"flow", form.flow},
            {"csrf", form.csrf},
            {NULL, NULL}};
        page_respond(a->grant.context, response, 200, "signin", values);
    }
    form_close(&form);
    free(accounts);
}

static void ask_password(struct authorize *a, const char *username, const char *problem,
                         struct http_response *response)
{
    struct form form;
    if (form_open(a, response, &form)) {
        const struct page_value values[] = {
            {"title", problem ? "Error: enter password" : "Enter password"},
            {"app", a->grant.client->name},
            {"problem", problem},
            {"described", problem ? PAGE_DESCRIBED : ""},
            {"username", username},
            {"action", form.action},
            {"flow", form.flow},
            {"csrf", form.csrf},
            {NULL, NULL}};
        page_respond(a->grant.context, response, 200, "password", values);
    }
    form_close(&form);
}

/* ---- what only who is signed in is asked ---- */

/* seal_page vouches that this session was shown this page for this request. "" without memory. */
static void seal_page(const struct authorize *a, const char *page, const char *flow,
                      char out[STATE_SEAL_CAP])
{
    char *text = NULL;
    out[0] = '\0';
    if (asprintf(&text, "%s %s %s", page, a->session.id, flow) >= 0) {
        state_seal(a->grant.context->state, text, out);
        free(text);
    }
}

/* answers says whether a form comes from whom the page was shown for this request: it is no answer
 * to a page that was never shown, for which somebody had to sign in first, nor to somebody else's.
 */
static bool answers(struct authorize *a, const char *page)
{
    char seal[STATE_SEAL_CAP] = "";
    const char *sent = http_params_get(&a->grant.request->form, "asked");
    char *flow = flow_text(a->grant.parameters);
    if (sent && flow && authorize_find_session(a)) {
        seal_page(a, page, flow, seal);
    }
    free(flow);
    return *seal && credentials_same(seal, sent);
}

static void ask_second_factor(struct authorize *a, struct http_response *response)
{
    struct form form;
    char asked[STATE_SEAL_CAP];
    if (form_open(a, response, &form)) {
        seal_page(a, "approval", form.flow, asked);
        const struct page_value values[] = {{"title", "Approve sign in request"},
                                            {"app", a->grant.client->name},
                                            {"username", a->grant.user->upn},
                                            {"action", form.action},
                                            {"flow", form.flow},
                                            {"csrf", form.csrf},
                                            {"asked", asked},
                                            {NULL, NULL}};
        page_respond(a->grant.context, response, 200, "approve", values);
    }
    form_close(&form);
}

static void ask_consent(struct authorize *a, struct http_response *response)
{
    struct form form;
    struct grant *g = &a->grant;
    char asked[STATE_SEAL_CAP];
    char *scopes = page_list(g->scope);
    if (scopes && form_open(a, response, &form)) {
        seal_page(a, "consent", form.flow, asked);
        const struct page_value values[] = {{"title", "Permissions requested"},
                                            {"app", g->client->name},
                                            {"username", g->user->upn},
                                            {"scopes", scopes},
                                            {"action", form.action},
                                            {"flow", form.flow},
                                            {"csrf", form.csrf},
                                            {"asked", asked},
                                            {NULL, NULL}};
        page_respond(g->context, response, 200, "consent", values);
        form_close(&form);
    }
    free(scopes);
}

/* go_on asks who is signed in what is still to be asked, or sends them on. `agreed` says that they
 * just accepted. */
static void go_on(struct authorize *a, bool agreed, struct http_response *response)
{
    if (a->grant.second_factor_due) {
        ask_second_factor(a, response);
    } else if (!agreed && (a->prompt == PROMPT_CONSENT || authorize_needs_consent(a))) {
        ask_consent(a, response);
    } else {
        authorize_finish(a, response);
    }
}

void signin_ask(struct authorize *a, struct http_response *response)
{
    const char *hint = authorize_hint(&a->grant);
    if (a->grant.user) {
        go_on(a, false, response);
    } else if (hint && a->prompt != PROMPT_SELECT_ACCOUNT) {
        ask_password(a, hint, NULL, response);
    } else {
        ask_account(a, "", NULL, response);
    }
}

/* ---- the answers ---- */

static const char wrong_account[] =
    PAGE_PROBLEM("This username may be incorrect. Make sure you typed it correctly.");

static void check_password(struct authorize *a, const char *username, const char *password,
                           struct http_response *response)
{
    const struct directory_tenant *tenant = NULL;
    const struct directory_user *user = authorize_find_account(a, username, &tenant);
    if (!user || !credentials_match(user, password)) {
        ask_password(a, username, PAGE_WRONG_PASSWORD, response);
    } else if (authorize_sign_in(a, tenant, user, response) != 0) {
        authorize_refuse(a, response);
    } else {
        go_on(a, false, response);
    }
}

/* deny: Entra says so on its own page; here the app hears of it, as of other refusals. */
static void deny(struct authorize *a, struct http_response *response)
{
    (void)oauth_refuse(&a->grant.refusal, 500121, NULL, NULL);
    authorize_refuse(a, response);
}

static void take_answer(struct authorize *a, struct http_response *response)
{
    struct grant *g = &a->grant;
    const struct http_params *form = &g->request->form;
    const struct directory_tenant *tenant = NULL;
    const char *username = http_params_get(form, "username");
    const char *password = http_params_get(form, "password");
    if (http_params_get(form, "cancel")) {
        oauth_refuse(&g->refusal, 65004, NULL, NULL);
        g->refusal.subcode = "cancel";
        authorize_refuse(a, response);
    } else if (http_params_get(form, "deny")) {
        deny(a, response);
    } else if (http_params_get(form, "approve") && answers(a, "approval")) {
        authorize_give_second_factor(a);
        go_on(a, false, response);
    } else if (http_params_get(form, "accept") && answers(a, "consent")) {
        authorize_give_consent(a);
        go_on(a, true, response);
    } else if (!username || !*username || http_params_get(form, "back")) {
        ask_account(a, "", NULL, response);
    } else if (password) {
        check_password(a, username, password, response);
    } else if (authorize_picks_session(a, username)) {
        go_on(a, false, response);
    } else if (authorize_find_account(a, username, &tenant)) {
        ask_password(a, username, NULL, response);
    } else {
        ask_account(a, username, wrong_account, response);
    }
}

static void serve(struct idp_context *context, const struct http_request *request,
                  struct http_response *response, int version)
{
    struct tenant_choice t = {.tenant = NULL};
    struct http_params flow = {NULL, 0};
    struct authorize a = {.grant = {.context = context,
                                    .request = request,
                                    .parameters = &flow,
                                    .endpoint_version = version,
                                    .at_authorize = true}};
    const char *text = http_params_get(&request->form, "flow");
    if (!csrf_check(context, request, response)) {
        return;
    }
    if (!tenant_choose_on_page(context, request, &t, response)) {
        return;
    }
    a.grant.tenant = t.tenant;
    a.grant.work_only = t.work_only;
    /* the form may have been tampered with: all of the request is checked again */
    if (!http_params_parse(text ? text : "", text ? strlen(text) : 0, &flow)) {
        (void)oauth_refuse(&a.grant.refusal, 9002313, NULL, NULL);
        error_page(context, request, &a.grant.refusal, response);
    } else if (authorize_read(&a) != 0) {
        authorize_refuse(&a, response);
    } else {
        take_answer(&a, response);
    }
    http_params_clear(&flow);
}

void endpoint_signin_v2(struct idp_context *context, const struct http_request *request,
                        struct http_response *response)
{
    serve(context, request, response, 2);
}

void endpoint_signin_v1(struct idp_context *context, const struct http_request *request,
                        struct http_response *response)
{
    serve(context, request, response, 1);
}
