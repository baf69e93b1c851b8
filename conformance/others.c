/* They are read where they are shown, so that they are never older than the baselines. */
#include "conformance/others.h"

#include "conformance/expected.h"

#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ending[] = ".expected.json";

static int is_baseline(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len >= sizeof ending && strcmp(entry->d_name + len - sizeof ending + 1, ending) == 0;
}

/* "FAIL", or "PASS or FAIL" where a library's patch level decides. */
static void write_verdict(FILE *out, const json_t *verdict)
{
    const json_t *item = NULL;
    size_t i = 0;
    if (json_is_string(verdict)) {
        (void)fputs(json_string_value(verdict), out);
    }
    json_array_foreach(verdict, i, item)
    {
        (void)fprintf(out, "%s%s", i ? " or " : "", json_string_value(item));
    }
}

/* "FAIL, why", newly allocated; NULL without memory. */
static char *told(const json_t *row)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out) {
        return NULL;
    }
    write_verdict(out, json_object_get(row, "verdict"));
    (void)fprintf(out, ", %s", json_string_value(json_object_get(row, "reason")));
    (void)fclose(out);
    return text;
}

/* Adds a name to those of whom the same is told of this case: all[id][told] = "name, name". */
static void add(json_t *all, const char *id, const char *name, const json_t *row)
{
    char *text = told(row);
    json_t *texts = json_object_get(all, id);
    const char *before = text ? json_string_value(json_object_get(texts, text)) : NULL;
    if (!texts) {
        texts = json_object();
        (void)json_object_set_new(all, id, texts);
    }
    if (text) {
        (void)json_object_set_new(
            texts, text, before ? json_sprintf("%s, %s", before, name) : json_string(name));
    }
    free(text);
}

json_t *cf_others_load(const char *folder)
{
    json_t *all = json_object();
    struct dirent **names = NULL;
    char path[PATH_MAX];
    char why[512];
    int count = folder ? scandir(folder, &names, is_baseline, alphasort) : 0;
    for (int i = 0; i < count; i++) {
        char *name = names[i]->d_name;
        (void)snprintf(path, sizeof path, "%s/%s", folder, name);
        name[strlen(name) + 1 - sizeof ending] = '\0';
        json_t *rows = cf_expected_load(path, why, sizeof why);
        for (void *at = json_object_iter(rows); at; at = json_object_iter_next(rows, at)) {
            add(all, json_object_iter_key(at), name, json_object_iter_value(at));
        }
        json_decref(rows);
        free(names[i]);
    }
    free((void *)names);
    return all;
}

char *cf_others_folder(void)
{
    char *cases = cf_case_folder();
    char *folder = NULL;
    if (cases && asprintf(&folder, "%s/../targets", cases) < 0) {
        folder = NULL;
    }
    free(cases);
    return folder;
}

json_t *cf_others_of(const json_t *loaded, const struct cf_case *c)
{
    json_t *list = json_array();
    const char *text = NULL;
    json_t *names = NULL;
    json_t *own = json_object_get(c->json, "others");
    if (own) {
        (void)json_array_append(list, own);
    }
    json_object_foreach(json_object_get(loaded, c->id), text, names)
    {
        (void)json_array_append_new(list, json_sprintf("%s: %s", json_string_value(names), text));
    }
    return list;
}

void cf_others_tell(json_t *run, const struct cf_suite *suite)
{
    char *folder = cf_others_folder();
    json_t *loaded = cf_others_load(folder);
    json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        const char *id = json_string_value(json_object_get(result, "id"));
        const struct cf_case *c = id ? cf_suite_find(suite, id) : NULL;
        json_t *list = c ? cf_others_of(loaded, c) : NULL;
        if (json_array_size(list) > 0) {
            (void)json_object_set(result, "others", list);
        }
        json_decref(list);
    }
    json_decref(loaded);
    free(folder);
}
