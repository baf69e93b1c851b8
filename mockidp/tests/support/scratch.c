/* Folders below TMPDIR, or /tmp. */
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *scratch_make(void)
{
    char *dir = NULL;
    const char *parent = getenv("TMPDIR");
    ck_assert_int_gt(asprintf(&dir, "%s/mockidp-test-XXXXXX", parent ? parent : "/tmp"), 0);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

void scratch_remove(char *dir)
{
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

char *scratch_path(const char *dir, const char *name)
{
    char *path = NULL;
    ck_assert_int_gt(asprintf(&path, "%s/%s", dir, name), 0);
    return path;
}

char *scratch_write(const char *dir, const char *name, const char *text)
{
    char *path = scratch_path(dir, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

char *scratch_read(const char *path)
{
    char *text = NULL;
    size_t cap = 0;
    FILE *file = fopen(path, "r");
    if (!file) {
        return NULL;
    }
    ssize_t len = getdelim(&text, &cap, '\0', file);
    (void)fclose(file);
    if (len < 0) {
        free(text);
        return strdup("");
    }
    return text;
}
