/* The forms of an HTML page, as far as a sign-in needs them. Not an HTML parser: tags and
 * attributes are found, nothing is nested. */
#ifndef CONFORMANCE_PROVIDER_PAGE_H
#define CONFORMANCE_PROVIDER_PAGE_H

#include <jansson.h>
#include <stddef.h>

/*
 * cf_page_forms returns the forms of a page, a new array: {"action","method","fields":{name:value}
 * (hidden inputs and inputs with a value), "asks":[names of what a person fills in or presses]}. At
 * most 16 forms of 64 fields.
 */
json_t *cf_page_forms(const char *html, size_t len);

#endif
