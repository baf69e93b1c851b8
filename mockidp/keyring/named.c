/* Named keys: RSA ones are fixtures, the others are made in microseconds. */
#include "mockidp/keyring/named.h"

#include "mockidp/config/embedded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *path;  /* of a fixture, or NULL */
    const char *curve; /* of a key to be made */
} rows[] = {
    {"rogue", "fixtures/keys/rogue.pem", NULL},
    {"app", "fixtures/keys/app.pem", NULL},
    {"shared", "fixtures/keys/shared.pem", NULL},
    {"weak-512", "fixtures/keys/weak-512.pem", NULL},
    {"weak-1024", "fixtures/keys/weak-1024.pem", NULL},
    {"e3", "fixtures/keys/e3.pem", NULL},
    {"big-3072", "fixtures/keys/big-3072.pem", NULL},
    {"big-4096", "fixtures/keys/big-4096.pem", NULL},
    {"roca", "fixtures/keys/roca.pem", NULL},
    {"ec-256", NULL, "P-256"},
    {"ec-384", NULL, "P-384"},
    {"ed25519", NULL, "ED25519"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };
_Static_assert((int)ROWS <= (int)NAMED_MAX, "struct named_keys is too small");

/* Each has a generator of its own: which one is asked for first does not matter. */
static struct mint_key *make(const char *name, const char *curve, const char *seed)
{
    char *text = NULL;
    if (seed && asprintf(&text, "%s/keys/named/%s", seed, name) < 0) {
        return NULL;
    }
    struct mint_key *key = mint_key_generate_ec(curve, text);
    free(text);
    return key;
}

const struct mint_key *named_key(struct named_keys *named, const char *name, const char *seed)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) != 0) {
            continue;
        }
        const struct embedded_file *file = rows[i].path ? embedded_find(rows[i].path) : NULL;
        if (!named->keys[i]) {
            named->keys[i] = file            ? mint_key_from_pem(file->data, file->len)
                             : rows[i].curve ? make(name, rows[i].curve, seed)
                                             : NULL;
        }
        return named->keys[i];
    }
    return NULL;
}

void named_keys_cleanup(struct named_keys *named)
{
    for (size_t i = 0; i < NAMED_MAX; i++) {
        mint_key_free(named->keys[i]);
        named->keys[i] = NULL;
    }
}
