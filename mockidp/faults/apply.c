/* Turning a decided fault into bytes and headers. */
#include "mockidp/faults/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A success status alone lets the endpoint's answer stand under another number; anything else
 * stands for the endpoint. */
bool fault_replaces(const struct fault_act *act)
{
    return act->reset || act->redirect != NULL || act->body != NULL || act->status >= 300;
}

static void answer_body(const struct fault_act *act, int status, const char *origin,
                        struct http_response *response)
{
    static const char mark[] = "{origin}";
    const char *type =
        act->content_type == NULL ? "application/json; charset=utf-8" : act->content_type;
    char *body = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&body, &len);
    const char *at = act->body;

    for (const char *hole = NULL; out != NULL && (hole = strstr(at, mark)) != NULL;
         at = hole + sizeof mark - 1) {
        (void)fprintf(out, "%.*s%s", (int)(hole - at), at, origin);
    }
    if (out == NULL || fputs(at, out) < 0 || fclose(out) != 0) {
        response->failed = true;
    } else {
        response_text(response, status, type, body);
    }
    free(body);
}

void fault_answer(const struct fault_act *act, const char *origin, struct http_response *response)
{
    int status = act->status == 0 ? 200 : act->status;

    if (act->redirect != NULL) {
        response_redirect(response, act->redirect);
        response->status = status / 100 == 3 ? status : 302;
    } else if (act->body != NULL) {
        answer_body(act, status, origin, response);
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
