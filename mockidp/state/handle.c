/* A sealed handle is 16 random octets, eight of kind and expiry, masked by a hash of the random
 * ones, and eight of a keyed hash over both (RFC 2104). */
#include "mockidp/state/handle.h"

#include "mockidp/mint/encode.h"
#include "mockidp/platform/rng.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX = 3, RANDOM = 16, FACTS = 8, TAG = 8, SEALED = RANDOM + FACTS + TAG };

static void write_text(const char *prefix, const unsigned char *octets, char out[STATE_HANDLE_CAP])
{
    char *text = mint_base64url(octets, SEALED);
    (void)snprintf(out, STATE_HANDLE_CAP, "%s%s", prefix, text ? text : "");
    free(text);
}

void state_handle_random(struct state *state, char out[STATE_HANDLE_CAP])
{
    unsigned char random[SEALED];
    rng_bytes(state->rng, random, sizeof random);
    write_text("", random, out);
    OPENSSL_cleanse(random, sizeof random);
}

/* keyed_hash hashes octets, what they are for, and how often the state was cleared. */
static void keyed_hash(const struct state *state, unsigned char purpose, const void *octets,
                       size_t len, unsigned char out[SHA256_DIGEST_LENGTH])
{
    unsigned clears = __atomic_load_n(&state->clears, __ATOMIC_RELAXED);
    size_t before = 1 + sizeof clears;
    unsigned char *input = malloc(before + len);
    if (!input) {
        abort(); /* without memory nothing can be vouched for */
    }
    input[0] = purpose;
    memcpy(input + 1, &clears, sizeof clears);
    memcpy(input + before, octets, len);
    if (!HMAC(EVP_sha256(), state->seal, sizeof state->seal, input, before + len, out, NULL)) {
        abort(); /* SHA-256 is not there: nothing of this program can work */
    }
    free(input);
}

/* hash writes eight octets of it. */
static void hash(const struct state *state, unsigned char purpose, const unsigned char *octets,
                 size_t len, unsigned char out[8])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    keyed_hash(state, purpose, octets, len, digest);
    memcpy(out, digest, 8);
}

void state_seal(const struct state *state, const char *text, char out[STATE_SEAL_CAP])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    keyed_hash(state, 's', text, strlen(text), digest);
    char *encoded = mint_base64url(digest, sizeof digest);
    (void)snprintf(out, STATE_SEAL_CAP, "%s", encoded ? encoded : "");
    free(encoded);
}

/* mask hides the facts behind the random octets, or shows them again. */
static void mask(const struct state *state, unsigned char octets[SEALED])
{
    unsigned char pad[FACTS];
    hash(state, 'm', octets, RANDOM, pad);
    for (size_t i = 0; i < FACTS; i++) {
        octets[RANDOM + i] ^= pad[i];
    }
}

void state_handle_sealed(struct state *state, const char *prefix, enum state_handle_kind kind,
                         int64_t expires, char out[STATE_HANDLE_CAP])
{
    unsigned char octets[SEALED];
    rng_bytes(state->rng, octets, RANDOM);
    octets[RANDOM] = (unsigned char)kind;
    for (size_t i = 1; i < FACTS; i++) {
        octets[RANDOM + i] = (unsigned char)((uint64_t)expires >> (8 * (FACTS - 1 - i)));
    }
    mask(state, octets);
    hash(state, 't', octets, RANDOM + FACTS, octets + RANDOM + FACTS);
    write_text(prefix, octets, out);
}

enum state_handle_kind state_handle_expired(struct state *state, const char *text)
{
    unsigned char tag[TAG];
    size_t len = 0;
    int64_t expires = 0;
    enum state_handle_kind kind = STATE_HANDLE_NONE;
    unsigned char *octets =
        strnlen(text, STATE_HANDLE_CAP) > PREFIX ? mint_unbase64url(text + PREFIX, &len) : NULL;
    if (octets && len == SEALED) {
        hash(state, 't', octets, RANDOM + FACTS, tag);
        if (CRYPTO_memcmp(tag, octets + RANDOM + FACTS, TAG) == 0) {
            mask(state, octets);
            for (size_t i = 1; i < FACTS; i++) {
                expires = expires << 8 | octets[RANDOM + i];
            }
            kind = state_now(state) >= expires ? (enum state_handle_kind)octets[RANDOM]
                                               : STATE_HANDLE_NONE;
        }
    }
    free(octets);
    return kind;
}
