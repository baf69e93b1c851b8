/* Reading JSON files, and saying what is wrong with them. */
#include "conformance/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

json_t *cf_document_load(const char *file, char *why, size_t cap)
{
    json_error_t error = {.line = 0, .text = "out of memory"};
    FILE *in = fopen(file, "re");
    if (!in) {
        (void)snprintf(why, cap, "%s: %s", file, strerror(errno));
        return NULL;
    }
    (void)fgetc(in); /* a folder opens, and cannot be read */
    int fault = ferror(in) ? errno : 0;
    rewind(in);
    json_t *document = fault ? NULL : json_loadf(in, JSON_REJECT_DUPLICATES, &error);
    (void)fclose(in);
    if (fault) {
        (void)snprintf(why, cap, "%s: %s", file, strerror(fault));
    } else if (!document) {
        (void)snprintf(why, cap, "%s: line %d: %s", file, error.line, error.text);
    }
    return document;
}

json_t *cf_document_read(const char *json, size_t len, const char *name, char *why, size_t cap)
{
    json_error_t error = {.line = 0, .text = "out of memory"};
    json_t *document = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error);
    if (!document) {
        (void)snprintf(why, cap, "%s: line %d: %s", name, error.line, error.text);
    }
    return document;
}
