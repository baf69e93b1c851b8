/* HTTP answers of any shape: read in one piece or octet by octet, they are the same answers, and
 * what was read stays within its bounds. The first octet says whether a HEAD is answered. */
#include "conformance/adapters/http_answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void check_bounds(const struct cf_answer *a, size_t used, size_t len)
{
    if (used > len || a->status < 0 || a->status > 999 ||
        strnlen(a->body, sizeof a->body) == sizeof a->body ||
        strnlen(a->head, sizeof a->head) == sizeof a->head ||
        strnlen(a->challenge, sizeof a->challenge) == sizeof a->challenge) {
        abort();
    }
}

static bool same_answer(const struct cf_answer *a, const struct cf_answer *b)
{
    return a->status == b->status && strcmp(a->body, b->body) == 0 &&
           strcmp(a->head, b->head) == 0 && strcmp(a->challenge, b->challenge) == 0;
}

/* The first answer, as if the octets had come one by one. */
static enum cf_parsed drip(const char *data, size_t len, bool head_only, struct cf_answer *answer,
                           size_t *used)
{
    const char *fault = NULL;
    char *so_far = calloc(1, len + 1);
    enum cf_parsed parsed = CF_PARSED_MORE;
    for (size_t i = 0; i <= len && parsed == CF_PARSED_MORE; i++) {
        parsed = cf_answer_parse(so_far, i, i == len, head_only, answer, used, &fault);
        if (i < len) {
            so_far[i] = data[i];
        }
    }
    free(so_far);
    return parsed;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    static struct cf_answer whole, dripped;
    bool head_only = size > 0 && octets[0] == 'H';
    size_t len = size > 0 ? size - 1 : 0;
    char *data = calloc(1, len + 1);
    size_t used = 0, first = 0;
    const char *fault = NULL;
    memcpy(data, octets + (size > 0), len);
    enum cf_parsed parsed = CF_PARSED_WHOLE;
    for (size_t at = 0; parsed == CF_PARSED_WHOLE && at < len; at += used) {
        parsed = cf_answer_parse(data + at, len - at, true, head_only, &whole, &used, &fault);
        check_bounds(&whole, used, len - at);
        if (parsed == CF_PARSED_MORE || (parsed == CF_PARSED_WHOLE && used == 0) ||
            (parsed == CF_PARSED_FAULT && !fault)) {
            abort();
        }
        if (at == 0 && len < 2048) {
            enum cf_parsed slowly = drip(data, len, head_only, &dripped, &first);
            bool same = memchr(data, '\0', len) ||
                        (slowly == parsed && first == used && same_answer(&whole, &dripped));
            if (!same) {
                abort();
            }
        }
    }
    free(data);
    return 0;
}
