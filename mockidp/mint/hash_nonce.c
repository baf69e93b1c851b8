/* Microsoft Graph's tokens: what is signed has the SHA-256 of the header's nonce in the nonce's
 * place, so that nobody but Graph finds their signature good. */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/oven.h"

#include <stdlib.h>
#include <string.h>

/* A mutation of the header would have to be made twice. */
static bool has_signed_mutation(const struct mint_oven *oven)
{
    const json_t *mutation = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(oven->recipe, "mutate"), i, mutation)
    {
        if (json_is_true(json_object_get(mutation, "signed"))) {
            return true;
        }
    }
    return false;
}

/* write_with writes the header with another nonce, and leaves it as it was. */
static int write_with(struct mint_oven *oven, const char *nonce, struct mint_bytes *out)
{
    json_t *own = json_incref(json_object_get(oven->header, "nonce"));
    int status = json_object_set_new(oven->header, "nonce", json_string(nonce));
    if (status == 0) {
        status = mint_text(oven, "/header", json_object_get(oven->recipe, "header"), oven->header,
                           oven->header_raw, out);
    }
    (void)json_object_set_new(oven->header, "nonce", own);
    return status;
}

char *mint_header_with_hashed_nonce(struct mint_oven *oven)
{
    const char *nonce = json_string_value(json_object_get(oven->header, "nonce"));
    const json_t *changes = json_object_get(oven->recipe, "header");
    struct mint_bytes text = {0};
    if (!nonce || json_object_get(oven->header_raw, "nonce") || json_object_get(changes, "raw")) {
        (void)mint_fault(oven, "/sign/hash_nonce", "the header has no nonce that is a text");
        return NULL;
    }
    if (has_signed_mutation(oven)) {
        (void)mint_fault(oven, "/sign/hash_nonce", "no mutation that is signed goes with it");
        return NULL;
    }
    char *out = NULL;
    char *hash = mint_sha256_base64url(nonce, strlen(nonce));
    if (hash && write_with(oven, hash, &text) == 0) {
        out = mint_base64url(text.data, text.len);
    }
    if (!out) {
        (void)mint_fault(oven, "/sign/hash_nonce", "out of memory");
    }
    free(hash);
    free(text.data);
    return out;
}
