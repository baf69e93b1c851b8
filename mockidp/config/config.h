/* From a configuration file to a directory. */
#ifndef MOCKIDP_CONFIG_CONFIG_H
#define MOCKIDP_CONFIG_CONFIG_H

#include "mockidp/config/directory.h"

/* config_load reads a file (NULL: the demo directory, compiled in). NULL with every fault in `why`,
 * by JSON pointer. */
struct directory *config_load(const char *file, char *why, size_t cap);

/* config_parse is config_load on text; `name` stands in the faults, `base` is the folder of file
 * names (or NULL). */
struct directory *config_parse(const char *text, size_t len, const char *name, const char *base,
                               char *why, size_t cap);

/* config_path writes where a file that the configuration names is: relative to the configuration's
 * folder. False when it does not fit. */
bool config_path(const struct directory *directory, const char *path, char *out, size_t cap);

/*
 * config_read_file returns the bytes of a file that the configuration names, newly allocated and
 * terminated: relative to the configuration's folder, or compiled in. NULL with `why`.
 */
char *config_read_file(const struct directory *directory, const char *path, size_t *len, char *why,
                       size_t cap);

#endif
