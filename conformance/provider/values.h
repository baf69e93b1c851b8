/* What the texts of a case may name, ${web.id}: the issuer's profile, words of this variant, and
 * what was captured from earlier answers. */
#ifndef CONFORMANCE_PROVIDER_VALUES_H
#define CONFORMANCE_PROVIDER_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CF_NAME_CAP 128

/* Zeroed is empty. */
struct cf_values {
    const json_t *profile; /* borrowed */
    json_t *words;         /* "state", "nonce", "guid", "verifier", and what was captured; owned */
    int64_t now;           /* Unix seconds, of the issuer's clock */
    char lacking[CF_NAME_CAP]; /* the name that was not found last */
};

/* cf_values_begin makes new random words for a variant; -1 without memory. */
int cf_values_begin(struct cf_values *v, const json_t *profile, int64_t now);
void cf_values_end(struct cf_values *v);

/* cf_values_set keeps a captured value, whose reference it takes over. */
void cf_values_set(struct cf_values *v, const char *name, json_t *value);

/*
 * cf_values_expand replaces ${NAME} in a text: a member of the profile or of its objects
 * ("web.id"), a word, "now", "now+300", "now-5", or a function of another name: "sha256:NAME" and
 * "half:NAME" (base64url of the digest, or of its first 16 octets, OpenID Connect Core §3.3.2.11),
 * "upper:NAME", "lower:NAME", "host:NAME" (host and port of a URL). `escape` puts a backslash
 * before what is special in a regular expression. Newly allocated; NULL when a name is not there
 * (v->lacking) or is no text or number, or without memory.
 */
char *cf_values_expand(struct cf_values *v, const char *text, bool escape);

#endif
