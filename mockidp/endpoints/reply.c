/* Writing parameters where the response mode wants them. */
#include "mockidp/endpoints/reply.h"

#include "mockidp/errors/oauth_error.h"
#include "mockidp/pages/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool reply_mode_parse(const char *text, enum reply_mode *mode)
{
    static const char *const names[] = {"query", "fragment", "form_post"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *mode = (enum reply_mode)i;
            return true;
        }
    }
    return false;
}

void reply_encode(FILE *out, const char *text)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++) {
        (void)fprintf(out, strchr(unreserved, *text) ? "%c" : "%%%02X", (unsigned char)*text);
    }
}

/* A registered URI without a path gets one. */
static bool lacks_path(const char *uri)
{
    const char *host = strstr(uri, "://");
    return host && strncmp(uri, "http", 4) == 0 && !strpbrk(host + 3, "/?");
}

static void write_location(FILE *out, const char *uri, enum reply_mode mode, const json_t *p)
{
    const char *name = NULL;
    json_t *value = NULL;
    char mark = mode == REPLY_FRAGMENT ? '#' : strchr(uri, '?') ? '&' : '?';
    (void)fprintf(out, "%s%s", uri, lacks_path(uri) ? "/" : "");
    json_object_foreach((json_t *)(uintptr_t)p, name, value)
    {
        (void)fprintf(out, "%c%s=", mark, name);
        reply_encode(out, json_string_value(value));
        mark = '&';
    }
}

char *reply_location(const char *redirect_uri, enum reply_mode mode, const json_t *parameters)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out) {
        write_location(out, redirect_uri, mode, parameters);
        if (fclose(out) != 0) {
            free(text);
            text = NULL;
        }
    }
    return text;
}

static void write_fields(FILE *out, const json_t *p)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)p, name, value)
    {
        (void)fprintf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
        page_escape(out, json_string_value(value));
        (void)fputs("\">\n", out);
    }
}

/* A form may be posted within a hidden frame; a redirect is. */
static void allow_frames(struct http_response *response)
{
    response_set_header(response, "X-Frame-Options", NULL);
    char *policy = NULL;
    const char *set = response_get_header(response, "Content-Security-Policy");
    const char *end = set ? strstr(set, "; frame-ancestors") : NULL;
    if (end && (policy = strndup(set, (size_t)(end - set)))) {
        response_set_header(response, "Content-Security-Policy", policy);
    }
    free(policy);
}

void reply_set_text(json_t *parameters, const char *name, const char *text)
{
    if (text) {
        json_object_set_new(parameters, name, json_string_nocheck(text));
    }
}

void reply_send(struct idp_context *context, const struct http_request *request,
                const char *redirect_uri, enum reply_mode mode, const json_t *parameters,
                const char *request_id, struct http_response *response)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out && mode == REPLY_FORM_POST) {
        write_fields(out, parameters);
    } else if (out) {
        write_location(out, redirect_uri, mode, parameters);
    }
    if (!out || fclose(out) != 0) {
        response->failed = true;
    } else if (mode == REPLY_FORM_POST) {
        const struct page_value values[] = {{"title", "Back to the application"},
                                            {"action", redirect_uri},
                                            {"fields", text},
                                            {NULL, NULL}};
        page_respond(context, response, 200, "form_post", values);
        allow_frames(response);
    } else {
        response_redirect(response, text);
    }
    oauth_headers(context, request, request_id, response);
    response_set_header(response, "Access-Control-Allow-Origin", NULL);
    response_set_header(response, "Access-Control-Expose-Headers", NULL);
    free(text);
}
