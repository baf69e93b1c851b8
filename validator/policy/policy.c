/* Words and details: what every check of the policy leans on. */
#include "validator/policy/policy.h"

#include <stdio.h>
#include <stdlib.h>

int btv_words_init(struct btv_words *w, const char *text)
{
    memset(w, 0, sizeof *w);
    if (!text || !*text) {
        return 0;
    }
    w->text = strdup(text);
    w->items = calloc(strlen(text) / 2 + 1, sizeof *w->items);
    if (!w->text || !w->items) {
        btv_words_cleanup(w);
        return -1;
    }
    for (const char *p = w->text + strspn(w->text, " "); *p; p += strspn(p, " ")) {
        size_t len = strcspn(p, " ");
        w->items[w->count++] = jose_span(p, len);
        p += len;
    }
    return 0;
}

bool btv_words_hold(const struct btv_words *w, struct jose_span word)
{
    for (size_t i = 0; i < w->count; i++) {
        if (jose_span_equal(w->items[i], word)) {
            return true;
        }
    }
    return false;
}

void btv_words_cleanup(struct btv_words *w)
{
    free(w->text);
    free(w->items);
    memset(w, 0, sizeof *w);
}

/* Copies what a person can read of `s`, at most 120 bytes, so that a hostile claim cannot write
 * into a log. */
static void readable(struct jose_span s, char out[124])
{
    size_t len = s.len < 120 ? s.len : 120;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        out[i] = c >= 0x20 && c < 0x7f ? s.data[i] : '?';
    }
    memcpy(out + len, s.len > len ? "..." : "", s.len > len ? 4 : 1);
}

void btv_detail_set(struct btv_detail *d, const char *what, struct jose_span expected,
                    struct jose_span found)
{
    char e[124];
    char f[124];
    readable(expected, e);
    readable(found, f);
    snprintf(d->text, sizeof d->text, "%s: expected %s, found %s", what, e,
             found.data ? f : "none");
}
