/* What a browser sees of a sign-in: where it is sent, and with what. */
#ifndef MOCKIDP_TESTS_SUPPORT_BROWSER_H
#define MOCKIDP_TESTS_SUPPORT_BROWSER_H

#include "mockidp/idp.h"
#include "mockidp/tests/support/wire.h"

#define BROWSER_FORM "Content-Type: application/x-www-form-urlencoded\r\n"

/* browser_start is mock_start with --sign-in, "auto" or "page". */
struct idp *browser_start(const char *sign_in);

/* browser_header returns the value of a header line, newly allocated, or NULL. */
char *browser_header(const struct wire_answer *answer, const char *name);

/* browser_parameter returns a parameter of a URL's query or fragment, decoded, newly allocated, or
 * NULL. */
char *browser_parameter(const char *url, const char *name);

/* browser_names returns the names of all of them, joined by blanks, newly allocated. */
char *browser_names(const char *url);

/* browser_answer gets this path with --sign-in auto and returns the answer's parameter of that
 * name, newly allocated; fails the test without one. */
char *browser_answer(struct idp *idp, const char *path, const char *name);

/* browser_code returns the code of that answer. */
char *browser_code(struct idp *idp, const char *path);

/* browser_redeem redeems the code of that URL for the demo's web app; a new reference. */
json_t *browser_redeem(struct idp *idp, const char *location);

/* browser_field returns the value of the first hidden input of that name in a page, unescaped,
 * newly allocated; fails the test without one. */
char *browser_field(const char *page, const char *name);

#endif
