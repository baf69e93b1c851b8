/* Text that came over the wire and will be shown in JSON and pages, which hold UTF-8 alone. */
#ifndef MOCKIDP_HTTP_UTF8_H
#define MOCKIDP_HTTP_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* utf8_is_valid reports whether the string is UTF-8 (RFC 3629: shortest forms, no surrogates). */
bool utf8_is_valid(const char *text);

/*
 * utf8_mend takes a newly allocated string over and returns one with U+FFFD in place of what is not
 * UTF-8, as browsers and form parsers decode it (WHATWG Encoding §4.1: one for each longest piece
 * that a character could have begun with). The same one when there is nothing to mend; NULL for
 * NULL, and without memory.
 */
char *utf8_mend(char *text);

#endif
