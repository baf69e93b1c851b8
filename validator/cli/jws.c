/* The steps of the pipeline up to the signature, on the parsers themselves. */
#include "validator/cli/jws.h"

#include "validator/core/command_line.h"
#include "validator/jose/b64url.h"
#include "validator/jose/compact.h"
#include "validator/jose/header.h"

#include <stdio.h>
#include <stdlib.h>

enum { JWKS_BYTES_MAX = 1024 * 1024, TOKEN_BYTES_MAX = 262144 };

int jws_algorithms(const char *names, unsigned *bits)
{
    *bits = 0;
    for (const char *p = names;; p++) {
        size_t len = strcspn(p, ",");
        const struct jose_alg *alg = jose_alg_find(jose_span(p, len));
        if (!alg) {
            return -1;
        }
        *bits |= 1U << alg->id;
        p += len;
        if (*p == '\0') {
            return 0;
        }
    }
}

int jws_open(struct jws_checker *checker, const char *jwks_file, char *why, size_t cap)
{
    size_t len = 0;
    char *text = btv_read_file(jwks_file, JWKS_BYTES_MAX, &len, why, cap);
    if (!text) {
        return -1;
    }
    int status = jose_jwks_parse(jose_span(text, len), &checker->jwks, NULL, NULL);
    free(text);
    checker->verifier = status == 0 ? jose_verifier_new() : NULL;
    if (status != 0) {
        snprintf(why, cap, "%s: not a JWK Set", jwks_file);
    } else if (checker->jwks.count == 0) {
        snprintf(why, cap, "%s: no key of the set is fit for verifying signatures", jwks_file);
    } else if (!checker->verifier) {
        snprintf(why, cap, "out of memory");
    } else {
        return 0;
    }
    return -1;
}

void jws_close(struct jws_checker *checker)
{
    jose_verifier_free(checker->verifier);
    jose_jwks_cleanup(&checker->jwks);
}

static enum btv_error choose_key(const struct jose_jwks *jwks, const struct jose_header *header,
                                 const struct jose_jwk **key)
{
    if (header->has_kid) {
        *key = jose_jwks_find(jwks, &header->kid);
        return *key ? BTV_OK : BTV_KID_UNKNOWN;
    }
    *key = &jwks->keys[0];
    return jwks->count == 1 ? BTV_OK : BTV_KID_MISSING;
}

enum btv_error jws_check(struct jws_checker *checker, struct jose_span token)
{
    unsigned char json[JOSE_HEADER_BYTES];
    size_t len = 0;
    struct jose_compact parts;
    struct jose_header header;
    const struct jose_jwk *key = NULL;
    enum btv_error e = jose_compact_split(token, TOKEN_BYTES_MAX, &parts);
    if (e != BTV_OK) {
        return e;
    }
    if (!jose_b64url_decode(parts.header, json, sizeof json, &len)) {
        return BTV_HEADER_MALFORMED;
    }
    if ((e = jose_header_parse(jose_span((const char *)json, len), &header)) != BTV_OK) {
        return e;
    }
    const struct jose_alg *alg = jose_alg_find_value(&header.alg);
    if (!alg || !(checker->algorithms & 1U << alg->id)) {
        return BTV_ALG_NOT_ALLOWED;
    }
    if ((e = choose_key(&checker->jwks, &header, &key)) != BTV_OK) {
        return e;
    }
    return jose_verify(checker->verifier, alg, key, parts.signing_input, parts.signature);
}
