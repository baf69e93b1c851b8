/* Rows of cases, cells of runs. */
#include "conformance/report/matrix.h"

#include "conformance/report/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Where the results of a run stand: {"ID": result}. */
static json_t *index_of(const json_t *run)
{
    json_t *index = json_object();
    json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        (void)json_object_set(index, report_text_of(result, "id"), result);
    }
    return index;
}

static json_t *row_of(const json_t *indexes, const char *id)
{
    json_t *cells = json_array();
    json_t *first = NULL;
    const json_t *index = NULL;
    size_t i = 0;
    json_array_foreach(indexes, i, index)
    {
        json_t *result = json_object_get(index, id);
        first = first ? first : result;
        (void)json_array_append_new(cells, result ? json_incref(result) : json_null());
    }
    return json_pack("{s:s, s:O, s:o}", "id", id, "case", first, "cells", cells);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* sorted_keys returns the names of an object in order, newly allocated; they are borrowed. */
static const char **sorted_keys(json_t *object)
{
    const char **keys = calloc(json_object_size(object) + 1, sizeof *keys);
    const char *key = NULL;
    json_t *value = NULL;
    size_t n = 0;
    if (keys) {
        json_object_foreach(object, key, value)
        {
            keys[n++] = key;
        }
        qsort((void *)keys, n, sizeof *keys, by_text);
    }
    return keys;
}

json_t *report_matrix(const json_t *runs)
{
    json_t *indexes = json_array();
    json_t *all = json_object();
    json_t *rows = json_array();
    const json_t *run = NULL;
    size_t i = 0;
    json_array_foreach(runs, i, run)
    {
        json_t *index = index_of(run);
        (void)json_object_update(all, index);
        (void)json_array_append_new(indexes, index);
    }
    const char **ids = sorted_keys(all);
    for (i = 0; ids && ids[i]; i++) {
        (void)json_array_append_new(rows, row_of(indexes, ids[i]));
    }
    free((void *)ids);
    json_decref(all);
    json_decref(indexes);
    return rows;
}

bool report_row_deviates(const json_t *row)
{
    const json_t *cell = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(row, "cells"), i, cell)
    {
        if (report_deviates(report_text_of(cell, "verdict")) || *report_text_of(cell, "surprise")) {
            return true;
        }
    }
    return false;
}

json_t *report_find(const json_t *run, const char *id)
{
    json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        if (strcasecmp(report_text_of(result, "id"), id) == 0) {
            return result;
        }
    }
    return NULL;
}

static bool has_target(const json_t *runs, const char *name)
{
    const json_t *run = NULL;
    size_t i = 0;
    json_array_foreach(runs, i, run)
    {
        if (strcmp(report_text_of(run, "target"), name) == 0) {
            return true;
        }
    }
    return false;
}

void report_merge(json_t *into, const json_t *runs)
{
    json_t *run = NULL;
    size_t i = 0;
    json_array_foreach(runs, i, run)
    {
        char *name = NULL;
        for (int n = 2; has_target(into, name ? name : report_text_of(run, "target")); n++) {
            free(name);
            if (asprintf(&name, "%s (%d)", report_text_of(run, "target"), n) < 0) {
                name = NULL;
                break;
            }
        }
        if (name) {
            (void)json_object_set_new(run, "target", json_string(name));
            free(name);
        }
        (void)json_array_append(into, run);
    }
}
