/* Signing out (OpenID Connect RP-Initiated Logout 1.0): the session ends, and the browser goes back
 * to the app when the app has registered where. */
#include "mockidp/endpoints/cookie.h"
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/endpoints/front_channel.h"
#include "mockidp/endpoints/redirect_uri.h"
#include "mockidp/endpoints/reply.h"
#include "mockidp/endpoints/tenant.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/pages/template.h"
#include "mockidp/state/state.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *parameter(const struct http_request *request, const char *name)
{
    const char *value = http_params_get(&request->form, name);
    value = value ? value : http_params_get(&request->query, name);
    return value && *value ? value : NULL;
}

/* is_registered asks the app that client_id names, or else every one. */
static bool is_registered(const struct idp_context *context, const struct directory_tenant *only,
                          const char *client, const char *uri)
{
    const struct directory *d = context->directory;
    for (size_t i = 0; i < d->tenant_count; i++) {
        const struct directory_tenant *t = &d->tenants[i];
        for (size_t k = 0; (!only || only == t) && k < t->app_count; k++) {
            if ((!client || directory_app(t, client) == &t->apps[k]) &&
                redirect_uri_find(&t->apps[k], uri)) {
                return true;
            }
        }
    }
    return false;
}

/* find_session finds who leaves. A hint at another account is not at this one, which stays; the
 * login_hint claim is opaque, a name can be told apart. */
static bool find_session(struct idp_context *context, const struct http_request *request,
                         char cookie[STATE_HANDLE_CAP], struct state_session *session)
{
    const char *hint = parameter(request, "logout_hint");
    *session = (struct state_session){.signed_in_at = 0};
    if (!cookie_read(request, COOKIE_SESSION, cookie, STATE_HANDLE_CAP) ||
        !sessions_find(context->state, cookie, session)) {
        return true;
    }
    const struct directory_tenant *t = directory_tenant(context->directory, session->tenant_id);
    const struct directory_user *user = t ? directory_user(t, session->user_id) : NULL;
    return !user || !hint || !strchr(hint, '@') || strcasecmp(hint, user->upn) == 0;
}

static void sign_out(struct idp_context *context, const struct http_request *request,
                     struct state_session *session, struct http_response *response)
{
    char cookie[STATE_HANDLE_CAP] = "";
    if (!find_session(context, request, cookie, session)) {
        *session = (struct state_session){.signed_in_at = 0};
        return;
    }
    sessions_close(context->state, cookie);
    cookie_set(request, response, COOKIE_SESSION, "", true);
}

void endpoint_logout(struct idp_context *context, const struct http_request *request,
                     struct http_response *response)
{
    struct tenant_choice t;
    struct state_session session;
    const char *uri = parameter(request, "post_logout_redirect_uri");
    const char *state = parameter(request, "state");
    if (!tenant_choose_on_page(context, request, &t, response)) {
        return;
    }
    sign_out(context, request, &session, response);
    bool known = uri && is_registered(context, t.tenant, parameter(request, "client_id"), uri);
    json_t *answer = json_object();
    reply_set_text(answer, "state", state);
    char *next = known ? reply_location(uri, REPLY_QUERY, answer) : NULL;
    if (!front_channel_answer(context, &session, next, response) && known) {
        reply_send(context, request, uri, REPLY_QUERY, answer, NULL, response);
    }
    free(next);
    json_decref(answer);
}

void endpoint_nativeclient(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    bool failed = http_params_get(&request->query, "error") != NULL;
    const struct page_value values[] = {{"title", failed ? "Not signed in" : "Signed in"},
                                        {"text", "You may close this window."},
                                        {NULL, NULL}};
    page_respond(context, response, 200, "message", values);
}
