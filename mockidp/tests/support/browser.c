/* Reading redirects and pages. */
#include "mockidp/tests/support/browser.h"

#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct idp *browser_start(const char *sign_in)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock", .sign_in = sign_in};
    return mock_start_with(&options);
}

char *browser_header(const struct wire_answer *answer, const char *name)
{
    size_t len = strlen(name);
    const char *end = strstr(answer->text, "\r\n\r\n");
    for (const char *at = answer->text; (at = strstr(at, "\r\n")) && at < end; at += 2) {
        if (strncasecmp(at + 2, name, len) == 0 && strncmp(at + 2 + len, ": ", 2) == 0) {
            const char *value = at + 2 + len + 2;
            return strndup(value, strcspn(value, "\r"));
        }
    }
    return NULL;
}

static char *decode(const char *text, size_t len)
{
    char *out = calloc(1, len + 1);
    size_t used = 0;
    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < len; i++) {
        unsigned byte = 0;
        if (text[i] == '%' && sscanf(text + i + 1, "%2x", &byte) == 1) {
            out[used++] = (char)byte;
            i += 2;
        } else {
            out[used++] = text[i];
        }
    }
    return out;
}

static const char *parameters_of(const char *url)
{
    const char *at = strpbrk(url, "?#");
    return at ? at + 1 : "";
}

char *browser_parameter(const char *url, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = parameters_of(url); *at; at += strcspn(at, "&"), at += *at == '&') {
        if (strncmp(at, name, len) == 0 && at[len] == '=') {
            return decode(at + len + 1, strcspn(at + len + 1, "&"));
        }
    }
    return NULL;
}

char *browser_names(const char *url)
{
    char *out = calloc(1, strlen(url) + 1);
    ck_assert_ptr_nonnull(out);
    for (const char *at = parameters_of(url); *at; at += strcspn(at, "&"), at += *at == '&') {
        size_t used = strlen(out);
        (void)snprintf(out + used, strlen(url) + 1 - used, "%s%.*s", used ? " " : "",
                       (int)strcspn(at, "=&"), at);
    }
    return out;
}

char *browser_answer(struct idp *idp, const char *path, const char *name)
{
    const struct wire_answer *answer = mock_ask(idp, "GET", path, "", NULL);
    char *location = browser_header(answer, "Location");
    ck_assert_msg(location != NULL, "%d: %.600s", answer->status, answer->body);
    char *value = browser_parameter(location, name);
    ck_assert_msg(value != NULL, "%s", location);
    free(location);
    return value;
}

char *browser_code(struct idp *idp, const char *path)
{
    return browser_answer(idp, path, "code");
}

json_t *browser_redeem(struct idp *idp, const char *location)
{
    char form[1200];
    char *code = browser_parameter(location, "code");
    ck_assert_msg(code != NULL, "%s", location);
    (void)snprintf(form, sizeof form,
                   "client_id=c0ffee00-0000-4000-8000-0000000000b1&client_secret=web-secret"
                   "&redirect_uri=http://localhost:5000/callback"
                   "&grant_type=authorization_code&code=%s",
                   code);
    free(code);
    return mock_form(idp, "/contoso.test/oauth2/v2.0/token", form, NULL);
}

char *browser_field(const char *page, const char *name)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    char begin[100];
    (void)snprintf(begin, sizeof begin, "name=\"%s\" value=\"", name);
    const char *at = strstr(page, begin);
    ck_assert_msg(at != NULL, "no %s in %s", name, page);
    at += strlen(begin);
    char *out = strndup(at, strcspn(at, "\""));
    char *to = out;
    ck_assert_ptr_nonnull(out);
    for (const char *from = out; *from; to++) {
        size_t i = 0;
        while (i < 5 && strncmp(from, entities[i].entity, strlen(entities[i].entity)) != 0) {
            i++;
        }
        *to = i < 5 ? entities[i].character : *from;
        from += i < 5 ? strlen(entities[i].entity) : 1;
    }
    *to = '\0';
    return out;
}
