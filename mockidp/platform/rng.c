/* Seeded, each block of 32 bytes is SHA-256(counter || ":" || seed): not for secrets of real
 * people, which the mock has none of. */
#include "mockidp/platform/rng.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rng {
    pthread_mutex_t lock; /* guards counter */
    char *seed;
    uint64_t counter;
};

struct rng *rng_new(const char *seed)
{
    struct rng *rng = calloc(1, sizeof *rng);
    if (rng && seed && !(rng->seed = strdup(seed))) {
        free(rng);
        rng = NULL;
    }
    if (rng) {
        pthread_mutex_init(&rng->lock, NULL);
    }
    return rng;
}

void rng_free(struct rng *rng)
{
    if (rng) {
        pthread_mutex_destroy(&rng->lock);
        free(rng->seed);
        free(rng);
    }
}

static void next_block(struct rng *rng, unsigned char out[32])
{
    char counter[24];
    pthread_mutex_lock(&rng->lock);
    int len = snprintf(counter, sizeof counter, "%llu:", (unsigned long long)rng->counter++);
    pthread_mutex_unlock(&rng->lock);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (!md || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(md, counter, (size_t)len) != 1 ||
        EVP_DigestUpdate(md, rng->seed, strlen(rng->seed)) != 1 ||
        EVP_DigestFinal_ex(md, out, NULL) != 1) {
        abort(); /* SHA-256 is not there: nothing of this program can work */
    }
    EVP_MD_CTX_free(md);
}

void rng_bytes(struct rng *rng, void *out, size_t len)
{
    unsigned char *p = out;
    unsigned char block[32];
    if (!rng->seed) {
        if (RAND_bytes(p, (int)len) != 1) {
            abort(); /* without randomness there are no ids */
        }
        return;
    }
    while (len > 0) {
        size_t n = len < sizeof block ? len : sizeof block;
        next_block(rng, block);
        memcpy(p, block, n);
        p += n;
        len -= n;
    }
}

void rng_guid(struct rng *rng, char out[RNG_GUID_CAP])
{
    unsigned char b[16];
    rng_bytes(rng, b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, RNG_GUID_CAP,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

double rng_unit(struct rng *rng)
{
    unsigned char bytes[8];
    uint64_t bits = 0;
    rng_bytes(rng, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bits |= (uint64_t)bytes[i] << (8 * i); /* the same whatever the machine's byte order */
    }
    return (double)(bits >> 11) / 9007199254740992.0;
}
