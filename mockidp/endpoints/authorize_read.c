/* Reading a request to /authorize (OpenID Connect Core 1.0 §3.1.2.1): all that needs no user. */
#include "mockidp/endpoints/authorize.h"

#include "mockidp/admin/journal.h"
#include "mockidp/endpoints/redirect_uri.h"
#include "mockidp/grants/pkce.h"
#include "mockidp/platform/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- until it is known where to send a refusal ---- */

/* Common and organizations ask every tenant for the app; the user decides which one it is. */
static const struct directory_app *find_client(const struct grant *g, const char *id)
{
    const struct directory *d = g->context->directory;
    const struct directory_app *app = g->tenant ? directory_app(g->tenant, id) : NULL;
    for (size_t i = 0; !g->tenant && !app && i < d->tenant_count; i++) {
        app = directory_app(&d->tenants[i], id);
    }
    return app && strcasecmp(app->id, id) == 0 ? app : NULL; /* an alias is a word of recipes */
}

/* An app of one tenant is nothing for common. */
static int check_audience(struct grant *g)
{
    return g->tenant || !directory_is_single_tenant(g->client)
               ? 0
               : oauth_refuse(&g->refusal, 50194, g->client->id, g->client->name);
}

int authorize_read_client(struct grant *g)
{
    const char *id = grant_need(g, "client_id");
    if (!id) {
        return -1;
    }
    journal_note_client(g->context->journal, id);
    g->client = find_client(g, id);
    if (!g->client) {
        return oauth_refuse(&g->refusal, 700016, id,
                            g->tenant ? g->tenant->name : "Microsoft Services");
    }
    return check_audience(g);
}

static int read_redirect_uri(struct authorize *a)
{
    struct grant *g = &a->grant;
    const char *uri = grant_parameter(g, "redirect_uri");
    if (json_array_size(g->client->redirect_uris) == 0) {
        return oauth_refuse(&g->refusal, 900971, NULL, NULL);
    }
    if (!uri) {
        uri =
            json_string_value(json_object_get(json_array_get(g->client->redirect_uris, 0), "uri"));
    }
    const char *type = redirect_uri_find(g->client, uri);
    if (!type || strlen(uri) >= sizeof a->redirect_uri) {
        return oauth_refuse(&g->refusal, 50011, uri, g->client->id);
    }
    (void)snprintf(a->redirect_uri, sizeof a->redirect_uri, "%s", uri);
    a->spa = strcmp(type, "spa") == 0;
    a->can_redirect = true;
    return 0;
}

/* ---- from here on a refusal goes to the app ---- */

static bool read_word(struct authorize *a, const char *word)
{
    struct {
        const char *name;
        bool *wanted;
    } types[] = {
        {"code", &a->wants_code}, {"id_token", &a->wants_id_token}, {"token", &a->wants_token}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, word) == 0) {
            bool twice = *types[i].wanted;
            *types[i].wanted = true;
            return !twice;
        }
    }
    return false;
}

static int read_response_type(struct authorize *a)
{
    struct grant *g = &a->grant;
    char word[20]; /* a longer one is none of them, cut or not */
    const char *type = grant_need(g, "response_type");
    if (!type) {
        return -1;
    }
    for (const char *at = type; words_next(&at, word, sizeof word);) {
        if (!read_word(a, word)) {
            return oauth_refuse(&g->refusal, 70005, type, NULL);
        }
    }
    bool none = !a->wants_code && !a->wants_id_token && !a->wants_token; /* blanks alone */
    if (none || (a->wants_code && a->wants_token)) {
        return oauth_refuse(&g->refusal, 70005, type, NULL);
    }
    if (a->wants_token && !directory_lists(g->client->allow, "token")) {
        return oauth_refuse(&g->refusal, 700051, NULL, NULL);
    }
    if (a->wants_id_token && !directory_lists(g->client->allow, "id_token")) {
        return oauth_refuse(&g->refusal, 700054, NULL, NULL);
    }
    return 0;
}

/* Tokens never go into a query, which logs and other sites see. */
static int read_response_mode(struct authorize *a)
{
    struct grant *g = &a->grant;
    const char *mode = grant_parameter(g, "response_mode");
    const char *type = grant_parameter(g, "response_type");
    bool tokens = type && strstr(type, "token");
    a->mode = tokens ? REPLY_FRAGMENT : REPLY_QUERY;
    if (mode && !reply_mode_parse(mode, &a->mode)) {
        return oauth_refuse(&g->refusal, 70007, mode, "a response");
    }
    if (tokens && a->mode == REPLY_QUERY) {
        a->mode = REPLY_FRAGMENT;
        return oauth_refuse(&g->refusal, 70007, mode, "a token");
    }
    return 0;
}

static int read_challenge(struct authorize *a)
{
    struct grant *g = &a->grant;
    const char *challenge = grant_parameter(g, "code_challenge");
    const char *method = grant_parameter(g, "code_challenge_method");
    if (a->spa && a->wants_code && !challenge) {
        return oauth_refuse(&g->refusal, 9002325, NULL, NULL);
    }
    if (challenge && !pkce_is_well_formed(challenge)) {
        return oauth_refuse(&g->refusal, 501491, NULL, NULL);
    }
    if (challenge && method && strcmp(method, "S256") != 0 && strcmp(method, "plain") != 0) {
        return grant_refuse_malformed(g);
    }
    return 0;
}

static int read_nonce(struct authorize *a)
{
    struct grant *g = &a->grant;
    const char *nonce = a->wants_id_token ? grant_need(g, "nonce") : grant_parameter(g, "nonce");
    if (a->wants_id_token && !nonce) {
        return -1;
    }
    return grant_read_nonce(g);
}

/* Entra takes one value of these; a list, as OpenID Connect has it, is refused on a page. The last
 * four are not in its documents, but in ADAL and MSAL. */
static int read_prompt(struct authorize *a)
{
    static const struct {
        const char *name;
        enum authorize_prompt prompt;
    } prompts[] = {{"none", PROMPT_NONE},
                   {"login", PROMPT_LOGIN},
                   {"consent", PROMPT_CONSENT},
                   {"select_account", PROMPT_SELECT_ACCOUNT},
                   {"create", PROMPT_WHEN_NEEDED},
                   {"attempt_none", PROMPT_NONE},
                   {"refresh_session", PROMPT_LOGIN},
                   {"no_session", PROMPT_LOGIN},
                   {"admin_consent", PROMPT_CONSENT}};
    const char *prompt = grant_parameter(&a->grant, "prompt");
    size_t count = sizeof prompts / sizeof prompts[0];
    if (a->grant.endpoint_version == 2) {
        count--; /* for the last it has an endpoint of its own */
    }
    for (size_t i = 0; prompt && i < count; i++) {
        if (strcmp(prompts[i].name, prompt) == 0) {
            a->prompt = prompts[i].prompt;
            return 0;
        }
    }
    if (!prompt) {
        return 0;
    }
    a->can_redirect = false; /* people saw a page */
    return oauth_refuse(&a->grant.refusal, 90023, NULL, NULL);
}

/* OpenID Connect Core 1.0 §3.1.2.1. What is no number of seconds is passed over. */
static void read_max_age(struct authorize *a)
{
    enum { DIGITS_MAX = 9 };
    const char *text = grant_parameter(&a->grant, "max_age");
    size_t digits = text ? strspn(text, "0123456789") : 0;
    bool good = digits > 0 && digits <= DIGITS_MAX && !text[digits];
    a->max_age = good ? strtol(text, NULL, 10) : -1;
    a->grant.permit.tells_auth_time = good;
}

int authorize_read(struct authorize *a)
{
    struct grant *g = &a->grant;
    if (authorize_read_client(g) != 0 || read_redirect_uri(a) != 0 || read_response_mode(a) != 0 ||
        read_response_type(a) != 0 || read_challenge(a) != 0 || read_nonce(a) != 0 ||
        read_prompt(a) != 0) {
        return -1;
    }
    read_max_age(a);
    /* of common and organizations, the scopes are read once the user's tenant is known */
    a->scope_read = g->tenant != NULL;
    return a->scope_read ? scope_of_user(g) : 0;
}
