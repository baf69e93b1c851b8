/* Posting to a token endpoint. */
#include "mockidp/tests/support/redeem.h"

#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

json_t *redeem(struct idp *idp, const char *path, const char *headers, const char *grant,
               const char *handle, const char *rest, int *status)
{
    char form[4096];
    char lines[300];
    (void)snprintf(form, sizeof form, "grant_type=%s&%s=%s&%s", grant,
                   strcmp(grant, "refresh_token") == 0 ? "refresh_token" : "code", handle, rest);
    (void)snprintf(lines, sizeof lines, BROWSER_FORM "%s", headers);
    const struct wire_answer *answer = mock_ask(idp, "POST", path, lines, form);
    json_t *json = json_loads(answer->body, 0, NULL);
    ck_assert_msg(json != NULL, "%d %s", answer->status, answer->body);
    *status = answer->status;
    return json;
}

void advance(struct idp *idp, int seconds)
{
    char body[50];
    (void)snprintf(body, sizeof body, "{'seconds':%d}", seconds);
    json_decref(mock_admin(idp, "POST", "/_admin/clock/advance", body, NULL));
}
