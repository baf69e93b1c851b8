/* Lines are made as JSON objects; the text form shows their values for a person. */
#include "validator/apid/log.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int log_format_parse(const char *name, enum log_format *format)
{
    static const char *const names[] = {
        [LOG_TEXT] = "text", [LOG_JSON] = "json", [LOG_OFF] = "off"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum log_format)i;
            return 0;
        }
    }
    return -1;
}

/* A value as it is when nothing in it could be mistaken for the frame of the line, else as JSON. */
static void print_value(FILE *out, const json_t *value)
{
    const char *text = json_string_value(value);
    bool plain = text && *text;
    for (const char *p = text; plain && *p; p++) {
        plain = *p > ' ' && *p < 0x7f && *p != '"' && *p != '=';
    }
    if (plain) {
        fputs(text, out);
    } else {
        json_dumpf(value, out, JSON_ENCODE_ANY | JSON_COMPACT);
    }
}

static void print_text(FILE *out, json_t *line)
{
    const char *name = NULL;
    json_t *value = NULL;
    bool first = true;
    json_object_foreach(line, name, value)
    {
        fprintf(out, "%s%s=", first ? "" : " ", name);
        print_value(out, value);
        first = false;
    }
}

static json_t *new_line(void)
{
    struct timespec now;
    struct tm parts;
    char second[32];
    char stamp[48];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(second, sizeof second, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(stamp, sizeof stamp, "%s.%03ldZ", second, now.tv_nsec / 1000000);
    return json_pack("{s:s}", "time", stamp);
}

/* Takes the reference to `line`, NULL included. A log that cannot be written stops nothing. */
static void write_line(enum log_format format, json_t *line)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = line ? open_memstream(&text, &len) : NULL;
    if (out) {
        if (format == LOG_JSON) {
            json_dumpf(line, out, JSON_COMPACT);
        } else {
            print_text(out, line);
        }
        fputc('\n', out);
        if (fclose(out) == 0) {
            ssize_t ignored = write(STDERR_FILENO, text, len);
            (void)ignored;
        }
    }
    free(text);
    json_decref(line);
}

/* A string member, unless there is nothing to say; bytes that are not UTF-8 are left out. */
static void add_text(json_t *line, const char *name, const char *text)
{
    if (text && *text) {
        json_object_set_new(line, name, json_string(text));
    }
}

void log_request(enum log_format format, const struct log_request *request)
{
    if (format == LOG_OFF) {
        return;
    }
    json_t *line = new_line();
    add_text(line, "method", request->method);
    add_text(line, "path", request->path);
    json_object_set_new(line, "status", json_integer(request->status));
    add_text(line, "code", request->code);
    json_object_set_new(line, "took_us", json_integer(request->took_us));
    add_text(line, "detail", request->detail);
    write_line(format, line);
}

void log_event(void *format, const struct btv_event *event)
{
    const enum log_format *wanted = format;
    if (*wanted == LOG_OFF || event->kind == BTV_EVENT_VALIDATION) {
        return;
    }
    bool skipped = event->kind == BTV_EVENT_KEY_SKIPPED;
    json_t *line = new_line();
    add_text(line, "event", skipped ? "key_skipped" : "refresh");
    add_text(line, "outcome", skipped ? NULL : btv_error_code(event->error));
    add_text(line, "kid", event->kid);
    add_text(line, "tenant", event->tenant);
    add_text(line, "detail", event->detail);
    if (!skipped) {
        json_object_set_new(line, "took_us", json_integer(event->latency_us));
    }
    write_line(*wanted, line);
}
