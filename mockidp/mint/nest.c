/* Tokens in tokens: what is there becomes the payload of another one, signed by the same key (RFC
 * 7519 §11.2). */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/mutate.h"

#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = 64 };

static char *outer_header(const struct mint_parts *parts)
{
    json_t *header = json_pack("{s:s, s:s, s:s, s:s}", "typ", "JWT", "cty", "JWT", "alg",
                               parts->signing->alg, "kid", parts->key->kid);
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    char *encoded = text ? mint_base64url(text, strlen(text)) : NULL;
    json_decref(header);
    free(text);
    return encoded;
}

/* One layer around `token`. Newly allocated, or NULL with the fault. */
static char *wrap_layer(struct mint_mutating *m, const char *token)
{
    char *header = outer_header(m->parts);
    char *payload = mint_base64url(token, strlen(token));
    char *signature = NULL;
    char *out = NULL;
    struct mint_bytes input = {0};
    struct mint_bytes signed_bytes = {0};
    int len = header && payload ? asprintf(&input.data, "%s.%s", header, payload) : -1;
    input.len = len < 0 ? 0 : (size_t)len;
    if (len >= 0 && mint_sign(m->oven, m->parts->signing, &input, &signed_bytes) == 0 &&
        (signature = signed_bytes.len > 0 ? mint_base64url(signed_bytes.data, signed_bytes.len)
                                          : strdup("")) &&
        asprintf(&out, "%s.%s", input.data, signature) < 0) {
        out = NULL;
    }
    free(header);
    free(payload);
    free(signature);
    free(signed_bytes.data);
    if (len >= 0) {
        free(input.data);
    }
    return out;
}

/* {"nest":{"times":N}} N layers around the token; one without "times". Each is a third larger than
 * what it holds. */
int mint_mutate_nest(struct mint_mutating *m)
{
    json_int_t times = mint_number(m, "times", 1);
    if (times < 1 || times > LAYERS_MAX) {
        return mint_fault(m->oven, m->pointer, "1 to %d layers", LAYERS_MAX);
    }
    if (mint_parts_join(m) != 0) {
        return -1;
    }
    for (json_int_t i = 0; i < times; i++) {
        if (mint_part_set(m, &m->parts->token, wrap_layer(m, m->parts->token)) != 0) {
            return -1;
        }
    }
    return 0;
}
