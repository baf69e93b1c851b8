/* One line that can stand in a header. */
#include "mockidp/config/arc_key.h"

#include "mockidp/config/config.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Clients read no larger one. */
enum { KEY_LEN_MAX = 4096 };

/* Clients send the file as it is: a line end would break the header. */
static bool is_header_value(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] < 0x21 || text[i] > 0x7e) {
            return false;
        }
    }
    return len > 0 && len <= KEY_LEN_MAX;
}

int arc_key_load(struct directory *d, char *why, size_t cap)
{
    const char *name = json_string_value(json_object_get(d->root, "arc_key_file"));
    char path[PATH_MAX];
    size_t len = 0;
    if (!name) {
        return 0;
    }
    int n = snprintf(why, cap, "/arc_key_file: ");
    size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
    d->arc_key = config_read_file(d, name, &len, why + used, cap - used);
    if (!d->arc_key) {
        return -1;
    }
    if (!is_header_value(d->arc_key, len)) {
        (void)snprintf(why + used, cap - used,
                       "1 to 4096 visible characters are needed, without a line end");
        return -1;
    }
    d->arc_key_path = config_path(d, name, path, sizeof path) ? realpath(path, NULL) : NULL;
    if (!d->arc_key_path || !is_header_value(d->arc_key_path, strlen(d->arc_key_path))) {
        (void)snprintf(why + used, cap - used, "%s: the path is too long, or has blanks", name);
        return -1;
    }
    return 0;
}
