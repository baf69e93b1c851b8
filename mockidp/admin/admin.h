/* Steering the mock: one table of calls, served under /_admin/ over HTTP and to the suite in
 * process. */
#ifndef MOCKIDP_ADMIN_ADMIN_H
#define MOCKIDP_ADMIN_ADMIN_H

#include "mockidp/context.h"
#include "mockidp/http/request.h"
#include "mockidp/http/response.h"

#include <jansson.h>

/* struct admin_call is one call on its way. A handler sets `answer` (a new reference) or writes
 * `why`. */
struct admin_call {
    struct idp_context *context;
    const struct http_request *request; /* for captures and the query; its body is already `body` */
    json_t *body;                       /* borrowed; NULL when there was none */
    json_t *answer;
    char why[512];
};

/*
 * An admin handler returns the HTTP status. From 400 on, a NULL answer becomes
 * {"error","error_description"} with `why`, which begins with the JSON pointer where one member of
 * the body is at fault.
 */
typedef int (*admin_handler)(struct admin_call *call);

/*
 * admin_dispatch does one call: looks up method and path in the table and runs the handler. Returns
 * the answer, a new reference (NULL only without memory), and its status in *status.
 */
json_t *admin_dispatch(struct idp_context *context, struct http_request *request, json_t *body,
                       int *status);

/* admin_serve answers an HTTP request under /_admin: guard first, then the JSON body, then
 * admin_dispatch. */
void admin_serve(struct idp_context *context, struct http_request *request,
                 struct http_response *response);

/* The handlers, by file. */
int admin_tokens_bake(struct admin_call *call); /* tokens.c */
int admin_clock_show(struct admin_call *call);  /* clock.c */
int admin_clock_set(struct admin_call *call);
int admin_clock_advance(struct admin_call *call);
int admin_keys_show(struct admin_call *call); /* keys.c */
int admin_keys_rotate(struct admin_call *call);
int admin_keys_publish(struct admin_call *call);
int admin_keys_retire(struct admin_call *call);
int admin_keys_remove(struct admin_call *call);
int admin_faults_show(struct admin_call *call); /* faults.c */
int admin_faults_replace(struct admin_call *call);
int admin_faults_add(struct admin_call *call);
int admin_faults_clear(struct admin_call *call);
int admin_journal_show(struct admin_call *call); /* history.c */
int admin_journal_clear(struct admin_call *call);
int admin_state_show(struct admin_call *call); /* state.c */
int admin_reset(struct admin_call *call);      /* reset.c */

#endif
