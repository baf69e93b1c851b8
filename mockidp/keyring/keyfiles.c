/* {state}/keys/{tenant}-{NN}.pem, PKCS #8. */
#include "mockidp/keyring/keyfiles.h"

#include "mockidp/config/directory.h"

#include <fcntl.h>
#include <limits.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BITS = 2048 };

static bool path_of(char *out, const char *state_dir, const char *tenant_id, size_t index,
                    const char *suffix)
{
    int len =
        snprintf(out, PATH_MAX, "%s/keys/%s-%02zu.pem%s", state_dir, tenant_id, index, suffix);
    return len > 0 && len < PATH_MAX;
}

struct mint_key *keyfiles_read(const char *state_dir, const char *tenant_id, size_t index)
{
    char path[PATH_MAX];
    char pem[8192];
    FILE *file =
        state_dir && path_of(path, state_dir, tenant_id, index, "") ? fopen(path, "re") : NULL;
    if (!file) {
        return NULL;
    }
    size_t len = fread(pem, 1, sizeof pem, file);
    (void)fclose(file);
    struct mint_key *key = mint_key_from_pem_named(pem, len, key_common_name(tenant_id));
    OPENSSL_cleanse(pem, sizeof pem);
    return key;
}

void keyfiles_write(const char *state_dir, const char *tenant_id, size_t index,
                    const struct mint_key *key)
{
    char dir[PATH_MAX];
    char path[PATH_MAX];
    char partial[PATH_MAX];
    if (!state_dir || snprintf(dir, sizeof dir, "%s/keys", state_dir) >= (int)sizeof dir ||
        !path_of(path, state_dir, tenant_id, index, "") ||
        !path_of(partial, state_dir, tenant_id, index, ".new")) {
        return;
    }
    (void)mkdir(state_dir, 0700);
    (void)mkdir(dir, 0700);
    int fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        return;
    }
    bool ok = PEM_write_PKCS8PrivateKey(file, key->pkey, NULL, NULL, 0, NULL, NULL) == 1;
    ok = fflush(file) == 0 && fsync(fd) == 0 && ok;
    ok = fclose(file) == 0 && ok;
    if (!ok || rename(partial, path) != 0) {
        (void)unlink(partial);
    }
}

const char *key_common_name(const char *tenant_id)
{
    return strcasecmp(tenant_id, DIRECTORY_CONSUMERS_ID) == 0 ? "Live ID STS Signing Public Key"
                                                              : MINT_KEY_COMMON_NAME;
}

/* Each key has a generator of its own: which one is made first does not matter. */
static struct mint_key *make(const char *seed, const char *tenant_id, size_t index)
{
    char *text = NULL;
    if (seed && asprintf(&text, "%s/keys/%s/%zu", seed, tenant_id, index) < 0) {
        return NULL;
    }
    struct mint_key *key = mint_key_generate(KEY_BITS, text, key_common_name(tenant_id));
    free(text);
    return key;
}

struct mint_key *key_source_make(const struct key_source *source, const char *tenant_id,
                                 size_t index)
{
    struct mint_key *key = keyfiles_read(source->state_dir, tenant_id, index);
    if (!key && (key = make(source->seed, tenant_id, index))) {
        keyfiles_write(source->state_dir, tenant_id, index, key);
    }
    return key;
}

void key_source_cleanup(struct key_source *source)
{
    free(source->state_dir);
    free(source->seed);
    *source = (struct key_source){NULL, NULL};
}
