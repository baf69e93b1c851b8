/* The detail of one target and one case. */
#include "conformance/report/html.h"

#include "conformance/report/escape.h"
#include "conformance/report/step.h"
#include "conformance/report/style.h"

#include <stdlib.h>
#include <string.h>

/* So much of a value is shown; the JSON report has it whole. */
#define VALUE_MAX 6000
#define HEX_MAX 1024

static void write_term(FILE *out, const char *term)
{
    (void)fprintf(out, "<dt>%s<dd>", term);
}

static void write_cut(FILE *out, const char *text)
{
    char *cut = strndup(text, VALUE_MAX);
    escape_markup(out, cut ? cut : "");
    if (strlen(text) > VALUE_MAX) {
        (void)fprintf(out, "<i>… %zu octets more</i>", strlen(text) - VALUE_MAX);
    }
    free(cut);
}

static void write_words(FILE *out, const char *term, void (*write)(FILE *out, const json_t *value),
                        const json_t *value)
{
    char *words = report_string(write, value);
    write_term(out, term);
    write_cut(out, words);
    (void)fputc('\n', out);
    free(words);
}

static void write_json(FILE *out, const char *term, const json_t *value, size_t flags)
{
    char *dump = value ? json_dumps(value, flags | JSON_ENCODE_ANY) : NULL;
    if (dump) {
        write_term(out, term);
        (void)fputs("<pre>", out);
        write_cut(out, dump);
        (void)fputs("</pre>\n", out);
    }
    free(dump);
}

/* The right column of a dump shows what was sent: it is escaped like all else. */
static void write_hex(FILE *out, const struct report_octets *octets)
{
    char *text = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&text, &len);
    if (memory) {
        report_hex(memory, octets, HEX_MAX);
        (void)fclose(memory);
        escape_markup(out, text);
        free(text);
    }
}

/* One header line: as text, and as bytes where text would hide something. */
static void write_line(FILE *out, const json_t *sent, size_t i, bool bytes)
{
    struct report_octets line;
    if (report_line(sent, i, &line) != 0) {
        return;
    }
    (void)fputs("<pre class=wrap>Authorization: ", out);
    if (line.printable) {
        write_cut(out, (const char *)line.data);
    } else {
        (void)fputs("<i>not printable: see its bytes</i>", out);
    }
    (void)fputs("</pre>", out);
    if (bytes || !line.printable) {
        (void)fprintf(out, "<details%s><summary>%zu bytes</summary><pre>",
                      line.printable ? "" : " open", line.len);
        write_hex(out, &line);
        (void)fputs("</pre></details>", out);
    }
    free(line.data);
}

static void write_sent(FILE *out, const json_t *sent, bool bytes)
{
    const char *place = report_text_of(sent, "place");
    bool elsewhere = *place && strcmp(place, "header") != 0;
    if (bytes || report_line_count(sent) != 1 || elsewhere) {
        write_term(out, "sent");
        for (size_t i = 0; i < report_line_count(sent); i++) {
            write_line(out, sent, i, bytes);
        }
        if (elsewhere) {
            (void)fprintf(out, "access_token, in the %s",
                          strcmp(place, "form") == 0     ? "form"
                          : strcmp(place, "cookie") == 0 ? "cookie"
                                                         : "query");
        } else if (report_line_count(sent) == 0) {
            (void)fputs("no Authorization line", out);
        }
    } else {
        struct report_octets line;
        if (report_line(sent, 0, &line) == 0 && !line.printable) {
            write_term(out, "sent");
            write_line(out, sent, 0, true);
        }
        free(line.data);
    }
    for (size_t i = 0; report_request_members[i]; i++) {
        write_json(out, report_request_members[i], json_object_get(sent, report_request_members[i]),
                   JSON_COMPACT);
    }
    write_json(out, "header", json_object_get(sent, "header"), JSON_COMPACT);
    write_json(out, "claims", json_object_get(sent, "claims"), JSON_INDENT(1));
}

/* A target that the suite starts has another port each time. */
static char *url_of(const json_t *run)
{
    const char *url = report_text_of(run, "url");
    const char *port = strstr(url, "{port}");
    char *out = NULL;
    if (!port) {
        return strdup(*url ? url : "URL");
    }
    return asprintf(&out, "%.*sPORT%s", (int)(port - url), url, port + strlen("{port}")) < 0 ? NULL
                                                                                             : out;
}

static void write_curl(FILE *out, const json_t *run, const json_t *sent)
{
    char *text = NULL;
    size_t len = 0;
    char *url = url_of(run);
    FILE *memory = open_memstream(&text, &len);
    bool can = url && memory && report_curl(memory, sent, url);
    if (memory) {
        (void)fclose(memory);
    }
    write_term(out, "again");
    if (can) {
        (void)fputs("<pre class=wrap>", out);
        escape_markup(out, text);
        (void)fputs("</pre>\n", out);
    } else {
        (void)fputs("<code>conform replay</code>: no command line holds this\n", out);
    }
    free(text);
    free(url);
}

static void write_answer(FILE *out, const char *term, const char *text)
{
    if (*text) {
        write_term(out, term);
        (void)fputs("<pre class=wrap>", out);
        write_cut(out, text);
        (void)fputs("</pre>\n", out);
    }
}

/* What is told of a variant, each with what stands before it. */
enum telling { NAME, BRIEF, ANSWER, ALL };

/* Of many targets what was sent is told once: it differs in names and times alone. */
static void write_sent_once(FILE *out, const json_t *run, const json_t *sent, const char *above)
{
    if (!above) {
        write_sent(out, sent, true);
        write_curl(out, run, sent);
        return;
    }
    write_term(out, "sent");
    (void)fputs("as to ", out);
    escape_markup(out, above);
    (void)fputs(", above\n", out);
}

static void write_step(FILE *out, const json_t *run, const json_t *step, enum telling telling,
                       const char *above)
{
    const json_t *sent = json_object_get(step, "sent");
    const json_t *actual = json_object_get(step, "actual");
    (void)fputs("<dl>", out);
    if (!actual) {
        write_json(out, "done", step, JSON_COMPACT);
    } else {
        if (json_object_get(step, "flood")) {
            write_json(out, "flood", json_object_get(step, "flood"), JSON_COMPACT);
        }
        write_words(out, "expected", report_expectation, json_object_get(step, "expected"));
        write_words(out, "actual", report_actual, actual);
        write_answer(out, "head", report_text_of(actual, "head"));
        write_answer(out, "body", report_text_of(actual, "body"));
        if (sent && telling == BRIEF) {
            write_sent_once(out, run, sent, above);
        } else if (sent) {
            write_sent(out, sent, telling == ALL);
            write_curl(out, run, sent);
        }
    }
    (void)fputs("</dl>\n", out);
}

static void write_variant(FILE *out, const json_t *run, const json_t *variant, enum telling telling,
                          const char *above)
{
    const char *verdict = report_text_of(variant, "verdict");
    const char *name = report_text_of(variant, "name");
    const char *reason = report_text_of(variant, "reason");
    const json_t *step = NULL;
    size_t i = 0;
    (void)fputs(telling == NAME  ? "<p class=v>"
                : telling == ALL ? "<details class=v open><summary>"
                                 : "<details class=v><summary>",
                out);
    (void)fprintf(out, "<b class=%s>%s</b> ", html_class(verdict), report_mark(verdict, true));
    escape_markup(out, *name ? name : "the request");
    if (*reason) {
        html_text(out, "span", "reason", reason);
    }
    if (telling == NAME) {
        (void)fputs("</p>\n", out);
        return;
    }
    (void)fputs("</summary>\n", out);
    json_array_foreach(json_object_get(variant, "steps"), i, step)
    {
        write_step(out, run, step, telling, above);
    }
    (void)fputs("</details>\n", out);
}

/* The target that was told of with what this variant sends; NULL for the first, which is noted. */
static const char *note_sent(json_t *shown, const json_t *variant, const json_t *run)
{
    const char *name = report_text_of(variant, "name");
    const char *above = json_string_value(json_object_get(shown, name));
    if (!above) {
        (void)json_object_set(shown, name, json_object_get(run, "target"));
    }
    return above;
}

void html_cell(FILE *out, const json_t *run, const json_t *result, json_t *shown)
{
    const char *verdict = report_text_of(result, "verdict");
    const json_t *variant = NULL;
    size_t i = 0;
    bool told = false; /* of many targets one variant that deviates is told of each */
    (void)fprintf(out, "<section class=cell><h4><b class=%s>%s</b> ", html_class(verdict),
                  report_mark(verdict, true));
    escape_markup(out, report_text_of(run, "target"));
    (void)fprintf(out, " <small>%s</small></h4>\n", verdict);
    if (*report_text_of(result, "reason")) {
        html_text(out, "p", NULL, report_text_of(result, "reason"));
    }
    if (*report_text_of(result, "known")) {
        html_text(out, "p", "known", report_text_of(result, "known"));
    }
    if (*report_text_of(result, "surprise")) {
        html_text(out, "p", "surprise", report_text_of(result, "surprise"));
    }
    json_array_foreach(json_object_get(result, "variants"), i, variant)
    {
        bool odd = report_deviates(report_text_of(variant, "verdict"));
        if (!shown) {
            write_variant(out, run, variant, odd ? ALL : ANSWER, NULL);
        } else if (odd && !told) {
            write_variant(out, run, variant, BRIEF, note_sent(shown, variant, run));
            told = true;
        } else {
            write_variant(out, run, variant, NAME, NULL);
        }
    }
    (void)fputs("</section>\n", out);
}
