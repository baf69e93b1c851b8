/* Files that are there whole or not at all. */
#include "conformance/report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether something else than a file stands there, which a rename would replace. */
static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* open_beside makes a new file in the folder of `path`; its name, newly allocated, in *partial. */
static FILE *open_beside(const char *path, char **partial)
{
    if (asprintf(partial, "%s.%ld.new", path, (long)getpid()) < 0) {
        *partial = NULL;
        return NULL;
    }
    int fd = open(*partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out) {
        int why = errno;
        if (fd >= 0) {
            (void)close(fd);
            (void)unlink(*partial);
        }
        free(*partial);
        *partial = NULL;
        errno = why;
    }
    return out;
}

int report_may_save(const char *path)
{
    struct stat status;
    char *partial = NULL;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (is_special(path)) {
        return access(path, W_OK);
    }
    FILE *out = open_beside(path, &partial);
    if (!out) {
        return -1;
    }
    (void)fclose(out);
    (void)unlink(partial);
    free(partial);
    return 0;
}

/* finish closes the stream; -1 with errno set when something was not written. */
static int finish(FILE *out)
{
    int status = ferror(out) ? -1 : 0;
    return fclose(out) == 0 ? status : -1;
}

int report_save(const char *path, report_writer *writer, const json_t *runs)
{
    char *partial = NULL;
    FILE *out = is_special(path) ? fopen(path, "we") : open_beside(path, &partial);
    if (!out) {
        return -1;
    }
    writer(out, runs);
    int status = finish(out);
    if (partial) {
        status = status == 0 ? rename(partial, path) : -1;
        int why = errno;
        if (status != 0) {
            (void)unlink(partial);
        }
        free(partial);
        errno = why;
    }
    return status;
}
