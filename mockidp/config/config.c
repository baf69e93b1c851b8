/* Reading a configuration: text, shapes, then the structs that everything else reads. */
#include "mockidp/config/config.h"

#include "mockidp/config/arc_key.h"
#include "mockidp/config/certificates.h"
#include "mockidp/config/check.h"
#include "mockidp/config/embedded.h"
#include "mockidp/config/fill.h"
#include "mockidp/config/trust.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((size_t)16 << 20)

static int check_keys(const struct directory *d, char *why, size_t cap)
{
    for (size_t t = 0; t < d->tenant_count; t++) {
        for (size_t i = 0; i < json_array_size(d->tenants[t].keys); i++) {
            size_t len = 0;
            int n = snprintf(why, cap, "/tenants/%zu/keys/%zu: ", t, i);
            size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
            char *pem =
                config_read_file(d, json_string_value(json_array_get(d->tenants[t].keys, i)), &len,
                                 why + used, cap - used);
            bool fits = pem && strstr(pem, "PRIVATE KEY-----");
            if (pem && !fits) {
                (void)snprintf(why + used, cap - used, "the file holds no PEM private key");
            }
            free(pem);
            if (!fits) {
                return -1;
            }
        }
    }
    return 0;
}

struct directory *config_parse(const char *config, size_t len, const char *name, const char *base,
                               char *why, size_t cap)
{
    json_error_t error;
    int n = snprintf(why, cap, "%s: ", name);
    size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
    struct directory *d = calloc(1, sizeof *d);
    if (!d || (base && !(d->base = strdup(base)))) {
        (void)snprintf(why + used, cap - used, "out of memory");
        directory_free(d);
        return NULL;
    }
    d->root = json_loadb(config, len, JSON_REJECT_DUPLICATES, &error);
    if (!d->root) {
        (void)snprintf(why + used, cap - used, "line %d, column %d: %s", error.line, error.column,
                       error.text);
    } else if (config_check(d->root, why + used, cap - used)) {
        if (config_fill(d) == 0 && check_keys(d, why + used, cap - used) == 0 &&
            certificates_load(d, why + used, cap - used) == 0 &&
            trust_load(d, why + used, cap - used) == 0 &&
            arc_key_load(d, why + used, cap - used) == 0) {
            return d;
        }
    }
    directory_free(d);
    return NULL;
}

static char *read_file(const char *path, size_t *len, char *why, size_t cap)
{
    FILE *file = fopen(path, "re");
    char *data = NULL;
    *len = 0;
    if (!file) {
        (void)snprintf(why, cap, "%s: %s", path, strerror(errno));
        return NULL;
    }
    for (size_t room = 0, got = 1; got > 0 && *len < FILE_MAX; *len += got) {
        if (*len + 1 >= room) {
            room = room ? room * 2 : 8192;
            char *grown = realloc(data, room);
            if (!grown) {
                break;
            }
            data = grown;
        }
        got = fread(data + *len, 1, room - *len - 1, file);
    }
    bool ok = data && !ferror(file) && *len < FILE_MAX;
    (void)fclose(file);
    if (!ok) {
        (void)snprintf(why, cap, "%s: cannot be read, or is larger than 16 MiB", path);
        free(data);
        return NULL;
    }
    data[*len] = '\0';
    return data;
}

struct directory *config_load(const char *file, char *why, size_t cap)
{
    size_t len = 0;
    if (!file) {
        const struct embedded_file *demo = embedded_find("fixtures/idp/demo.json");
        return config_parse((const char *)demo->data, demo->len, demo->path, NULL, why, cap);
    }
    char *config = read_file(file, &len, why, cap);
    char *path = config ? strdup(file) : NULL;
    struct directory *d = path ? config_parse(config, len, file, dirname(path), why, cap) : NULL;
    free(path);
    free(config);
    return d;
}

bool config_path(const struct directory *d, const char *path, char *out, size_t cap)
{
    bool absolute = path[0] == '/' || !d->base;
    int len = snprintf(out, cap, "%s%s%s", absolute ? "" : d->base, absolute ? "" : "/", path);
    return len >= 0 && (size_t)len < cap;
}

char *config_read_file(const struct directory *d, const char *path, size_t *len, char *why,
                       size_t cap)
{
    char full[PATH_MAX];
    const struct embedded_file *file = embedded_find(path);
    bool fits = config_path(d, path, full, sizeof full);
    /* the files of the demo directory are there for a copy of it, too */
    if (file && (!d->base || (fits && access(full, F_OK) != 0))) {
        char *copy = malloc(file->len + 1);
        if (copy) {
            memcpy(copy, file->data, file->len + 1);
            *len = file->len;
        }
        return copy;
    }
    if (!fits) {
        (void)snprintf(why, cap, "%s: the path is too long", path);
        return NULL;
    }
    return read_file(full, len, why, cap);
}
