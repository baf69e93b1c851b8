/*
 * RFC 6750 §3.1: "If the request lacks any authentication information […] the resource server
 * SHOULD NOT include an error code or other error information."
 */
#include "validator/policy/challenge.h"

#include <openssl/evp.h>
#include <stdio.h>

/* RFC 6749 §3.3: printable ASCII without quote and backslash; anything else would end the value, or
 * the header line. */
static bool is_scope(struct jose_span s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == '\\') {
            return false;
        }
    }
    return true;
}

/* As many scopes as fit with the closing quote. */
static void append_scopes(const struct btv_words *scopes, char *out, size_t cap)
{
    size_t used = strlen(out);
    const char *before = ", scope=\"";
    for (size_t i = 0; i < scopes->count; i++) {
        struct jose_span scope = scopes->items[i];
        if (!is_scope(scope) || used + strlen(before) + scope.len + sizeof "\"" > cap) {
            continue;
        }
        used +=
            (size_t)snprintf(out + used, cap - used, "%s%.*s", before, (int)scope.len, scope.data);
        before = " ";
    }
    if (before[0] == ' ') {
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

bool btv_claims_challenge(const char *acrs, const char *authorization_uri, char *out, size_t cap)
{
    char json[256];
    char base64[sizeof json * 4 / 3 + 4];
    int len = snprintf(json, sizeof json,
                       "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"%s\"}}}", acrs);
    if (len < 0 || (size_t)len >= sizeof json || !is_scope(jose_span_of(acrs))) {
        return false;
    }
    EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)json, len);
    len = snprintf(out, cap,
                   "Bearer realm=\"\", %s%s%serror=\"%s\", error_description=\"%s\", "
                   "claims=\"%s\"",
                   authorization_uri ? "authorization_uri=\"" : "",
                   authorization_uri ? authorization_uri : "", authorization_uri ? "\", " : "",
                   btv_error_oauth(BTV_CLAIMS_INSUFFICIENT),
                   btv_error_sentence(BTV_CLAIMS_INSUFFICIENT), base64);
    return len > 0 && (size_t)len < cap;
}
