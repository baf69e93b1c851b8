/* Reading cases and unfolding their variants. */
#include "conformance/case.h"

#include "conformance/case_shape.h"
#include "conformance/document.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *const levels[] = {"INFO", "MAY", "SHOULD", "MUST"};

int cf_level_parse(const char *text, enum cf_level *level)
{
    for (size_t i = 0; text && i < sizeof levels / sizeof levels[0]; i++) {
        if (strcasecmp(text, levels[i]) == 0) {
            *level = (enum cf_level)i;
            return 0;
        }
    }
    return -1;
}

const char *cf_level_name(enum cf_level level)
{
    return levels[level];
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* What a case of one step has instead of "steps". */
static const char *const step_members[] = {"send", "request", "sign_in", "expect", "capture"};
#define DOING 3 /* the first so many */

static bool has_step(const json_t *json)
{
    bool found = json_object_get(json, "steps") != NULL;
    for (size_t i = 0; i < DOING; i++) {
        found = found || json_object_get(json, step_members[i]);
    }
    return found;
}

/* Whether the case, or else each of its variants, says what to do. */
static bool has_steps(const json_t *json)
{
    const json_t *variants = json_object_get(json, "variants");
    const json_t *variant = NULL;
    size_t i = 0;
    if (has_step(json)) {
        return true;
    }
    json_array_foreach(variants, i, variant)
    {
        if (!has_step(variant)) {
            return false;
        }
    }
    return json_array_size(variants) > 0;
}

/* Whether each variant, merged, can be played; -1 with `why`. */
static int check_variants(const struct cf_case *c, char *why, size_t cap)
{
    char fault[200] = "";
    const char *name = NULL;
    int status = 0;
    for (size_t i = 0; i < cf_variant_count(c) && status == 0; i++) {
        json_t *variant = cf_variant(c, i, &name);
        status = cf_shape_check(variant, fault, sizeof fault);
        (void)snprintf(why, cap, "%s%s%.60s%s", fault, name ? " (variant '" : "", name ? name : "",
                       name ? "')" : "");
        json_decref(variant);
    }
    return status;
}

/* add_case borrows `json`, a case of the document; -1 with the member that is missing or wrong in
 * `why`. */
static int add_case(struct cf_suite *suite, const json_t *document, json_t *json, char *why,
                    size_t cap)
{
    struct cf_case c = {.json = json,
                        .group = text(document, "group"),
                        .group_title = text(document, "title"),
                        .id = text(json, "id"),
                        .title = text(json, "title")};
    const char *profile = text(json, "profile");
    c.profile = profile ? profile : suite->half == CF_PROVIDERS ? "provider" : "single-tenant-v2";
    const char *fault = !c.id                                           ? "id"
                        : !c.title                                      ? "title"
                        : cf_level_parse(text(json, "level"), &c.level) ? "level"
                        : !has_steps(json)                              ? "steps"
                        : cf_suite_find(suite, c.id)                    ? "id (it is there already)"
                                                                        : NULL;
    if (fault) {
        (void)snprintf(why, cap, ": %s", fault);
        return -1;
    }
    if (suite->half == CF_VALIDATORS && check_variants(&c, why, cap) != 0) {
        return -1;
    }
    struct cf_case *grown = realloc(suite->cases, (suite->count + 1) * sizeof *grown);
    if (!grown) {
        (void)snprintf(why, cap, ": memory");
        return -1;
    }
    suite->cases = grown;
    suite->cases[suite->count++] = c;
    return 0;
}

/* Takes the cases of a document, which it takes over; -1 with `why`. */
static int take_document(struct cf_suite *suite, json_t *document, const char *path, char *why,
                         size_t cap)
{
    const char *group = text(document, "group");
    const char *half = text(document, "half");
    json_t *flows = json_object_get(document, "flows");
    char fault[300] = "";
    json_t *json = NULL;
    size_t i = 0;
    int status = 0;
    if ((half && strcmp(half, "provider") == 0) != (suite->half == CF_PROVIDERS)) {
        json_decref(document);
        return 0; /* for the other half */
    }
    if (!group || !json_is_array(json_object_get(document, "cases"))) {
        (void)snprintf(why, cap, "%s: /: 'group' or 'cases' is missing", path);
        json_decref(document);
        return -1;
    }
    suite->documents = suite->documents ? suite->documents : json_array();
    (void)json_array_append_new(suite->documents, document);
    json_array_foreach(json_object_get(document, "cases"), i, json)
    {
        if (flows) {
            (void)json_object_set(json, "flows", flows);
        }
        if (status == 0 && (status = add_case(suite, document, json, fault, sizeof fault)) != 0) {
            (void)snprintf(why, cap, "%s: /cases/%zu%s", path, i, fault);
        }
    }
    return status;
}

static int load_file(struct cf_suite *suite, const char *path, char *why, size_t cap)
{
    json_t *document = cf_document_load(path, why, cap);
    return document ? take_document(suite, document, path, why, cap) : -1;
}

int cf_suite_read(struct cf_suite *suite, const char *json, size_t len, const char *name, char *why,
                  size_t cap)
{
    json_t *document = cf_document_read(json, len, name, why, cap);
    return document ? take_document(suite, document, name, why, cap) : -1;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct cf_case *)a)->id, ((const struct cf_case *)b)->id);
}

static int is_json(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

int cf_suite_load(struct cf_suite *suite, const char *dir, char *why, size_t cap)
{
    struct dirent **names = NULL;
    char path[PATH_MAX];
    int status = 0;
    int count = scandir(dir, &names, is_json, alphasort);
    if (count <= 0) {
        (void)snprintf(why, cap, "%s: there are no cases here", dir);
        status = -1;
    }
    for (int i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        status = status == 0 ? load_file(suite, path, why, cap) : status;
        free(names[i]);
    }
    free(names);
    if (suite->count > 0) {
        qsort(suite->cases, suite->count, sizeof *suite->cases, by_id);
    }
    return status;
}

void cf_suite_cleanup(struct cf_suite *suite)
{
    json_decref(suite->documents);
    free(suite->cases);
    *suite = (struct cf_suite){0};
}

const struct cf_case *cf_suite_find(const struct cf_suite *suite, const char *id)
{
    for (size_t i = 0; i < suite->count; i++) {
        if (strcasecmp(suite->cases[i].id, id) == 0) {
            return &suite->cases[i];
        }
    }
    return NULL;
}

char *cf_case_folder(void)
{
    static const char *const places[] = {"../../fixtures/cases", "../share/entra-testbench/cases"};
    char program[PATH_MAX];
    char path[PATH_MAX + 64];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (access("fixtures/cases", R_OK) == 0) {
        return strdup("fixtures/cases");
    }
    program[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash) {
        *slash = '\0';
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", program, places[i]);
        if (access(path, R_OK) == 0) {
            return strdup(path);
        }
    }
    return NULL;
}

size_t cf_variant_count(const struct cf_case *c)
{
    size_t count = json_array_size(json_object_get(c->json, "variants"));
    return count > 0 ? count : 1;
}

const char *cf_variant_profile(const struct cf_case *c, size_t i)
{
    const json_t *variant = json_array_get(json_object_get(c->json, "variants"), i);
    const char *own = text(variant, "profile");
    return own ? own : c->profile;
}

/* RFC 7396 §2; `target` is changed and returned, or replaced. Takes over `target`. */
static json_t *merge(json_t *target, const json_t *patch)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(patch)) {
        json_decref(target);
        return json_deep_copy(patch);
    }
    if (!json_is_object(target)) {
        json_decref(target);
        target = json_object();
    }
    json_object_foreach((json_t *)(uintptr_t)patch, name, value)
    {
        if (json_is_null(value)) {
            json_object_del(target, name);
            continue;
        }
        json_t *old = json_object_get(target, name);
        json_object_set_new(target, name, merge(json_incref(old), value));
    }
    return target;
}

json_t *cf_variant(const struct cf_case *c, size_t i, const char **name)
{
    const json_t *variant = json_array_get(json_object_get(c->json, "variants"), i);
    json_t *merged = json_deep_copy(c->json);
    json_object_del(merged, "variants");
    *name = text(variant, "name");
    if (variant) {
        merged = merge(merged, variant);
    }
    if (!json_object_get(merged, "steps")) {
        json_t *step = json_pack("{s:{}}", "expect");
        for (size_t k = 0; k < sizeof step_members / sizeof step_members[0]; k++) {
            json_t *member = json_object_get(merged, step_members[k]);
            if (member) {
                json_object_set(step, step_members[k], member);
            }
        }
        json_object_set_new(merged, "steps", json_pack("[o]", step));
    }
    return merged;
}
