/* Rendering and writing log lines. */
#include "mockidp/platform/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool log_format_parse(const char *name, enum log_format *format)
{
    static const char *const names[] = {
        [LOG_OFF] = "off", [LOG_TEXT] = "text", [LOG_JSON] = "json"};

    *format = LOG_OFF;
    for (int i = LOG_OFF; name != NULL && i <= LOG_JSON; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum log_format)i;
            return true;
        }
    }
    return name == NULL;
}

/* print_pair writes " name=value"; a value with a space or a quote is written as JSON. */
static void print_pair(FILE *out, const char *name, const json_t *value)
{
    const char *text = json_string_value(value);
    const char *space = ftell(out) > 0 ? " " : "";

    if (text != NULL && *text == '\0') {
        return;
    }
    (void)fprintf(out, "%s%s=", space, name);
    if (text != NULL && strpbrk(text, " \"=") == NULL) {
        (void)fputs(text, out);
    } else {
        (void)json_dumpf(value, out, JSON_ENCODE_ANY | JSON_COMPACT);
    }
}

char *log_render(enum log_format format, json_t *object)
{
    char *line = NULL;
    size_t len = 0;
    FILE *out = format == LOG_OFF ? NULL : open_memstream(&line, &len);

    if (out == NULL) {
        return NULL;
    }
    if (format == LOG_JSON) {
        (void)json_dumpf(object, out, JSON_COMPACT);
    } else {
        for (void *at = json_object_iter(object); at != NULL;
             at = json_object_iter_next(object, at)) {
            print_pair(out, json_object_iter_key(at), json_object_iter_value(at));
        }
    }
    (void)fputc('\n', out);
    if (fclose(out) != 0) {
        free(line);
        return NULL;
    }
    return line;
}

void log_line(enum log_format format, json_t *object)
{
    char *line = log_render(format, object);

    if (line != NULL) {
        ssize_t ignored = write(STDERR_FILENO, line,
                                strlen(line)); /* a log that cannot be written is not reported */
        (void)ignored;
    }
    free(line);
}
