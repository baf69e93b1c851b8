/* Nothing is given out of a token that was not accepted. */
#include "validator/core/result.h"

#include "validator/policy/challenge.h"

#include <stdlib.h>
#include <string.h>

struct btv_result *btv_result_new(void)
{
    struct btv_result *r = calloc(1, sizeof *r);
    if (!r) {
        return NULL;
    }
    r->verifier = jose_verifier_new();
    if (!r->verifier) {
        btv_result_free(r);
        return NULL;
    }
    return r;
}

void btv_result_free(struct btv_result *r)
{
    if (!r) {
        return;
    }
    jose_verifier_free(r->verifier);
    free(r->payload_json);
    free(r->decoded);
    free(r);
}

void btv_result_reset(struct btv_result *r)
{
    r->error = BTV_UNDECIDED;
    r->validated = false;
    r->retry_after_s = 0;
    r->detail.text[0] = '\0';
    r->challenged = false;
    r->kid[0] = '\0';
    r->tenant[0] = '\0';
    r->authority = NULL;
    r->decoded_used = 0;
    memset(r->decoded_claims, 0, r->claims.count * sizeof r->decoded_claims[0]);
    r->claims.count = 0;
}

int btv_result_reserve(struct btv_result *r, size_t bytes)
{
    if (bytes + 1 <= r->payload_cap) {
        return 0;
    }
    size_t cap = bytes + 1 > 4096 ? bytes + 1 : 4096;
    unsigned char *payload = malloc(cap);
    char *decoded = malloc(cap);
    if (!payload || !decoded) {
        free(payload);
        free(decoded);
        return -1;
    }
    free(r->payload_json);
    free(r->decoded);
    r->payload_json = payload;
    r->decoded = decoded;
    r->payload_cap = cap;
    return 0;
}

enum btv_error btv_result_conclude(struct btv_result *r, enum btv_error e,
                                   const struct btv_words *scopes, const char *acrs)
{
    r->error = e;
    r->validated = e == BTV_OK;
    if (e == BTV_CLAIMS_INSUFFICIENT && acrs) {
        r->challenged = btv_claims_challenge(acrs, r->policy->authorization_uri, r->challenge,
                                             sizeof r->challenge);
    } else {
        r->challenged = e != BTV_OK && btv_challenge(e, scopes, r->challenge, sizeof r->challenge);
    }
    return e;
}

enum btv_error btv_result_error(const struct btv_result *r)
{
    return r->error;
}

int btv_result_http_status(const struct btv_result *r)
{
    return btv_error_http_status(r->error);
}

const char *btv_result_challenge(const struct btv_result *r)
{
    return r->challenged ? r->challenge : NULL;
}

int btv_result_retry_after_s(const struct btv_result *r)
{
    return r->retry_after_s;
}

const char *btv_result_detail(const struct btv_result *r)
{
    return r->detail.text;
}

const char *btv_result_claims_json(const struct btv_result *r)
{
    return r->error == BTV_OK ? r->claims.json.data : NULL;
}

/* Copies text that is no string as it stands. */
static bool copy_raw(struct jose_span text, char *out, size_t cap, size_t *len)
{
    if (text.len >= cap) {
        return false;
    }
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    *len = text.len;
    return true;
}

/* Decodes the claim of the member `v` behind those that were asked for before. */
static const char *decode_claim(struct btv_result *r, const struct jose_json_value *v)
{
    char *out = r->decoded + r->decoded_used;
    size_t cap = r->payload_cap - r->decoded_used;
    size_t len = 0;
    if (!(v->type == JOSE_JSON_STRING ? jose_json_copy(v, out, cap, &len)
                                      : copy_raw(v->text, out, cap, &len))) {
        return NULL;
    }
    r->decoded_used += len + 1;
    return out;
}

const char *btv_result_claim(const struct btv_result *r, const char *name)
{
    const struct jose_json_value *v =
        r->error == BTV_OK ? jose_claims_find(&r->claims, name) : NULL;
    if (!v) {
        return NULL;
    }
    /* the result is the caller's own, one thread at a time; const says that no verdict changes */
    struct btv_result *own = (struct btv_result *)(uintptr_t)r;
    for (size_t i = 0; i < r->claims.count; i++) {
        if (v == &r->claims.members[i].value) {
            own->decoded_claims[i] =
                own->decoded_claims[i] ? own->decoded_claims[i] : decode_claim(own, v);
            return own->decoded_claims[i];
        }
    }
    return NULL;
}
