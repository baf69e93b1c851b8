/* A JWT that a request brings along (RFC 7521): read strictly, believed only after its signature.
 */
#ifndef MOCKIDP_GRANTS_ASSERTION_H
#define MOCKIDP_GRANTS_ASSERTION_H

#include "validator/jose/claims.h"
#include "validator/jose/compact.h"
#include "validator/jose/header.h"

#include <openssl/evp.h>

enum {
    ASSERTION_MAX = 32 * 1024,
    ASSERTION_TEXT_CAP = 512,
    ASSERTION_THUMBPRINT_CAP = 65 /* of SHA-256, in hexadecimal digits */
};

/* struct assertion borrows the text that it was parsed from. */
struct assertion {
    struct jose_compact compact;
    struct jose_header header;
    size_t field_count;
    struct jose_json_member fields[JOSE_HEADER_MEMBERS]; /* of the header, all */
    struct jose_claims claims;
    size_t header_len;
    unsigned char bytes[]; /* header and payload, decoded */
};

/* assertion_parse returns a newly allocated assertion, or NULL when it is no compact JWS of strict
 * JSON objects. */
struct assertion *assertion_parse(const char *text);
void assertion_free(struct assertion *assertion);

/* assertion_field returns a member of the header; assertion_claim one of the payload; NULL without.
 */
const struct jose_json_value *assertion_field(const struct assertion *assertion, const char *name);
const struct jose_json_value *assertion_claim(const struct assertion *assertion, const char *name);

/* assertion_text copies a string; false (and "") when it is none or too long. `value` may be NULL.
 */
bool assertion_text(const struct jose_json_value *value, char out[ASSERTION_TEXT_CAP]);

/* assertion_seconds reads a time: a number, or as MSAL.NET writes it a string of digits. */
bool assertion_seconds(const struct jose_json_value *value, int64_t *out);

/* assertion_read_thumbprint copies x5t#S256, x5t or kid of the header as unpadded base64url: some
 * clients pad it, and MSAL Go writes base64. False (and "") without one. */
bool assertion_read_thumbprint(const struct assertion *assertion, const char *member,
                               char out[ASSERTION_TEXT_CAP]);

/* assertion_thumbprint writes what the header names the key by (x5t#S256, x5t or kid) as Entra
 * names it: in hexadecimal digits. "" without one. */
void assertion_thumbprint(const struct assertion *assertion, char hex[ASSERTION_THUMBPRINT_CAP]);

/* assertion_is_signed_by checks the signature with one key, for the algorithm that the header
 * names. */
bool assertion_is_signed_by(const struct assertion *assertion, EVP_PKEY *key);

/* assertion_is_signed_with_hash is the same of a token for Microsoft Graph, of which the header was
 * signed with the SHA-256 of its nonce in the nonce's place. False without a nonce. */
bool assertion_is_signed_with_hash(const struct assertion *assertion, EVP_PKEY *key);

#endif
