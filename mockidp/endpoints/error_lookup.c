/* GET /error?code=N, where error_uri leads: what an AADSTS number means. */
#include "mockidp/endpoints/endpoints.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/pages/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* without_names returns the text of an error with an ellipsis for each name that an answer has
 * there, newly allocated, or NULL. */
static char *without_names(const char *text)
{
    char *result = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&result, &len);
    for (; out && *text; text++) {
        bool name = text[0] == '{' && text[1] >= '0' && text[1] <= '2' && text[2] == '}';
        (void)fputs(name ? "\u2026" : (char[]){*text, '\0'}, out);
        text += name ? 2 : 0;
    }
    if (out && fclose(out) != 0) {
        free(result);
        result = NULL;
    }
    return result;
}

void endpoint_error_lookup(struct idp_context *context, const struct http_request *request,
                           struct http_response *response)
{
    char title[40] = "Unknown error code";
    const char *code = http_params_get(&request->query, "code");
    bool number = code && *code && strlen(code) < 9 && strspn(code, "0123456789") == strlen(code);
    const char *text = number ? oauth_error_text((int)strtol(code, NULL, 10)) : NULL;
    char *shown = text ? without_names(text) : NULL;
    if (shown) {
        (void)snprintf(title, sizeof title, "AADSTS%s", code);
    }
    const struct page_value values[] = {
        {"title", title}, {"text", shown ? shown : "The mock has no such error."}, {NULL, NULL}};
    page_respond(context, response, shown ? 200 : 404, "message", values);
    free(shown);
}
