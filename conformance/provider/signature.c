/* libbtv's signature check, with the keys of an issuer. */
#include "conformance/provider/signature.h"

#include "validator/jose/b64url.h"
#include "validator/jose/compact.h"
#include "validator/jose/header.h"
#include "validator/jose/jwks.h"
#include "validator/jose/verify.h"

#include <stdio.h>
#include <stdlib.h>

#define TOKEN_MAX ((size_t)256 << 10)

struct cf_signatures {
    struct jose_jwks jwks;
    struct jose_verifier *verifier;
};

struct cf_signatures *cf_signatures_new(const char *jwks, size_t len, char *why, size_t cap)
{
    struct cf_signatures *s = calloc(1, sizeof *s);
    const char *fault = "out of memory";
    if (s && jose_jwks_parse(jose_span(jwks, len), &s->jwks, NULL, NULL) != 0) {
        fault = "what jwks_uri answers is no JWK Set";
    } else if (s && s->jwks.count == 0) {
        fault = "no key of the key set is fit for verifying signatures";
    } else if (s && (s->verifier = jose_verifier_new())) {
        return s;
    }
    (void)snprintf(why, cap, "%s", fault);
    cf_signatures_free(s);
    return NULL;
}

void cf_signatures_free(struct cf_signatures *s)
{
    if (s) {
        jose_verifier_free(s->verifier);
        jose_jwks_cleanup(&s->jwks);
        free(s);
    }
}

int cf_signatures_verify(const struct cf_signatures *s, const char *token, char *why, size_t cap)
{
    unsigned char json[JOSE_HEADER_BYTES];
    size_t len = 0;
    struct jose_compact parts;
    struct jose_header header;
    const struct jose_alg *alg = NULL;
    const struct jose_jwk *key = NULL;
    if (jose_compact_split(jose_span_of(token), TOKEN_MAX, &parts) != BTV_OK ||
        !jose_b64url_decode(parts.header, json, sizeof json, &len) ||
        jose_header_parse(jose_span((const char *)json, len), &header) != BTV_OK) {
        (void)snprintf(why, cap, "it is no well-formed JWS");
        return -1;
    }
    alg = jose_alg_find_value(&header.alg);
    key = header.has_kid ? jose_jwks_find(&s->jwks, &header.kid) : NULL;
    if (!alg || alg->id != JOSE_RS256) {
        (void)snprintf(why, cap, "its alg is not RS256");
        return -1;
    }
    if (!key) {
        (void)snprintf(why, cap, "its kid is not in the key set");
        return -1;
    }
    enum btv_error e = jose_verify(s->verifier, alg, key, parts.signing_input, parts.signature);
    (void)snprintf(why, cap, "the signature does not verify");
    return e == BTV_OK ? 0 : -1;
}
