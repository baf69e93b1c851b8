/* Every format, written from a small run whose texts are hostile. */
#include "conformance/report/report.h"
#include "validator/tests/support/suite.h"

#include <stdio.h>
#include <string.h>

/* One of each verdict; the FAIL has a target's texts in it. */
#define CASE(id, verdict, more)                                                                    \
    "{\"id\":\"" id "\",\"group\":\"X\",\"group_title\":\"Y <&\",\"title\":\"a <title> & "         \
    "more\",\"level\":\"MUST\","                                                                   \
    "\"profile\":\"p\",\"source\":[\"RFC 1\"],\"why\":\"because\",\"verdict\":\"" verdict          \
    "\"," more "}"
#define STEP                                                                                       \
    "{\"sent\":{\"authorization\":\"Bearer <a>\",\"header\":{\"alg\":\"none\"},"                   \
    "\"claims\":{\"x\":\"</"                                                                       \
    "pre><script>\"},\"place\":\"header\"},\"expected\":{\"decision\":\"reject\","                 \
    "\"status\":[401],\"error\":[\"invalid_token\"],\"code\":\"c\"},\"actual\":{\"status\":200,"   \
    "\"challenge\":\"Bearer x=\\\"\\u001b[31m|`\\\"\",\"code\":\"\",\"body\":\"<img src=x>\"}}"
static const char run_text[] =
    "[{\"target\":\"t|\\\"<&\",\"format\":1,\"version\":\"1\",\"adapter\":\"http\","
    "\"url\":\"http://"
    "h:1/"
    "\",\"file\":\"t.json\",\"started\":\"2026-01-01T00:00:00Z\",\"seconds\":1.5,"
    "\"strict\":false,"
    "\"reached\":true,\"passed\":3,\"failed\":2,\"skipped\":1,\"counts\":{\"PASS\":1,"
    "\"INFO\":1,"
    "\"UNIMPLEMENTED\":1,\"NON-STRICT\":1,\"FAIL\":1,\"ERROR\":1},\"cases\":[" CASE(
        "X-01", "PASS",
        "\"reason\":\"\",\"variants\":[{\"name\":null,\"verdict\":\"PASS\",\"reason\":"
        "\"\",\"steps\":[" STEP
        "]}]") "," CASE("X-02", "FAIL",
                        "\"reason\":\"accepted\\u0001<\","
                        "\"variance\":\"both <\",\"others\":[\"one <i>\",\"two\"],"
                        "\"variants\":[{\"name\":\"v<1>\","
                        "\"verdict\":\"FAIL\","
                        "\"reason\":\"accepted\",\"steps\":"
                        "[" STEP
                        "]}]") "," CASE("X-03", "NON-STRICT",
                                        "\"reason\":\"status "
                                        "400\",\"variants\":["
                                        "]") "," CASE("X-04",
                                                      "UNIMPLE"
                                                      "MENTED",
                                                      "\"reaso"
                                                      "n\":"
                                                      "\"lacks"
                                                      " # "
                                                      "x\","
                                                      "\"varia"
                                                      "nts\":["
                                                      "]") "," CASE("X-05", "ERROR",
                                                                    "\"reason\":\"gone\","
                                                                    "\"variants\":[]") "," CASE("X-"
                                                                                                "0"
                                                                                                "6",
                                                                                                "IN"
                                                                                                "F"
                                                                                                "O",
                                                                                                "\""
                                                                                                "re"
                                                                                                "as"
                                                                                                "on"
                                                                                                "\""
                                                                                                ":"
                                                                                                "\""
                                                                                                "\""
                                                                                                ","
                                                                                                "\""
                                                                                                "va"
                                                                                                "ri"
                                                                                                "an"
                                                                                                "ts"
                                                                                                "\""
                                                                                                ":["
                                                                                                "]") "," CASE("X-07",
                                                                                                              "FAIL",
                                                                                                              "\"reason\":\"accepted\",\"known\":\"told\",\"variants\":[]") "]}]";

static char *written(report_writer *writer, const json_t *runs)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    writer(out, runs);
    (void)fclose(out);
    return text;
}

struct phrase {
    report_writer *writer;
    const char *text;
    bool there;
};

static const struct phrase phrases[] = {
    {report_junit, "tests=\"7\" failures=\"1\" errors=\"1\" skipped=\"1\" time=\"1.500\"", true},
    {report_junit, "<testsuite name=\"t|&quot;&lt;&amp;\"", true},
    {report_junit, "name=\"X-02 a &lt;title&gt; &amp; more\"", true},
    {report_junit, "<failure message=\"accepted␁&lt;\" type=\"FAIL\">", true},
    {report_junit, "<error message=\"gone\" type=\"ERROR\">", true},
    {report_junit, "<skipped message=\"lacks # x\"/>", true},
    {report_junit, "variant: v&lt;1&gt;", true},
    {report_junit, "expected: reject, status 401, error invalid_token, reason c", true},
    {report_junit, "\x1b", false},
    {report_markdown, "## Conformance: 2 failed", true},
    {report_markdown, "| t&#124;&quot;&lt;&amp; | 3 | 2 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |", true},
    {report_markdown, "| ✗ FAIL | X-02 | MUST | a &lt;title&gt; &amp; more | accepted␁&lt; |",
     true},
    {report_markdown, "| ✗ FAIL | X-07 | MUST | a &lt;title&gt; &amp; more | accepted (told) |",
     true},
    {report_markdown, "<summary>✗ X-02 a &lt;title&gt;", true},
    {report_markdown, "<script>", false},
    {report_markdown, "X-01", false}, /* what passed is not listed */
    {report_html, "<details class=\"row fine\"><summary><code>X-01</code>", true},
    {report_html, "<details class=\"row\"><summary><code>X-02</code>", true},
    {report_html, "curl -i -H &#39;Authorization: Bearer &lt;a&gt;&#39; &#39;http://h:1/&#39;",
     true},
    {report_html, "00000000  42 65 61 72 65 72 20 3c", true},
    {report_html, "|Bearer &lt;a&gt;|", true},
    {report_html, "<a>", false},
    {report_html, "<a href=\"#X-02\">X-02</a>", true},
    {report_html, "<h3>X<small>Y &lt;&amp;</small></h3>", true},
    {report_html, "<dt>also right<dd>both &lt;<dt>others<dd>one &lt;i&gt;<br>two<dt>level", true},
    {report_html, "prefers-color-scheme: dark", true},
    {report_html, "&lt;img src=x&gt;", true},
    {report_html, "<img", false},
    {report_html, "<script", false},
    {report_html, "src=\"", false},
    {report_html, "@import", false},
    {report_html, "\x1b", false},
    {report_tap, "TAP version 13\n1..7\nok 1 - t|\"<&: X-01 ", true},
    {report_tap,
     "\nnot ok 2 - t|\"<&: X-02 a <title> & more\n  ---\n  message: \"accepted\\u0001<\"\n", true},
    {report_tap, "\nok 3 - ", true}, /* NON-STRICT passes without --strict */
    {report_tap, "\nok 4 - t|\"<&: X-04 a <title> & more # SKIP lacks \\# x\n", true},
    {report_tap, "\nnot ok 7 - t|\"<&: X-07 a <title> & more # TODO told\n", true},
    {report_sarif, "\"ruleId\": \"X-02\"", true},
    {report_sarif, "\"uri\": \"t.json\"", true},
    {report_sarif, "\"justification\": \"told\"", true},
    {report_sarif, "\"X-01\"", false},
};

START_TEST(what_they_say)
{
    json_t *runs = json_loads(run_text, 0, NULL);
    ck_assert_ptr_nonnull(runs);
    for (size_t i = 0; i < ROWS(phrases); i++) {
        char *text = written(phrases[i].writer, runs);
        ck_assert_msg((strstr(text, phrases[i].text) != NULL) == phrases[i].there,
                      "row %zu: '%s' is%s in:\n%.2000s", i, phrases[i].text,
                      phrases[i].there ? " not" : "", text);
        free(text);
    }
    json_decref(runs);
}
END_TEST

/* Strict: what is not is so in every format. */
START_TEST(strict)
{
    json_t *runs = json_loads(run_text, 0, NULL);
    (void)json_object_set_new(json_array_get(runs, 0), "strict", json_true());
    char *junit = written(report_junit, runs);
    char *tap = written(report_tap, runs);
    ck_assert_ptr_nonnull(strstr(junit, "failures=\"2\""));
    ck_assert_ptr_nonnull(strstr(tap, "\nnot ok 3 - "));
    free(junit);
    free(tap);
    json_decref(runs);
}
END_TEST

static char *text_of(const json_t *run, struct report_style style)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    report_text(out, run, NULL, &style);
    report_summary(out, run, &style);
    (void)fclose(out);
    return text;
}

START_TEST(the_text)
{
    json_t *runs = json_loads(run_text, 0, NULL);
    const json_t *run = json_array_get(runs, 0);
    char *text = text_of(run, (struct report_style){.unicode = true});
    ck_assert_str_eq(
        text, "7 cases against t|\"<&\n"
              "  X    (7, 4 deviate)\n"
              "    ✗ X-02 a <title> & more (MUST, FAIL)\n"
              "      what        accepted\\x01<\n"
              "      requires    RFC 1\n"
              "      why         because\n"
              "      ✗ v<1>: accepted\n"
              "        sent      Authorization: Bearer <a>\n"
              "          header  {\"alg\":\"none\"}\n"
              "          claims  {\"x\":\"</pre><script>\"}\n"
              "        expected  reject, status 401, error invalid_token, reason c\n"
              "        actual    status 200, WWW-Authenticate: Bearer x=\"\\x1b[31m|`\"\n"
              "    ! X-03 a <title> & more (MUST, NON-STRICT)\n"
              "      what        status 400\n"
              "    ‼ X-05 a <title> & more (MUST, ERROR)\n"
              "      what        gone\n"
              "      requires    RFC 1\n"
              "      why         because\n"
              "    ✗ X-07 a <title> & more (MUST, FAIL)\n"
              "      what        accepted\n"
              "      known       told\n"
              "\nwhat failed (conform explain ID says what a case sends and why)\n"
              "  ✗ X-02 a <title> & more: accepted\\x01<\n"
              "  ‼ X-05 a <title> & more: gone\n"
              "\n1 PASS · 1 INFO · 1 UNIMPLEMENTED · 1 NON-STRICT · 1 FAIL · 1 ERROR in 1.5 s\n"
              "3 passed, 2 failed, 1 skipped\n");
    free(text);
    text = text_of(run, (struct report_style){.tree = true, .colour = true});
    ck_assert_ptr_nonnull(strstr(text, "\033[32mok   \033[0m X-01 a <title> & more\n"));
    ck_assert_ptr_nonnull(strstr(text, "\033[31mFAIL \033[0m X-02"));
    free(text);
    json_decref(runs);
}
END_TEST

/* What was not played is said, or the counts would look like the whole catalogue. */
START_TEST(what_was_left_out)
{
    json_t *runs = json_loads(run_text, 0, NULL);
    json_t *run = json_array_get(runs, 0);
    (void)json_object_set_new(run, "left_out",
                              json_pack("[{s:s,s:s},{s:s,s:s},{s:s,s:s}]", "id", "X-08", "reason",
                                        "they jump", "id", "X-09", "reason", "they swim", "id",
                                        "X-10", "reason", "they jump"));
    char *text = text_of(run, (struct report_style){.unicode = true});
    ck_assert_ptr_nonnull(strstr(text, "\n3 more are not for this target:\n"
                                       "  they jump: X-08 X-10\n"
                                       "  they swim: X-09\n"
                                       "3 passed, 2 failed, 1 skipped\n"));
    char *markdown = written(report_markdown, runs);
    ck_assert_ptr_nonnull(strstr(markdown, "\n3 more cases are not for t&#124;"));
    char *html = written(report_html, runs);
    ck_assert_ptr_nonnull(strstr(html, "1 skipped; 3 more are not for this target"));
    free(text);
    free(markdown);
    free(html);
    json_decref(runs);
}
END_TEST

/* Three targets, the last of which did otherwise in X-01: who did alike stands in one line, and
 * of who deviates what was sent is told once, with the line that sends it again. */
START_TEST(many_targets)
{
    json_t *runs = json_array();
    json_t *recorded = json_loads("[{\"name\":\"a\",\"steps\":[{\"actual\":{\"status\":200}}]},"
                                  "{\"name\":\"<b>\",\"steps\":[{\"actual\":{\"status\":401}}]}]",
                                  0, NULL);
    for (const char *name = "onetwosix"; *name; name += 3) {
        json_t *run = json_loads(run_text, 0, NULL);
        json_t *own = json_array_get(run, 0);
        json_t *cases = json_object_get(own, "cases");
        (void)json_object_set_new(own, "target", json_stringn(name, 3));
        (void)json_object_set(json_array_get(cases, 5), "variants", recorded);
        if (strcmp(name, "six") == 0) {
            (void)json_object_set_new(json_array_get(cases, 0), "verdict", json_string("FAIL"));
        }
        (void)json_array_extend(runs, run);
        json_decref(run);
    }
    char *html = written(report_html, runs);
    ck_assert_ptr_nonnull(strstr(html, "✓</b> PASS: one, two</p>"));
    ck_assert_ptr_nonnull(strstr(html, "✗</b> six <small>FAIL</small>"));
    ck_assert_ptr_nonnull(strstr(html, "INFO<span class=reason>a: status 200; &lt;b&gt;: status "
                                       "401</span>: one, two, six</p>"));
    ck_assert_ptr_nonnull(strstr(html, "<span class=reason>lacks # x</span>: one, two, six</p>"));
    ck_assert_ptr_nonnull(strstr(html, "curl -i"));
    ck_assert_ptr_nonnull(strstr(html, "<dt>sent<dd>as to one, above"));
    ck_assert_ptr_nonnull(strstr(html, "<dt>claims<dd>"));
    free(html);
    json_decref(recorded);
    json_decref(runs);
}
END_TEST

START_TEST(a_target_that_was_not_reached)
{
    json_t *runs = json_loads(run_text, 0, NULL);
    json_t *run = json_array_get(runs, 0);
    (void)json_object_set_new(run, "reached", json_false());
    char *text = text_of(run, (struct report_style){.tree = true});
    ck_assert_str_eq(text,
                     "7 cases against t|\"<&\n"
                     "  nothing can be said of this target: gone\n"
                     "1 PASS, 1 INFO, 1 UNIMPLEMENTED, 1 NON-STRICT, 1 FAIL, 1 ERROR in 1.5 s\n"
                     "3 passed, 2 failed, 1 skipped\n");
    free(text);
    json_decref(runs);
}
END_TEST

TEST_MAIN("report formats", what_they_say, strict, the_text, what_was_left_out, many_targets,
          a_target_that_was_not_reached)
