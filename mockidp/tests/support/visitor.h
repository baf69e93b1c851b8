/* A person with a browser: pages are opened and answered, cookies kept. */
#ifndef MOCKIDP_TESTS_SUPPORT_VISITOR_H
#define MOCKIDP_TESTS_SUPPORT_VISITOR_H

#include "mockidp/tests/support/browser.h"

/* Zeroed but for `idp`, a browser that was never here. */
struct visitor {
    struct idp *idp;
    char cookies[600]; /* as a Cookie header line, or "" */
};

/* visitor_open gets a path; the answer lasts until the next request. */
const struct wire_answer *visitor_open(struct visitor *visitor, const char *path);

/* visitor_answer posts the first form of a page, its hidden fields and these ones more ("&name=…").
 */
const struct wire_answer *visitor_answer(struct visitor *visitor, const struct wire_answer *page,
                                         const char *more);

/* visitor_must_show fails the test unless the page says `text`. */
void visitor_must_show(const struct wire_answer *answer, const char *text);

/* visitor_arrives returns where the browser is sent, newly allocated; fails the test when it is
 * not. */
char *visitor_arrives(const struct wire_answer *answer);

#endif
