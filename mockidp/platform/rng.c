/* Seeded, each block of 32 bytes is SHA-256(counter || ":" || seed): not for secrets of real
 * people, which the mock has none of. Unseeded, OpenSSL is asked for much at once: its generator
 * works as hard for 16 bytes as for a thousand, and a token needs 16 or 24 of them four times. */
#include "mockidp/platform/rng.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POOL = 2048 };

struct rng {
    pthread_mutex_t lock; /* guards all below but the seed, which stays */
    char *seed;
    uint64_t counter;
    unsigned char pool[POOL]; /* unseeded: of these the last `left` were not given out yet */
    size_t left;
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
        OPENSSL_cleanse(rng->pool, POOL);
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

static void ask_openssl(unsigned char *out, size_t len)
{
    if (RAND_bytes(out, (int)len) != 1) {
        abort(); /* without randomness there are no ids */
    }
}

/* What was given out leaves the pool: nothing is given twice, or found in memory later. */
static void take_from_pool(struct rng *rng, unsigned char *out, size_t len)
{
    pthread_mutex_lock(&rng->lock);
    if (rng->left < len) {
        ask_openssl(rng->pool, POOL);
        rng->left = POOL;
    }
    unsigned char *from = rng->pool + POOL - rng->left;
    memcpy(out, from, len);
    OPENSSL_cleanse(from, len);
    rng->left -= len;
    pthread_mutex_unlock(&rng->lock);
}

void rng_bytes(struct rng *rng, void *out, size_t len)
{
    unsigned char *p = out;
    unsigned char block[32];
    if (!rng->seed) {
        if (len > POOL) {
            ask_openssl(p, len);
        } else {
            take_from_pool(rng, p, len);
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
    static const char digits[] = "0123456789abcdef";
    unsigned char b[16];
    size_t at = 0;
    rng_bytes(rng, b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof b; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out[at++] = '-';
        }
        out[at++] = digits[b[i] >> 4];
        out[at++] = digits[b[i] & 0x0f];
    }
    out[at] = '\0';
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
