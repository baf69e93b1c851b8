/* Files that are compiled into the program (scripts/embed.sh makes the table). */
#ifndef MOCKIDP_CONFIG_EMBEDDED_H
#define MOCKIDP_CONFIG_EMBEDDED_H

#include <stddef.h>

/* `data` is followed by a NUL that `len` does not count. */
struct embedded_file {
    const char *path; /* as in the source tree: "fixtures/idp/demo.json" */
    const unsigned char *data;
    size_t len;
};

/* Ends with a row whose path is NULL. */
extern const struct embedded_file embedded_files[];

/* embedded_find returns the file of that path, or NULL. */
const struct embedded_file *embedded_find(const char *path);

#endif
