/* The linker sends malloc, calloc, realloc, strdup and free of what it links to __wrap_*; only a
 * program that is linked so may use this. */
#include "validator/tests/support/failing.h"

#include <openssl/crypto.h>
#include <stddef.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *p);
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

void __wrap_free(void *p)
{
    if (p) {
        __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
    }
    __real_free(p);
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
