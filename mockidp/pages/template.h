/* The pages for people: HTML files of this folder, compiled in, with names replaced by values. */
#ifndef MOCKIDP_PAGES_TEMPLATE_H
#define MOCKIDP_PAGES_TEMPLATE_H

#include "mockidp/context.h"
#include "mockidp/http/response.h"

#include <stdio.h>

/* struct page_value is one name of a page with its text; a list ends with a NULL name. A NULL text
 * is empty. */
struct page_value {
    const char *name;
    const char *text;
};

/* What a field says of itself when the element with id "problem" tells what is wrong with it. */
#define PAGE_DESCRIBED " aria-describedby=\"problem\" aria-invalid=\"true\""

/* What is wrong, as the value of {{{problem}}}. */
#define PAGE_PROBLEM(text) "<p class=\"bad\" role=\"alert\" id=\"problem\">" text "</p>"
#define PAGE_WRONG_PASSWORD PAGE_PROBLEM("Your account or password is incorrect.")

/*
 * page_respond answers with the page "signin" (mockidp/pages/signin.html) inside the layout.
 * {{name}} becomes the text, escaped for HTML; {{{name}}} the text as it is, which must be HTML
 * that was made with page_escape. `title` and, in every page, the style and `nonce` of the content
 * security policy stand for themselves. No page may be framed or cached.
 */
void page_respond(struct idp_context *context, struct http_response *response, int status,
                  const char *page, const struct page_value *values);

/* page_escape writes text for HTML, in content and in quoted attributes. */
void page_escape(FILE *out, const char *text);

/* page_item writes one <li> of text, with what is HTML already (" (without a user)") behind it. */
void page_item(FILE *out, const char *text, const char *more);

/* page_list returns an <li> for each word of a list with blanks, newly allocated, or NULL without
 * memory. */
char *page_list(const char *words);

#endif
