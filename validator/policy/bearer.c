/* credentials = "Bearer" 1*SP b64token */
#include "validator/policy/bearer.h"

#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct jose_span trim(struct jose_span s)
{
    while (s.len > 0 && is_blank(s.data[0])) {
        s.data++;
        s.len--;
    }
    while (s.len > 0 && is_blank(s.data[s.len - 1])) {
        s.len--;
    }
    return s;
}

enum btv_error btv_bearer_token(struct jose_span value, struct jose_span *token)
{
    static const char scheme[] = "Bearer";
    const size_t scheme_len = sizeof scheme - 1;
    struct jose_span v = trim(value);
    size_t word = 0;
    while (word < v.len && !is_blank(v.data[word])) {
        word++;
    }
    if (word != scheme_len || strncasecmp(v.data, scheme, scheme_len) != 0) {
        /* a first word with more behind it is another scheme; alone it is credentials without one
         */
        return word < v.len || v.len == 0 ? BTV_NO_CREDENTIALS : BTV_BEARER_MALFORMED;
    }
    if (word == v.len) {
        return BTV_NO_CREDENTIALS;
    }
    size_t start = word;
    while (v.data[start] == ' ') {
        start++;
    }
    if (v.data[start] == '\t') {
        return BTV_BEARER_MALFORMED;
    }
    *token = jose_span(v.data + start, v.len - start);
    if (memchr(token->data, ' ', token->len) || memchr(token->data, '\t', token->len)) {
        return BTV_TOKEN_MALFORMED;
    }
    return BTV_OK;
}
