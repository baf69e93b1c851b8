/* glibc is made for this: a program may define malloc, calloc, realloc and free (The GNU C Library,
 * Replacing malloc), and glibc's own stay where they are under other names. */
#include "conformance/starve.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* gcc says it in macros, clang in features */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the names are glibc's */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* libcrypto and libc are to find them, too */
#define VISIBLE __attribute__((visibility("default")))

static _Thread_local long left; /* allocations until one fails; 0: none will */
static _Thread_local bool keeps_on;
static _Thread_local bool failed;

static bool fails(void)
{
    if (left == 0 || --left > 0) {
        return false;
    }
    left = keeps_on ? 1 : 0;
    failed = true;
    errno = ENOMEM;
    return true;
}

VISIBLE void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

VISIBLE void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

VISIBLE void *realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}

VISIBLE void free(void *p)
{
    __libc_free(p);
}

bool cf_starve_possible(void)
{
    return true;
}

void cf_starve_arm(long nth, bool on)
{
    failed = false;
    keeps_on = on;
    left = nth;
}

bool cf_starve_disarm(void)
{
    left = 0;
    return failed;
}

#else

bool cf_starve_possible(void)
{
    return false;
}

void cf_starve_arm(long nth, bool on)
{
    (void)nth, (void)on;
}

bool cf_starve_disarm(void)
{
    return false;
}

#endif
