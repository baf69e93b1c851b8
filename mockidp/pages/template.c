/* Filling pages in. */
#include "mockidp/pages/template.h"

#include "mockidp/config/embedded.h"
#include "mockidp/mint/encode.h"
#include "mockidp/platform/rng.h"
#include "mockidp/platform/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "mockidp/pages/"

/* A longer scope is cut. */
enum { WORD_CAP = 2048 };

void page_escape(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&': (void)fputs("&amp;", out); break;
        case '<': (void)fputs("&lt;", out); break;
        case '>': (void)fputs("&gt;", out); break;
        case '"': (void)fputs("&quot;", out); break;
        case '\'': (void)fputs("&#39;", out); break;
        default: (void)fputc(*text, out);
        }
    }
}

void page_item(FILE *out, const char *text, const char *more)
{
    (void)fputs("<li>", out);
    page_escape(out, text);
    (void)fprintf(out, "%s</li>\n", more);
}

char *page_list(const char *words)
{
    char word[WORD_CAP];
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    for (const char *at = words; out && words_next(&at, word, sizeof word);) {
        page_item(out, word, "");
    }
    if (out && fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static const char *value_of(const struct page_value *values, const char *name, size_t len)
{
    for (; values->name; values++) {
        if (strlen(values->name) == len && strncmp(values->name, name, len) == 0) {
            return values->text ? values->text : "";
        }
    }
    return "";
}

/* fill writes the text of a page with its names replaced. */
static void fill(FILE *out, const char *text, const struct page_value *values)
{
    for (const char *at = NULL; (at = strstr(text, "{{")); text = at) {
        (void)fwrite(text, 1, (size_t)(at - text), out);
        bool raw = at[2] == '{';
        const char *name = at + (raw ? 3 : 2);
        size_t len = strcspn(name, "}");
        const char *value = value_of(values, name, len);
        if (raw) {
            (void)fputs(value, out);
        } else {
            page_escape(out, value);
        }
        at = name + len + (raw ? 3 : 2);
    }
    (void)fputs(text, out);
}

static const char *file_text(const char *name, const char *suffix)
{
    char path[100];
    (void)snprintf(path, sizeof path, FOLDER "%s%s", name, suffix);
    const struct embedded_file *file = embedded_find(path);
    return file ? (const char *)file->data : "";
}

/* render returns a page inside the layout, newly allocated, or NULL. */
static char *render(const char *page, const struct page_value *values, const char *nonce)
{
    char *body = NULL;
    char *whole = NULL;
    size_t len = 0;
    struct page_value own[24] = {{"nonce", nonce}};
    size_t count = 1;
    for (; values->name && count + 4 < sizeof own / sizeof own[0]; values++) {
        own[count++] = *values;
    }
    FILE *out = open_memstream(&body, &len);
    if (out) {
        fill(out, file_text(page, ".html"), own);
        if (fclose(out) != 0) {
            free(body);
            return NULL;
        }
    }
    own[count++] = (struct page_value){"body", body};
    own[count] = (struct page_value){"style", file_text("style", ".css")};
    out = body ? open_memstream(&whole, &len) : NULL;
    if (out) {
        fill(out, file_text("layout", ".html"), own);
        if (fclose(out) != 0) {
            free(whole);
            whole = NULL;
        }
    }
    free(body);
    return whole;
}

void page_respond(struct idp_context *context, struct http_response *response, int status,
                  const char *page, const struct page_value *values)
{
    unsigned char random[16];
    char policy[300];
    rng_bytes(context->rng, random, sizeof random);
    char *nonce = mint_base64url(random, sizeof random);
    char *html = nonce ? render(page, values, nonce) : NULL;
    if (!html) {
        response->failed = true;
    } else {
        response_text(response, status, "text/html; charset=utf-8", html);
        (void)snprintf(policy, sizeof policy,
                       "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; "
                       "base-uri 'none'; frame-ancestors 'none'",
                       nonce, nonce);
        response_set_header(response, "Content-Security-Policy", policy);
        response_set_header(response, "X-Frame-Options", "DENY");
        response_set_header(response, "X-Content-Type-Options", "nosniff");
        response_set_header(response, "Referrer-Policy", "strict-origin-when-cross-origin");
        response_set_header(response, "Cache-Control", "no-store, no-cache");
        response_set_header(response, "Pragma", "no-cache");
        response_set_header(response, "Expires", "-1");
    }
    free(html);
    free(nonce);
}
