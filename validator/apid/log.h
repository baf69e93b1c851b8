/* Lines on stderr: one a request, one a refresh of the keys. Never a token, a query or a name. */
#ifndef VALIDATOR_APID_LOG_H
#define VALIDATOR_APID_LOG_H

#include "btv/validator.h"

enum log_format { LOG_TEXT, LOG_JSON, LOG_OFF };

/* log_format_parse reads "text", "json" or "off". Returns -1 on anything else. */
int log_format_parse(const char *name, enum log_format *format);

/* struct log_request is what is told of a request. `path` is a route of this program or "other", so
 * that nothing that a client wrote there can be a secret. */
struct log_request {
    const char *method;
    const char *path;
    int status;
    const char *code;   /* of the refusal, or "ok" */
    const char *detail; /* what was expected and found, or "" */
    int64_t took_us;
};

/* log_request writes one line, in one write. Any thread. */
void log_request(enum log_format format, const struct log_request *request);

/* log_event is a btv_event_fn: it tells of refreshes and of keys that are not used. `format` points
 * to an enum log_format. */
void log_event(void *format, const struct btv_event *event);

#endif
