/* What all reports stand on: escaping, bytes, style, the JSON lines, files that are whole. */
#include "conformance/report/escape.h"
#include "conformance/report/progress.h"
#include "conformance/report/report.h"
#include "conformance/report/step.h"
#include "validator/tests/support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *escaped(void (*escape)(FILE *out, const char *text), const char *text)
{
    char *out = NULL;
    size_t len = 0;
    FILE *memory = open_memstream(&out, &len);
    escape(memory, text);
    (void)fclose(memory);
    return out;
}

START_TEST(hostile_texts)
{
    static const struct {
        void (*escape)(FILE *out, const char *text);
        const char *text;
        const char *expected;
    } rows[] = {
        {escape_markup, "<b> & \"'", "&lt;b&gt; &amp; &quot;&#39;"},
        {escape_markup, "]]></failure>", "]]&gt;&lt;/failure&gt;"},
        {escape_markup, "a\x1b[2J\x01\x7f", "a␛[2J␁␡"},
        {escape_markup, "a\r\nb\tc", "a␍\nb\tc"},
        {escape_markup, "C1 \xC2\x9B, \xEF\xBF\xBE\xEF\xBF\xBF",
         "C1 \xEF\xBF\xBD, \xEF\xBF\xBD\xEF\xBF\xBD"},
        {escape_markup, "é ✓", "é ✓"},
        {escape_markdown, "a|b\nc", "a&#124;b c"},
        {escape_markdown, "[x](javascript:1) `c` **b** ~~s~~ ![i](u) @me #1",
         "&#91;x&#93;(javascript:1) &#96;c&#96; &#42;&#42;b&#42;&#42; "
         "&#126;&#126;s&#126;&#126; &#33;&#91;i&#93;(u) &#64;me &#35;1"},
        {escape_markdown, "https://x: y", "https&#58;//x: y"},
        {escape_markdown, "<script>\\", "&lt;script&gt;&#92;"},
        {escape_terminal, "\x1b]0;title\x07\r\n\xC2\x9Bx é",
         "\\x1b]0;title\\x07\\x0d\\x0a\\x9bx é"},
        {escape_line, "a # SKIP b\n1..0 \\", "a \\# SKIP b\\x0a1..0 \\\\"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *out = escaped(rows[i].escape, rows[i].text);
        ck_assert_msg(strcmp(out, rows[i].expected) == 0, "%s becomes %s, not %s", rows[i].text,
                      out, rows[i].expected);
        free(out);
    }
}
END_TEST

/* The command must be one for sh: what it sends is the bytes, whatever they are. */
START_TEST(curl_lines)
{
    static const struct {
        const char *sent;
        const char *expected; /* NULL: curl cannot */
    } rows[] = {
        {"{\"authorization\":\"Bearer a.b.c\"}",
         "curl -i -H 'Authorization: Bearer a.b.c' 'http://x/'\n"},
        {"{\"authorization\":\"it's $(x) `y`\"}",
         "curl -i -H 'Authorization: it'\\''s $(x) `y`' 'http://x/'\n"},
        {"{\"authorization\":null}", "curl -i 'http://x/'\n"},
        {"{\"authorization\":\"\"}", "curl -i -H 'Authorization;' 'http://x/'\n"},
        {"{\"authorization\":{\"hex\":\"42ff25275c\"}}",
         "printf 'Authorization: B\\377%%'\\''\\\\\\n' | curl -i -H @- 'http://x/'\n"},
        {"{\"lines\":[\"a\",\"b\"]}",
         "curl -i -H 'Authorization: a' -H 'Authorization: b' 'http://x/'\n"},
        {"{\"lines\":[\"a\",{\"hex\":\"07\"}]}",
         "printf 'Authorization: a\\nAuthorization: \\007\\n' | curl -i -H @- 'http://x/'\n"},
        {"{\"place\":\"cookie\",\"token\":\"t\"}", "curl -i -b 'access_token=t' 'http://x/'\n"},
        {"{\"place\":\"query\",\"token\":\"t\"}", "curl -i -G -d 'access_token=t' 'http://x/'\n"},
        {"{\"place\":\"form\",\"token\":\"t\"}",
         "curl -i -X GET -d 'access_token=t' 'http://x/'\n"},
        {"{\"authorization\":\"a\",\"method\":\"PUT\",\"headers\":[\"X: it's\"]}",
         "curl -i -H 'Authorization: a' -X 'PUT' -H 'X: it'\\''s' 'http://x/'\n"},
        {"{\"authorization\":\"a\",\"raw\":[\"GET\"]}", NULL},
        {"{\"authorization\":\"a\\r\\n b\"}", NULL},
        {"{\"authorization\":{\"hex\":\"4100\"}}", NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *out = NULL;
        size_t len = 0;
        FILE *memory = open_memstream(&out, &len);
        json_t *sent = json_loads(rows[i].sent, 0, NULL);
        bool can = report_curl(memory, sent, "http://x/");
        (void)fclose(memory);
        ck_assert_msg(can == (rows[i].expected != NULL), "%s", rows[i].sent);
        ck_assert_msg(!can || strcmp(out, rows[i].expected) == 0, "%s: %s", rows[i].sent, out);
        json_decref(sent);
        free(out);
    }
}
END_TEST

START_TEST(answers)
{
    static const char *const rows[][2] = {
        {"{\"status\":401,\"code\":\"c\",\"challenge\":\"Bearer\"}",
         "status 401, reason c, WWW-Authenticate: Bearer"},
        {"{\"status\":0}", "the connection was closed without an answer"},
        {"{\"requests\":2}", "{\"requests\":2}"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        json_t *actual = json_loads(rows[i][0], 0, NULL);
        char *words = report_string(report_actual, actual);
        ck_assert_str_eq(words, rows[i][1]);
        free(words);
        json_decref(actual);
    }
}
END_TEST

START_TEST(dumps)
{
    struct report_octets octets;
    char *out = NULL;
    size_t len = 0;
    json_t *sent =
        json_loads("{\"authorization\":{\"hex\":\"4265617265722000ff3132333435363738\"}}", 0, NULL);
    ck_assert_int_eq(report_line(sent, 0, &octets), 0);
    ck_assert_uint_eq(octets.len, 17);
    ck_assert(!octets.printable);
    FILE *memory = open_memstream(&out, &len);
    report_hex(memory, &octets, 16);
    (void)fclose(memory);
    ck_assert_str_eq(out, "00000000  42 65 61 72 65 72 20 00  ff 31 32 33 34 35 36 37  "
                          "|Bearer ..1234567|\n… 1 more\n");
    free(out);
    free(octets.data);
    json_decref(sent);
}
END_TEST

START_TEST(styles)
{
    static const struct {
        const char *lang;
        const char *colour;
        bool unicode;
        bool paints;
    } rows[] = {
        {"C.UTF-8", "auto", true, false}, {"de_DE.utf8", NULL, true, false},
        {"C", "never", false, false},     {"en_US.ISO-8859-1", "always", false, true},
        {"", "always", false, true},
    };
    (void)unsetenv("LC_ALL");
    (void)unsetenv("LC_CTYPE");
    FILE *file = tmpfile();
    for (size_t i = 0; i < ROWS(rows); i++) {
        (void)setenv("LANG", rows[i].lang, 1);
        struct report_style style = report_style_for(file, rows[i].colour, false);
        ck_assert_msg(style.unicode == rows[i].unicode && style.colour == rows[i].paints &&
                          !style.tree,
                      "LANG=%s", rows[i].lang);
    }
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    ck_assert_msg(report_style_for(file, NULL, false).unicode, "LC_ALL comes before LANG");
    ck_assert_str_eq(report_mark("FAIL", true), "✗");
    ck_assert_str_eq(report_mark("FAIL", false), "FAIL ");
    (void)fclose(file);
}
END_TEST

START_TEST(progress)
{
    char line[120];
    report_progress_line(line, sizeof line, "TIM-04", 5, 20, 3000);
    ck_assert_str_eq(line, "[#####               ] 5/20 TIM-04, 9 s left");
    report_progress_line(line, sizeof line, "TIM-04", 1, 20, 100);
    ck_assert_str_eq(line, "[#                   ] 1/20 TIM-04");
}
END_TEST

#define CASE                                                                                       \
    "{\"line\":\"case\",\"id\":\"X-01\",\"group\":\"X\",\"title\":\"t\",\"level\":\"MUST\","       \
    "\"verdict\":\"PASS\",\"reason\":\"\",\"variants\":[]}\n"
#define RUN "{\"line\":\"run\",\"format\":1,\"target\":\"a\"}\n"
#define END "{\"line\":\"end\",\"passed\":1}\n"

static json_t *read_text(const char *text, char *why, size_t cap)
{
    char path[] = "/tmp/check-report-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
    (void)close(fd);
    json_t *runs = report_read(path, why, cap);
    (void)unlink(path);
    return runs;
}

START_TEST(what_is_no_report)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"", "line 0: the report has no end"},
        {"[]\n", "line 1: this is not a JSON object"},
        {"{\"line\":\"run\",\"line\":\"run\"}\n", "line 1: this is not a JSON object"},
        {RUN CASE, "line 2: the report has no end"},
        {CASE, "line 1: a line is run"},
        {RUN RUN, "line 2: a line is run"},
        {RUN "{\"line\":\"case\",\"id\":\"X-01\"}\n", "line 2: a case has"},
        {"{\"line\":\"run\",\"format\":2,\"target\":\"a\"}\n", "line 1: a run of format 1"},
        {RUN CASE END END, "line 4: a line is run"},
    };
    char why[400];
    for (size_t i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(!read_text(rows[i].text, why, sizeof why), "%s", rows[i].text);
        ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].text, why);
    }
    ck_assert_ptr_null(report_read("/nonexistent/x.json", why, sizeof why));
    ck_assert_ptr_nonnull(strstr(why, "/nonexistent/x.json"));
}
END_TEST

START_TEST(written_and_read_back)
{
    char path[] = "/tmp/check-report-XXXXXX";
    char why[400] = "";
    (void)close(mkstemp(path));
    json_t *runs = read_text(RUN CASE END RUN END, why, sizeof why);
    ck_assert_msg(json_array_size(runs) == 2, "%s", why);
    ck_assert_int_eq(report_save(path, report_json, runs), 0);
    json_t *again = report_read(path, why, sizeof why);
    ck_assert_msg(json_equal(runs, again), "%s", why);
    json_decref(again);
    json_decref(runs);
    (void)unlink(path);
}
END_TEST

static void write_nothing(FILE *out, const json_t *runs)
{
    (void)out, (void)runs;
}

START_TEST(files_are_whole_or_not_there)
{
    char dir[] = "/tmp/check-report-XXXXXX";
    char path[64];
    struct stat status;
    ck_assert_ptr_nonnull(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/report", dir);
    ck_assert_int_eq(report_may_save(path), 0);
    ck_assert_msg(stat(path, &status) != 0, "asking leaves nothing behind");
    ck_assert_int_eq(report_save(path, write_nothing, NULL), 0);
    ck_assert_int_eq(stat(path, &status), 0);
    (void)unlink(path);
    ck_assert_msg(rmdir(dir) == 0, "no temporary file stays");
    ck_assert_int_eq(report_may_save(path), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(report_save(path, write_nothing, NULL), -1);
    ck_assert_int_eq(report_may_save("/tmp"), -1);
    ck_assert_int_eq(errno, EISDIR);
    json_t *none = json_array();
    ck_assert_msg(report_save("/dev/full", report_tap, none) == -1, "a full disk is an error");
    ck_assert_int_eq(report_save("/dev/null", report_tap, none), 0);
    ck_assert_msg(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode),
                  "a device is not replaced");
    json_decref(none);
}
END_TEST

TEST_MAIN("report", hostile_texts, curl_lines, answers, dumps, styles, progress, what_is_no_report,
          written_and_read_back, files_are_whole_or_not_there)
