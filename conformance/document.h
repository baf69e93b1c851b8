/* JSON files that people write. */
#ifndef CONFORMANCE_DOCUMENT_H
#define CONFORMANCE_DOCUMENT_H

#include <jansson.h>
#include <stddef.h>

/* cf_document_load reads a JSON file without double members, a new reference; NULL with `why`:
 * "FILE: No such file or directory", or "FILE: line 3: what is wrong there". */
json_t *cf_document_load(const char *file, char *why, size_t cap);

/* cf_document_read does the same with `len` octets in memory that are called `name`. */
json_t *cf_document_read(const char *json, size_t len, const char *name, char *why, size_t cap);

#endif
