/* Reading one HTTP/1.1 answer from octets: no network here. */
#ifndef CONFORMANCE_ADAPTERS_HTTP_ANSWER_H
#define CONFORMANCE_ADAPTERS_HTTP_ANSWER_H

#include "conformance/adapters/adapter.h"

/* What cf_answer_parse found. */
enum cf_parsed {
    CF_PARSED_MORE,  /* not all of it is there yet */
    CF_PARSED_WHOLE, /* an answer */
    CF_PARSED_NONE,  /* it was closed before a single octet came */
    CF_PARSED_FAULT  /* what came is no answer, or the head was cut off */
};

/*
 * cf_answer_parse reads the answer at the front of `data`, which holds `len` octets and NUL behind
 * them; `closed` says that no more will come, and then a body that was cut off is an answer still.
 * `head_only` says that none has a body. *used is its length, *answer what it says (status 0 unless
 * it is whole). With CF_PARSED_FAULT *fault says what is wrong, borrowed.
 */
enum cf_parsed cf_answer_parse(const char *data, size_t len, bool closed, bool head_only,
                               struct cf_answer *answer, size_t *used, const char **fault);

/* cf_answer_take_header adds one header line, without its end, to an answer. */
void cf_answer_take_header(struct cf_answer *answer, const char *line, size_t len);

#endif
