/*
 * JSON lines, the report that all others can be made from: for each run a line "run", a line "case"
 * for every case, a line "end" (fixtures/schema/report.schema.json).
 */
#include "conformance/report/report.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1

/* Members that are known when a run has ended; the others are known before. */
static const char *const end_members[] = {"counts",  "reached", "passed", "failed",
                                          "skipped", "seconds", NULL};

static bool is_end_member(const char *name)
{
    size_t i = 0;
    while (end_members[i] && strcmp(end_members[i], name) != 0) {
        i++;
    }
    return end_members[i] != NULL;
}

void report_tally(json_t *run, const struct cf_tally *tally, bool strict)
{
    (void)json_object_set_new(run, "strict", json_boolean(strict));
    (void)json_object_set_new(run, "passed", json_integer((json_int_t)tally->passed));
    (void)json_object_set_new(run, "failed", json_integer((json_int_t)tally->failed));
    (void)json_object_set_new(run, "skipped", json_integer((json_int_t)tally->skipped));
}

/* write_line writes {"line":kind, …} with the members of `from`; false for those of the end. */
static void write_line(FILE *out, const char *kind, const json_t *from, int ends)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_t *line = json_pack("{s:s}", "line", kind);
    json_object_foreach((json_t *)(uintptr_t)from, name, value)
    {
        if (strcmp(name, "cases") != 0 && (ends < 0 || (ends == 1) == is_end_member(name))) {
            (void)json_object_set(line, name, value);
        }
    }
    (void)json_dumpf(line, out, JSON_COMPACT);
    (void)fputc('\n', out);
    json_decref(line);
}

void report_json(FILE *out, const json_t *runs)
{
    const json_t *run = NULL;
    const json_t *result = NULL;
    size_t i = 0;
    size_t k = 0;
    json_array_foreach(runs, i, run)
    {
        write_line(out, "run", run, 0);
        json_array_foreach(json_object_get(run, "cases"), k, result)
        {
            write_line(out, "case", result, -1);
        }
        write_line(out, "end", run, 1);
    }
}

/* A case that the formats can rely on: its texts are texts. */
static const char *refuse_case(const json_t *result)
{
    static const char *const texts[] = {"id", "group", "title", "level", "verdict", "reason"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!json_is_string(json_object_get(result, texts[i]))) {
            return "a case has id, group, title, level, verdict and reason";
        }
    }
    return json_is_array(json_object_get(result, "variants")) ? NULL : "a case has variants";
}

/* take puts one line where it belongs: the last of `runs` is open until its end. NULL, or what is
 * wrong. */
static const char *take(json_t *runs, bool *open, json_t *line)
{
    const char *kind = json_string_value(json_object_get(line, "line"));
    json_t *run = *open ? json_array_get(runs, json_array_size(runs) - 1) : NULL;
    const char *fault = NULL;
    if (kind && strcmp(kind, "run") == 0 && !run) {
        if (json_integer_value(json_object_get(line, "format")) != FORMAT ||
            !json_is_string(json_object_get(line, "target"))) {
            return "a run of format 1 with its target is expected";
        }
        (void)json_object_set_new(line, "cases", json_array());
        (void)json_array_append(runs, line);
        *open = true;
    } else if (kind && strcmp(kind, "case") == 0 && run) {
        fault = refuse_case(line);
        (void)json_array_append(json_object_get(run, "cases"), line);
    } else if (kind && strcmp(kind, "end") == 0 && run) {
        (void)json_object_del(line, "line");
        (void)json_object_update(run, line);
        *open = false;
    } else {
        return "a line is run, case or end, in this order";
    }
    (void)json_object_del(line, "line");
    return fault;
}

static const char *read_lines(FILE *in, json_t *runs, size_t *number)
{
    json_error_t error;
    const char *fault = NULL;
    char *text = NULL;
    size_t cap = 0;
    bool open = false;
    while (!fault && getline(&text, &cap, in) >= 0) {
        json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, &error);
        (*number)++;
        fault = json_is_object(line) ? take(runs, &open, line) : "this is not a JSON object";
        json_decref(line);
    }
    free(text);
    return fault ? fault : open || json_array_size(runs) == 0 ? "the report has no end" : NULL;
}

json_t *report_read(const char *path, char *why, size_t cap)
{
    size_t number = 0;
    json_t *runs = json_array();
    FILE *in = fopen(path, "re");
    if (!in) {
        (void)snprintf(why, cap, "%s: %s", path, strerror(errno));
        json_decref(runs);
        return NULL;
    }
    const char *fault = read_lines(in, runs, &number);
    (void)fclose(in);
    if (fault) {
        (void)snprintf(why, cap, "%s: line %zu: %s (conform run --json writes reports)", path,
                       number, fault);
        json_decref(runs);
        return NULL;
    }
    return runs;
}
