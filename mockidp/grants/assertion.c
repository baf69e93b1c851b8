/* Reading with the validator's strict parsers: what it refuses, a client should not send. */
#include "mockidp/grants/assertion.h"

#include "mockidp/mint/encode.h"
#include "validator/jose/b64url.h"
#include "validator/jose/verify.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool decode_parts(struct assertion *a)
{
    size_t room = JOSE_B64URL_CAP(a->compact.header.len);
    size_t header_len = 0;
    size_t payload_len = 0;
    unsigned char *payload = a->bytes + room;
    if (!jose_b64url_decode(a->compact.header, a->bytes, room, &header_len) ||
        !jose_b64url_decode(a->compact.payload, payload, JOSE_B64URL_CAP(a->compact.payload.len),
                            &payload_len)) {
        return false;
    }
    struct jose_span header = jose_span((const char *)a->bytes, header_len);
    a->header_len = header_len;
    return jose_header_parse(header, &a->header) == BTV_OK &&
           jose_json_object(header, a->fields, JOSE_HEADER_MEMBERS, &a->field_count) &&
           jose_claims_parse(jose_span((const char *)payload, payload_len), &a->claims) == BTV_OK;
}

struct assertion *assertion_parse(const char *text)
{
    struct jose_compact compact;
    if (jose_compact_split(jose_span_of(text), ASSERTION_MAX, &compact) != BTV_OK) {
        return NULL;
    }
    struct assertion *a = calloc(1, sizeof *a + JOSE_B64URL_CAP(compact.header.len) +
                                        JOSE_B64URL_CAP(compact.payload.len));
    if (!a) {
        return NULL;
    }
    a->compact = compact;
    if (!decode_parts(a)) {
        assertion_free(a);
        return NULL;
    }
    return a;
}

void assertion_free(struct assertion *a)
{
    free(a);
}

const struct jose_json_value *assertion_field(const struct assertion *a, const char *name)
{
    return jose_json_find(a->fields, a->field_count, name);
}

const struct jose_json_value *assertion_claim(const struct assertion *a, const char *name)
{
    return jose_claims_find(&a->claims, name);
}

bool assertion_text(const struct jose_json_value *value, char out[ASSERTION_TEXT_CAP])
{
    size_t len = 0;
    if (!value || !jose_json_copy(value, out, ASSERTION_TEXT_CAP, &len)) {
        out[0] = '\0';
        return false;
    }
    return strlen(out) == len;
}

bool assertion_seconds(const struct jose_json_value *value, int64_t *out)
{
    char text[ASSERTION_TEXT_CAP];
    if (!value || value->type == JOSE_JSON_NUMBER) {
        return value && jose_json_seconds(value, out);
    }
    if (!assertion_text(value, text) || strspn(text, "0123456789") != strlen(text) ||
        strlen(text) == 0 || strlen(text) > 15) {
        return false;
    }
    *out = strtoll(text, NULL, 10);
    return true;
}

bool assertion_read_thumbprint(const struct assertion *a, const char *member,
                               char out[ASSERTION_TEXT_CAP])
{
    if (!assertion_text(assertion_field(a, member), out)) {
        return false;
    }
    out[strcspn(out, "=")] = '\0';
    for (char *at = out; *at; at++) {
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    }
    return true;
}

void assertion_thumbprint(const struct assertion *a, char hex[ASSERTION_THUMBPRINT_CAP])
{
    static const char *const fields[] = {"x5t#S256", "x5t", "kid"};
    char name[ASSERTION_TEXT_CAP] = "";
    size_t len = 0;
    size_t used = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && !name[0]; i++) {
        (void)assertion_read_thumbprint(a, fields[i], name);
    }
    unsigned char *bytes = mint_unbase64url(name, &len);
    hex[0] = '\0';
    for (size_t i = 0; bytes && i < len && used + 3 <= ASSERTION_THUMBPRINT_CAP; i++) {
        used += (size_t)snprintf(hex + used, ASSERTION_THUMBPRINT_CAP - used, "%02X", bytes[i]);
    }
    free(bytes);
}

static bool is_signed(const struct assertion *a, EVP_PKEY *key, struct jose_span input)
{
    const struct jose_alg *alg = jose_alg_find_value(&a->header.alg);
    struct jose_jwk jwk = {.key = key, .bits = (unsigned)EVP_PKEY_get_bits(key)};
    struct jose_verifier *verifier = jose_verifier_new();
    bool good = alg && verifier && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
                jose_verify(verifier, alg, &jwk, input, a->compact.signature) == BTV_OK;
    jose_verifier_free(verifier);
    return good;
}

bool assertion_is_signed_by(const struct assertion *a, EVP_PKEY *key)
{
    return is_signed(a, key, a->compact.signing_input);
}

/* input_with returns what was signed when `hash` stood where the nonce does, newly allocated. */
static char *input_with(const struct assertion *a, struct jose_span nonce, const char *hash)
{
    const char *header = (const char *)a->bytes;
    const char *end = header + a->header_len;
    const char *rest = nonce.data + nonce.len;
    char *text = NULL;
    char *input = NULL;
    int len = asprintf(&text, "%.*s%s%.*s", (int)(nonce.data - header), header, hash,
                       (int)(end - rest), rest);
    char *part = len > 0 ? mint_base64url(text, (size_t)len) : NULL;
    if (!part || asprintf(&input, "%s.%.*s", part, (int)a->compact.payload.len,
                          a->compact.payload.data) < 0) {
        input = NULL;
    }
    free(part);
    free(len > 0 ? text : NULL);
    return input;
}

bool assertion_is_signed_with_hash(const struct assertion *a, EVP_PKEY *key)
{
    const struct jose_json_value *nonce = assertion_field(a, "nonce");
    char text[ASSERTION_TEXT_CAP];
    char *hash = assertion_text(nonce, text) ? mint_sha256_base64url(text, strlen(text)) : NULL;
    char *input = hash ? input_with(a, nonce->text, hash) : NULL;
    bool good = input && is_signed(a, key, jose_span_of(input));
    free(input);
    free(hash);
    return good;
}
