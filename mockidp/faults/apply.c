/* Turning a decided fault into bytes and headers. */
#include "mockidp/faults/apply.h"

#include <stdio.h>

/* A success status alone lets the endpoint's answer stand under another number; anything else
 * stands for the endpoint. */
bool fault_replaces(const struct fault_act *act)
{
    return act->reset || act->redirect != NULL || act->body != NULL || act->status >= 300;
}

void fault_answer(const struct fault_act *act, struct http_response *response)
{
    int status = act->status == 0 ? 200 : act->status;

    if (act->redirect != NULL) {
        response_redirect(response, act->redirect);
        response->status = status / 100 == 3 ? status : 302;
    } else if (act->body != NULL) {
        response_text(response, status,
                      act->content_type == NULL ? "application/json; charset=utf-8"
                                                : act->content_type,
                      act->body);
    } else if (status >= 400) {
        response_json(response, status,
                      json_pack("{s:s, s:s}", "error",
                                status >= 500 ? "temporarily_unavailable" : "invalid_request",
                                "error_description",
                                "A fault rule of the mock answered this request."));
    } else {
        response_bytes(response, status, "text/plain", "", 0);
    }
    fault_adjust(act, response);
}

void fault_adjust(const struct fault_act *act, struct http_response *response)
{
    char seconds[16];

    if (act->status != 0 && act->status < 300 && !response->failed) {
        response->status = act->status;
    }
    if (act->retry_after >= 0) {
        (void)snprintf(seconds, sizeof seconds, "%d", act->retry_after);
        response_set_header(response, "Retry-After", seconds);
    }
}
