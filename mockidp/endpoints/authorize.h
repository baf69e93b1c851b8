/* One request to /authorize on its way: what was asked for, who the user is, what goes back. */
#ifndef MOCKIDP_ENDPOINTS_AUTHORIZE_H
#define MOCKIDP_ENDPOINTS_AUTHORIZE_H

#include "mockidp/endpoints/reply.h"
#include "mockidp/grants/grant.h"

enum authorize_prompt {
    PROMPT_WHEN_NEEDED,
    PROMPT_NONE,
    PROMPT_LOGIN,
    PROMPT_CONSENT,
    PROMPT_SELECT_ACCOUNT
};

struct authorize {
    struct grant grant;
    char redirect_uri[STATE_URI_CAP];
    bool can_redirect; /* client and redirect URI are good: a refusal is sent there */
    bool spa;
    enum reply_mode mode;
    enum authorize_prompt prompt;
    int64_t max_age; /* seconds since the user signed in; -1: any */
    bool wants_code;
    bool wants_id_token;
    bool wants_token;
    bool scope_read;
    struct state_session session; /* of grant.user */
};

/* authorize_read checks everything that needs no user; 0, or -1 with grant.refusal. */
int authorize_read(struct authorize *a);

/* enum authorize_who is what is known of the user. */
enum authorize_who {
    AUTHORIZE_SIGNED_IN, /* grant.user and session are set */
    AUTHORIZE_ASK,       /* a page has to ask */
    AUTHORIZE_REFUSED    /* grant.refusal */
};

/* authorize_find_user looks at the cookie, --sign-in and prompt. It may set the cookie. */
enum authorize_who authorize_find_user(struct authorize *a, struct http_response *response);

/* authorize_find_session sets grant.user and session from the cookie alone; false without, or when
 * that sign-in is older than max_age allows. */
bool authorize_find_session(struct authorize *a);

/* authorize_picks_session says whether a name that was picked is whom this browser is signed in as,
 * which needs no password; sets grant.user and session then. */
bool authorize_picks_session(struct authorize *a, const char *username);

/* authorize_find_account finds a user by principal name in the tenant, or of common in every one
 * that has the app; NULL without one. */
const struct directory_user *authorize_find_account(const struct authorize *a, const char *name,
                                                    const struct directory_tenant **tenant);

/* authorize_first_user returns the tenant's default user, else the first that it has, else NULL. */
const struct directory_user *authorize_first_user(const struct directory_tenant *tenant);

/* authorize_auto_name returns the USER of --sign-in auto:USER, or NULL. */
const char *authorize_auto_name(const struct idp_context *context);

/* authorize_is_automatic says whether people are answered for: --sign-in auto. Who needs a second
 * factor always ("error": 50076) is one who cannot be. */
bool authorize_is_automatic(const struct idp_context *context);

/* authorize_auto_user returns whom --sign-in auto signs in when nobody is hinted at, and the
 * tenant; NULL without one. */
const struct directory_user *authorize_auto_user(const struct grant *grant,
                                                 const struct directory_tenant **tenant);

/* authorize_hint returns the login_hint: a principal name, that of the user whose claim login_hint
 * it is, or what else was sent; NULL without one. */
const char *authorize_hint(const struct grant *grant);

/* authorize_may_be says whether the user may be one of this tenant: of organizations, none of the
 * personal accounts. */
bool authorize_may_be(const struct grant *grant, const struct directory_tenant *tenant);

/* authorize_read_client sets grant.client by client_id, and holds its audience against the
 * endpoint; 0, or -1 with grant.refusal. */
int authorize_read_client(struct grant *grant);

/* authorize_needs_consent says whether the user, who is known, has to agree to what is asked for;
 * authorize_give_consent notes that they did. */
bool authorize_needs_consent(const struct authorize *a);
void authorize_give_consent(struct authorize *a);

/* authorize_sign_in opens a session for a user who has proved who it is, and sets the cookie. 0, or
 * -1 with grant.refusal. A second factor may be due then. */
int authorize_sign_in(struct authorize *a, const struct directory_tenant *tenant,
                      const struct directory_user *user, struct http_response *response);

/* authorize_give_second_factor notes that the session's user gave the one that is due. */
void authorize_give_second_factor(struct authorize *a);

/* authorize_finish issues what was asked for to the user that is set, and answers: with it, or with
 * a refusal. */
void authorize_finish(struct authorize *a, struct http_response *response);

/* authorize_refuse answers with grant.refusal: to the app when it can be, else as a page. */
void authorize_refuse(struct authorize *a, struct http_response *response);

/* error_page answers with a refusal as a page, for people. */
void error_page(struct idp_context *context, const struct http_request *request,
                const struct oauth_refusal *refusal, struct http_response *response);

#endif
