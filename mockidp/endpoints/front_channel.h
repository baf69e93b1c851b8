/* Telling the apps of a session that it has ended (OpenID Connect Front-Channel Logout 1.0). */
#ifndef MOCKIDP_ENDPOINTS_FRONT_CHANNEL_H
#define MOCKIDP_ENDPOINTS_FRONT_CHANNEL_H

#include "mockidp/context.h"
#include "mockidp/http/response.h"
#include "mockidp/state/state.h"

/*
 * front_channel_answer answers with the page of a sign-out, where a frame for each app of the
 * session that has a front_channel_logout_uri calls that, with iss and sid. `next` is where the
 * browser goes then, or NULL. Without such an app it answers only when there is no `next`, and else
 * returns false.
 */
bool front_channel_answer(struct idp_context *context, const struct state_session *session,
                          const char *next, struct http_response *response);

#endif
