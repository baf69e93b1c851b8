/*
 * RFC 6750 §3.1: "If the request lacks any authentication information […] the resource server
 * SHOULD NOT include an error code or other error information."
 */
#include "validator/policy/challenge.h"

#include <stdio.h>

/* A scope name may hold neither quote nor backslash (RFC 6749 §3.3), which the configuration has
 * checked. */
static void append_scopes(const struct btv_words *scopes, char *out, size_t cap)
{
    size_t used = strlen(out);
    for (size_t i = 0; i < scopes->count && used < cap; i++) {
        const char *before = i == 0 ? ", scope=\"" : " ";
        int n = snprintf(out + used, cap - used, "%s%.*s", before, (int)scopes->items[i].len,
                         scopes->items[i].data);
        used += n > 0 ? (size_t)n : 0;
    }
    if (scopes->count > 0 && used + 1 < cap) {
        snprintf(out + used, cap - used, "\"");
    }
}

bool btv_challenge(enum btv_error e, const struct btv_words *scopes, char *out, size_t cap)
{
    int status = btv_error_http_status(e);
    const char *error = btv_error_oauth(e);
    if (status != 400 && status != 401 && status != 403) {
        return false;
    }
    if (!error) {
        snprintf(out, cap, "Bearer");
        return true;
    }
    snprintf(out, cap, "Bearer error=\"%s\", error_description=\"%s\"", error,
             btv_error_sentence(e));
    if (e == BTV_SCOPE_MISSING) {
        append_scopes(scopes, out, cap);
    }
    return true;
}
