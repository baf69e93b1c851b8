/* SARIF 2.1.0: what deviates, for code scanning. A result is laid at the target file. */
#include "conformance/report/report.h"
#include "conformance/report/step.h"

#include <stdlib.h>
#include <string.h>

static json_t *rule_of(const json_t *result)
{
    char *sources = report_string(report_sources, result);
    const char *why = report_text_of(result, "why");
    const char *title = report_text_of(result, "title");
    json_t *rule = json_pack(
        "{s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "id", report_text_of(result, "id"),
        "shortDescription", "text", title, "fullDescription", "text", *why ? why : title, "help",
        "text", *sources ? sources : title, "properties", "level", report_text_of(result, "level"));
    free(sources);
    return rule;
}

static json_t *location_of(const json_t *run)
{
    const char *file = report_text_of(run, "file");
    json_t *location = json_pack("{s:[{s:s, s:s}]}", "logicalLocations", "fullyQualifiedName",
                                 report_text_of(run, "target"), "kind", "resource");
    if (*file && !strstr(file, "://")) {
        (void)json_object_set_new(location, "physicalLocation",
                                  json_pack("{s:{s:s}, s:{s:i}}", "artifactLocation", "uri", file,
                                            "region", "startLine", 1));
    }
    return location;
}

static json_t *result_of(const json_t *run, const json_t *result, size_t rule)
{
    const char *id = report_text_of(result, "id");
    const char *surprise = report_text_of(result, "surprise");
    char *message = NULL;
    if (asprintf(&message, "%s: %s", report_text_of(result, "title"),
                 *surprise ? surprise : report_text_of(result, "reason")) < 0) {
        return NULL;
    }
    json_t *one = json_pack(
        "{s:s, s:I, s:s, s:{s:s}, s:[o], s:{s:s}}", "ruleId", id, "ruleIndex", (json_int_t)rule,
        "level", report_failed(run, result) ? "error" : "warning", "message", "text", message,
        "locations", location_of(run), "partialFingerprints", "case/v1", id);
    if (one && *report_text_of(result, "known")) {
        (void)json_object_set_new(one, "suppressions",
                                  json_pack("[{s:s, s:s}]", "kind", "external", "justification",
                                            report_text_of(result, "known")));
    }
    free(message);
    return one;
}

static json_t *run_of(const json_t *run)
{
    json_t *rules = json_array();
    json_t *results = json_array();
    const json_t *result = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(run, "cases"), i, result)
    {
        if (report_deviates(report_text_of(result, "verdict")) || report_failed(run, result)) {
            (void)json_array_append_new(results, result_of(run, result, json_array_size(rules)));
            (void)json_array_append_new(rules, rule_of(result));
        }
    }
    return json_pack("{s:{s:{s:s, s:s, s:o}}, s:{s:s}, s:o}", "tool", "driver", "name", "conform",
                     "version", ETB_VERSION, "rules", rules, "automationDetails", "id",
                     report_text_of(run, "target"), "results", results);
}

void report_sarif(FILE *out, const json_t *runs)
{
    json_t *list = json_array();
    const json_t *run = NULL;
    size_t i = 0;
    json_array_foreach(runs, i, run)
    {
        (void)json_array_append_new(list, run_of(run));
    }
    json_t *document =
        json_pack("{s:s, s:s, s:o}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json",
                  "version", "2.1.0", "runs", list);
    (void)json_dumpf(document, out, JSON_INDENT(1));
    (void)fputc('\n', out);
    json_decref(document);
}
