/* Profiles of issuers. */
#include "conformance/provider/issuer.h"

#include "conformance/document.h"
#include "mockidp/config/embedded.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEMO "fixtures/issuers/demo.json"
#define PEM_MAX ((size_t)64 << 10)

static bool is_url(const char *where)
{
    return strncmp(where, "http://", 7) == 0 || strncmp(where, "https://", 8) == 0;
}

/* adopt reads the members that the engine itself goes by; -1 with `why`. */
static int adopt(struct cf_issuer *issuer, const char *file, char *why, size_t cap)
{
    json_t *json = issuer->json;
    issuer->name = json_string_value(json_object_get(json, "name"));
    issuer->base = json_string_value(json_object_get(json, "base"));
    issuer->ca_file = json_string_value(json_object_get(json, "ca_file"));
    issuer->lacks = json_object_get(json, "lacks");
    issuer->disabled = json_object_get(json, "disabled");
    const char *fault = !issuer->name                                               ? "/name"
                        : !issuer->demo && (!issuer->base || !is_url(issuer->base)) ? "/base"
                        : !json_string_value(json_object_get(json, "tenant"))       ? "/tenant"
                        : issuer->lacks && !json_is_array(issuer->lacks)            ? "/lacks"
                        : issuer->disabled && !json_is_object(issuer->disabled)     ? "/disabled"
                                                                                    : NULL;
    if (fault) {
        (void)snprintf(why, cap, "%s: %s: is missing or of the wrong kind", file, fault);
    }
    return fault ? -1 : 0;
}

/* A file's text, newly allocated: a built-in one for the demo directory, else beside the profile.
 */
static char *read_text(const char *profile, bool demo, const char *name, char *why, size_t cap)
{
    char path[PATH_MAX];
    const struct embedded_file *built_in = demo ? embedded_find(name) : NULL;
    const char *slash = strrchr(profile, '/');
    if (built_in) {
        return strndup((const char *)built_in->data, built_in->len);
    }
    (void)snprintf(path, sizeof path, "%.*s%s",
                   slash && *name != '/' ? (int)(slash + 1 - profile) : 0, profile, name);
    FILE *in = fopen(path, "re");
    char *text = in ? calloc(1, PEM_MAX + 1) : NULL;
    size_t len = text ? fread(text, 1, PEM_MAX, in) : 0;
    if (!in || len == 0) {
        (void)snprintf(why, cap, "%s: %s", path, in ? "it cannot be read" : strerror(errno));
        free(text);
        text = NULL;
    }
    if (in) {
        (void)fclose(in);
    }
    return text;
}

/* One member of a client: {"env":NAME} is read from the environment, a PEM from its file. */
static int resolve(json_t *client, const char *name, json_t *value, const char *profile, bool demo,
                   char *why, size_t cap)
{
    const char *variable = json_string_value(json_object_get(value, "env"));
    const char *file = json_string_value(value);
    bool pem = strcmp(name, "certificate") == 0 || strcmp(name, "key") == 0;
    if (variable) {
        const char *found = getenv(variable);
        if (!found) {
            (void)snprintf(why, cap, "%s: %s: the environment has no %s", profile, name, variable);
            return -1;
        }
        return json_object_set_new(client, name, json_string(found));
    }
    if (!pem || !file || strncmp(file, "-----BEGIN", 10) == 0) {
        return 0;
    }
    char *text = read_text(profile, demo, file, why, cap);
    int status = text ? json_object_set_new(client, name, json_string(text)) : -1;
    free(text);
    return status;
}

static int resolve_all(json_t *json, const char *profile, bool demo, char *why, size_t cap)
{
    const char *name = NULL;
    const char *member = NULL;
    json_t *client = NULL;
    json_t *value = NULL;
    void *next = NULL;
    int status = 0;
    json_object_foreach(json, name, client)
    {
        json_object_foreach_safe(client, next, member, value)
        {
            if (status == 0) {
                status = resolve(client, member, value, profile, demo, why, cap);
            }
        }
    }
    return status;
}

static json_t *read_demo(void)
{
    const struct embedded_file *file = embedded_find(DEMO);
    return file ? json_loadb((const char *)file->data, file->len, JSON_REJECT_DUPLICATES, NULL)
                : NULL;
}

/* A URL: the demo directory behind it, or with a path a tenant of which nothing more is known. */
static json_t *read_url(const char *url)
{
    const char *path = strchr(strstr(url, "://") + 3, '/');
    size_t origin = path ? (size_t)(path - url) : strlen(url);
    size_t tenant = path ? strcspn(path + 1, "/?#") : 0;
    json_t *json = tenant > 0 ? json_pack("{s:s%}", "tenant", path + 1, tenant) : read_demo();
    (void)json_object_set_new(json, "name", json_string(url));
    (void)json_object_set_new(json, "base", json_stringn(url, origin));
    return json;
}

struct cf_issuer *cf_issuer_load(const char *where, char *why, size_t cap)
{
    struct cf_issuer *issuer = calloc(1, sizeof *issuer);
    bool file = where && !is_url(where);
    if (!issuer) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    if (where) {
        issuer->json = is_url(where) ? read_url(where) : cf_document_load(where, why, cap);
    } else {
        issuer->json = read_demo();
    }
    issuer->demo = !where;
    if (!issuer->json) {
        if (!file) {
            (void)snprintf(why, cap, "out of memory");
        }
    } else if (!json_is_object(issuer->json)) {
        (void)snprintf(why, cap, "%s: /: an object is needed", where ? where : DEMO);
    } else if (adopt(issuer, where ? where : DEMO, why, cap) == 0 &&
               resolve_all(issuer->json, where ? where : DEMO, !file, why, cap) == 0) {
        return issuer;
    }
    cf_issuer_free(issuer);
    return NULL;
}

void cf_issuer_free(struct cf_issuer *issuer)
{
    if (issuer) {
        json_decref(issuer->json);
        free(issuer);
    }
}

int cf_issuer_place(struct cf_issuer *issuer, const char *base, const char *ca_file)
{
    if (json_object_set_new(issuer->json, "base", json_string(base)) != 0 ||
        (ca_file && json_object_set_new(issuer->json, "ca_file", json_string(ca_file)) != 0)) {
        return -1;
    }
    issuer->base = json_string_value(json_object_get(issuer->json, "base"));
    issuer->ca_file = json_string_value(json_object_get(issuer->json, "ca_file"));
    return 0;
}

bool cf_issuer_lacks(const struct cf_issuer *issuer, const char *capability)
{
    const json_t *word = NULL;
    size_t i = 0;
    json_array_foreach(issuer->lacks, i, word)
    {
        if (json_is_string(word) && strcmp(json_string_value(word), capability) == 0) {
            return true;
        }
    }
    return false;
}

void cf_issuer_discovery(const struct cf_issuer *issuer, char url[CF_DISCOVERY_CAP])
{
    (void)snprintf(url, CF_DISCOVERY_CAP, "%.300s/%.200s/v2.0/.well-known/openid-configuration",
                   issuer->base, json_string_value(json_object_get(issuer->json, "tenant")));
}
