/* Lines on stderr, one a request: for a person or for a machine. */
#ifndef MOCKIDP_PLATFORM_LOG_H
#define MOCKIDP_PLATFORM_LOG_H

#include <jansson.h>
#include <stdbool.h>

enum log_format { LOG_OFF, LOG_TEXT, LOG_JSON };

/* log_format_parse reads "off", "text" or "json" (NULL: off); false on anything else. */
bool log_format_parse(const char *name, enum log_format *format);

/*
 * log_line writes one flat object to stderr as one line, in one write: as JSON, or as name=value
 * pairs in which empty strings are left out. Takes no reference. Nothing secret may be in it. Any
 * thread.
 */
void log_line(enum log_format format, json_t *object);

/* log_render is log_line into a newly allocated string with its final newline, or NULL (LOG_OFF, no
 * memory). */
char *log_render(enum log_format format, json_t *object);

#endif
