/* Reading forms and cookies as a browser does, as far as the mock's own pages need. */
#include "mockidp/tests/support/visitor.h"

#include "mockidp/tests/support/mock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cookie that is set again replaces the one before: ours are few, so the later one goes first. */
static void keep_cookies(struct visitor *v, const struct wire_answer *answer)
{
    const char *at = answer->text;
    while ((at = strstr(at, "Set-Cookie: ")) && at < answer->body) {
        char before[sizeof v->cookies] = "";
        at += strlen("Set-Cookie: ");
        if (*v->cookies) {
            (void)snprintf(before, sizeof before, "; %s", v->cookies + strlen("Cookie: "));
        }
        (void)snprintf(v->cookies, sizeof v->cookies, "Cookie: %.*s%.400s", (int)strcspn(at, ";"),
                       at, *before ? before : "\r\n");
    }
}

const struct wire_answer *visitor_open(struct visitor *v, const char *path)
{
    const struct wire_answer *answer = mock_ask(v->idp, "GET", path, v->cookies, NULL);
    keep_cookies(v, answer);
    return answer;
}

/* append_hidden appends the hidden fields of the first form, encoded. */
static void append_hidden(const char *page, char *out, size_t cap)
{
    static const char *const names[] = {"flow", "csrf", "code", "asked"};
    const char *end = strstr(page, "</form>");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char mark[40];
        (void)snprintf(mark, sizeof mark, "type=\"hidden\" name=\"%s\"", names[i]);
        const char *at = strstr(page, mark);
        if (!at || at > end) {
            continue;
        }
        char *value = browser_field(page, names[i]);
        size_t used = strlen(out);
        used += (size_t)snprintf(out + used, cap - used, "&%s=", names[i]);
        for (const char *p = value; *p; p++) {
            used += (size_t)snprintf(out + used, cap - used, "%%%02X", (unsigned char)*p);
        }
        free(value);
    }
}

/* unescape turns &amp; back, which is all that an action of ours has. */
static void unescape(char *text)
{
    for (char *at = text; (at = strstr(at, "&amp;")); at++) {
        memmove(at + 1, at + 5, strlen(at + 5) + 1);
    }
}

const struct wire_answer *visitor_answer(struct visitor *v, const struct wire_answer *page,
                                         const char *more)
{
    char form[8192] = "";
    char headers[800];
    char action[2000] = "";
    const char *at = strstr(page->body, "action=\"");
    ck_assert_msg(at != NULL, "%d %s", page->status, page->body);
    (void)snprintf(action, sizeof action, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
    unescape(action);
    append_hidden(page->body, form, sizeof form);
    (void)snprintf(form + strlen(form), sizeof form - strlen(form), "%s", more);
    (void)snprintf(headers, sizeof headers, BROWSER_FORM "%s", v->cookies);
    const struct wire_answer *answer = mock_ask(v->idp, "POST", action, headers, form + 1);
    keep_cookies(v, answer);
    return answer;
}

void visitor_must_show(const struct wire_answer *answer, const char *text)
{
    ck_assert_msg(answer->status == 200 && strstr(answer->body, text), "no '%s': %d %s", text,
                  answer->status, answer->body);
}

char *visitor_arrives(const struct wire_answer *answer)
{
    char *location = browser_header(answer, "Location");
    ck_assert_msg(answer->status == 302 && location, "%d %s", answer->status, answer->body);
    return location;
}
