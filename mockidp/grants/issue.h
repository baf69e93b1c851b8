/* The tokens of a grant that was given: what the token endpoint and /authorize hand out. */
#ifndef MOCKIDP_GRANTS_ISSUE_H
#define MOCKIDP_GRANTS_ISSUE_H

#include "mockidp/grants/grant.h"

/* issue_open fills the oven for the tokens of one answer, which agree on time and lifetime. */
void issue_open(const struct grant *grant, struct mint_context *oven);

/* issue_access_token returns it newly allocated, or NULL. */
char *issue_access_token(const struct grant *grant, const struct mint_context *oven);

/*
 * issue_id_token returns it newly allocated, or NULL. `code` and `access_token` are those that come
 * with it from /authorize (OpenID Connect Core 1.0 §3.3.2.11: c_hash and at_hash), else NULL.
 */
char *issue_id_token(const struct grant *grant, const struct mint_context *oven, const char *code,
                     const char *access_token);

/* issue_refresh_token writes a new one that stands for the grant's permit; -1 without memory. */
int issue_refresh_token(const struct grant *grant, char out[STATE_HANDLE_CAP]);

/* issue_spa_code writes a code for the page that a web app shows ("Hybrid SPA" of
 * Microsoft.Identity.Web): redeemed by a page, without PKCE and redirect URI. -1 without memory. */
int issue_spa_code(const struct grant *grant, char out[STATE_HANDLE_CAP]);

/* issue_client_info returns base64url of {"uid","utid"}, which MSAL makes its account id from; a
 * new reference, or NULL. */
json_t *issue_client_info(const struct grant *grant);

/* issue_wants_client_info says whether the request has client_info=1. */
bool issue_wants_client_info(const struct grant *grant);

/* issue_fill_permit makes the permit say whose and which client's it is. */
void issue_fill_permit(const struct grant *grant, struct state_permit *permit);

#endif
