/* What the steps of one baking share. */
#ifndef MOCKIDP_MINT_OVEN_H
#define MOCKIDP_MINT_OVEN_H

#include "mockidp/mint/bake.h"

/* Most that one value, header, payload or token may become. */
#define MINT_TEXT_MAX ((size_t)8 << 20)
/* Most that all values, mutations and header lines of one recipe may make, one after the other. */
#define MINT_SPEND_MAX ((size_t)64 << 20)
#define MINT_POINTER_CAP 256

struct mint_oven {
    const struct mint_context *context;
    const json_t *recipe;
    const struct mint_base *base;
    struct mint_facts facts;
    const char *origin; /* of issuers: the recipe's for.origin, or the context's */
    char issuer_v1[256];
    char issuer_v2[256];
    json_t *claims;     /* the base's, then changed */
    json_t *claims_raw; /* member name → JSON text that stands for its value */
    json_t *header;
    json_t *header_raw;
    int depth;     /* 1, and one more for a token inside a token */
    size_t *spent; /* of MINT_SPEND_MAX; shared with the tokens inside */
    char *why;
    size_t cap;
};

/* Bytes with their count; `data` is owned and terminated. */
struct mint_bytes {
    char *data;
    size_t len;
};

/* mint_fault writes "POINTER: sentence" (printf style) and returns -1. */
int mint_fault(struct mint_oven *oven, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* mint_pointer writes the pointer of a member, escaped (RFC 6901 §3); a long one is cut. */
void mint_pointer(char *out, size_t cap, const char *parent, const char *name);

/* mint_check_members refuses what is no object (NULL is fine), and members that `words` (separated
 * by spaces) does not name. */
int mint_check_members(struct mint_oven *oven, const char *pointer, const json_t *object,
                       const char *words);

/* mint_check_text refuses a member that is there and is no string. */
int mint_check_text(struct mint_oven *oven, const char *pointer, const json_t *object,
                    const char *name);

/* mint_spend counts bytes that the recipe made; -1 with the fault beyond MINT_SPEND_MAX. */
int mint_spend(struct mint_oven *oven, const char *pointer, size_t bytes);

/* mint_bake_within bakes a token that stands inside the one of `outer`. */
int mint_bake_within(const struct mint_oven *outer, const json_t *recipe,
                     const struct mint_facts *facts, struct mint_token *out);

/* ---- claims: the bases ---- */

/* mint_base_named returns the base of that name, static; NULL without one. */
const struct mint_base *mint_base_named(const char *name);

/* mint_base_claims sets oven->claims and oven->header for a base. */
int mint_base_claims(struct mint_oven *oven, const struct mint_base *base);

/* The members of each kind of token, in Entra's order. New references, or NULL without memory. */
json_t *mint_access_v1(const struct mint_oven *oven);
json_t *mint_access_v2(const struct mint_oven *oven);
json_t *mint_id_token(const struct mint_oven *oven, int version);

/* mint_set_text sets a string member unless `text` is NULL. */
int mint_set_text(json_t *object, const char *name, const char *text);
/* mint_set_times sets iat, nbf and exp, by the facts' lifetime or this one; mint_set_random a
 * base64url member of `bytes` random bytes after `prefix`; mint_set_rh the one that looks like a
 * piece of a refresh token: "1.A….AAA." */
int mint_set_times(const struct mint_oven *oven, json_t *object, int64_t lifetime_s);
int mint_set_random(const struct mint_oven *oven, json_t *object, const char *name,
                    const char *prefix, size_t bytes);
int mint_set_rh(const struct mint_oven *oven, json_t *object, bool v1);
/*
 * mint_set_groups sets groups, or in a fragment with too many of them hasgroups; mint_set_overage
 * the markers that stand for more than 200 (Entra "Configure group claims"). Of the two one sets
 * something.
 */
int mint_set_groups(const struct mint_oven *oven, json_t *object);
int mint_set_overage(const struct mint_oven *oven, json_t *object);
/* mint_set_amr sets how the user signed in. */
int mint_set_amr(const struct mint_oven *oven, json_t *object);
/* mint_set_roles sets roles, which are absent rather than empty. */
int mint_set_roles(const struct mint_oven *oven, json_t *object);
/* mint_pairwise returns the 43-character sub of a user at an audience; free it. */
char *mint_pairwise(const struct mint_oven *oven, const char *audience);

/* ---- values: the small language inside set ---- */

/*
 * mint_value evaluates `value`. Returns a new reference, or NULL with the fault. When the result is
 * JSON text to be written as it is, *raw is set (a new reference to a string) and the returned
 * value is a placeholder.
 */
json_t *mint_value(struct mint_oven *oven, const char *pointer, const json_t *value, json_t **raw);

/* mint_value_bytes evaluates a value to bytes: a string's, {"hex"}'s, or the compact JSON text of
 * anything else. */
int mint_value_bytes(struct mint_oven *oven, const char *pointer, const json_t *value,
                     struct mint_bytes *out);

/* ---- text, signature, mutation ---- */

/* mint_change applies {"set","remove"} to an object. */
int mint_change(struct mint_oven *oven, const char *pointer, const json_t *changes, json_t *object,
                json_t *raw);

/* mint_text writes an object as JSON text, or the bytes of its "raw", with "insert_raw" behind the
 * first brace. */
int mint_text(struct mint_oven *oven, const char *pointer, const json_t *changes,
              const json_t *object, const json_t *raw, struct mint_bytes *out);

struct mint_signing {
    const char *alg;            /* that signs */
    const struct mint_key *key; /* NULL for none and HMAC */
    struct mint_bytes secret;   /* of HMAC */
    bool hash_nonce;            /* the header is signed with the hash of its nonce */
    const char *forgery;        /* "digest_info", "message" or a pkcs1 one, or NULL */
    const char *message;        /* of "message": hex with {digest} or {input}; borrowed */
};

/* mint_plan_signature reads `sign`, completes the header (alg, kid, x5t, jwk, x5c) and fills `out`.
 */
int mint_plan_signature(struct mint_oven *oven, struct mint_signing *out);

/* mint_sign signs `input`. 0, or -1 with the fault. An empty signature for alg none. */
int mint_sign(struct mint_oven *oven, const struct mint_signing *signing,
              const struct mint_bytes *input, struct mint_bytes *out);

/* mint_header_with_hashed_nonce returns the base64url of the header that is signed when the hash of
 * its nonce stands in the nonce's place, newly allocated; NULL with the fault. */
char *mint_header_with_hashed_nonce(struct mint_oven *oven);

/* mint_forgery_named returns the static name of a {"pkcs1":NAME} forgery, or NULL. */
const char *mint_forgery_named(const char *name);

/* mint_sign_forged makes an RSA signature over a hand-made encoded message of the kind
 * `signing->forgery`. */
int mint_sign_forged(struct mint_oven *oven, const struct mint_signing *signing,
                     const struct mint_bytes *input, struct mint_bytes *out);

/* The parts as text, in transit between signing and sending. */
struct mint_parts {
    char *header;
    char *payload;
    char *signature;
    int first_octet;                    /* of the signature; -1 without one */
    char *token;                        /* instead of the three, once "segments" was applied */
    const struct mint_key *key;         /* that signed, for add_modulus */
    const struct mint_signing *signing; /* once it is done, for nest */
};

/* mint_starts_with_zero says whether a base64url text stands for octets of which the first is 0. */
bool mint_starts_with_zero(const char *part);

/* mint_mutate applies those mutations whose "signed" member is `before_signing`. */
int mint_mutate(struct mint_oven *oven, struct mint_parts *parts, bool before_signing);

/* mint_wrap makes the header values of a finished token. */
int mint_wrap(struct mint_oven *oven, struct mint_token *out);

#endif
