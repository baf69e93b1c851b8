/* The linker sends malloc, calloc, realloc, strdup, asprintf and free of what it links to __wrap_*;
 * only a program that is linked so may use this. */
#include "validator/tests/support/failing.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
int __real_vasprintf(char **out, const char *format, va_list args);
void __real_free(void *p);
char *__wrap_strndup(const char *text, size_t len);
int __wrap_asprintf(char **out, const char *format, ...);
int __wrap_vasprintf(char **out, const char *format, va_list args);
int __wrap___asprintf_chk(char **out, int flag, const char *format, ...);
int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list args);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *p);

static _Thread_local bool here; /* this thread armed it */
static bool armed;
static bool all_threads;
static enum failing_mode mode_now;
static long left;
static long failures;
static long live;

static bool fails(void)
{
    if (!__atomic_load_n(&armed, __ATOMIC_ACQUIRE) || (!all_threads && !here)) {
        return false;
    }
    long rank = __atomic_sub_fetch(&left, 1, __ATOMIC_RELAXED);
    if (rank != 0 && (rank > 0 || mode_now == FAILING_ONCE)) {
        return false;
    }
    __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
    return true;
}

static void *count(void *p)
{
    if (p) {
        __atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
    }
    return p;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : count(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
    if (fails()) {
        return NULL;
    }
    void *moved = __real_realloc(p, size);
    return p ? moved : count(moved);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : count(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t len)
{
    return fails() ? NULL : count(__real_strndup(text, len));
}

void __wrap_free(void *p)
{
    if (p) {
        __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
    }
    __real_free(p);
}

/* glibc allocates for asprintf inside itself, where no wrapper sees it; the _chk forms are those of
 * _FORTIFY_SOURCE. */
int __wrap_vasprintf(char **out, const char *format, va_list args)
{
    *out = NULL;
    int len = fails() ? -1 : __real_vasprintf(out, format, args);
    count(*out);
    return len;
}

int __wrap_asprintf(char **out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = __wrap_vasprintf(out, format, args);
    va_end(args);
    return len;
}

int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list args)
{
    (void)flag;
    return __wrap_vasprintf(out, format, args);
}

int __wrap___asprintf_chk(char **out, int flag, const char *format, ...)
{
    va_list args;
    (void)flag;
    va_start(args, format);
    int len = __wrap_vasprintf(out, format, args);
    va_end(args);
    return len;
}

/* ---- OpenSSL's ---- */

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return __wrap_malloc(size);
}

static void *crypto_realloc(void *p, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return __wrap_realloc(p, size);
}

static void crypto_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    __wrap_free(p);
}

void failing_init(void)
{
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1) {
        abort();
    }
}

void failing_arm(long nth, enum failing_mode mode, bool everywhere)
{
    left = nth;
    failures = 0;
    mode_now = mode;
    all_threads = everywhere;
    here = true;
    __atomic_store_n(&armed, true, __ATOMIC_RELEASE);
}

bool failing_disarm(void)
{
    __atomic_store_n(&armed, false, __ATOMIC_RELEASE);
    here = false;
    return __atomic_load_n(&failures, __ATOMIC_RELAXED) > 0;
}

long failing_live(void)
{
    return __atomic_load_n(&live, __ATOMIC_RELAXED);
}
