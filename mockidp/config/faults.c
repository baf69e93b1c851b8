/* Faults as text: "POINTER: sentence; POINTER: sentence". */
#include "mockidp/config/faults.h"

#include <stdarg.h>
#include <stdio.h>

/* append writes behind what is there; what does not fit is cut. */
__attribute__((format(printf, 2, 0))) static void append(struct config_faults *f,
                                                         const char *format, va_list args)
{
    if (f->len < f->cap) {
        int n = vsnprintf(f->why + f->len, f->cap - f->len, format, args);
        f->len += n > 0 ? (size_t)n : 0;
    }
}

__attribute__((format(printf, 2, 3))) static void append_text(struct config_faults *f,
                                                              const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(f, format, args);
    va_end(args);
}

/* RFC 6901 §3: ~ and / are escaped. */
static void append_pointer(struct config_faults *f, const struct config_pointer *at)
{
    if (!at) {
        return;
    }
    append_pointer(f, at->parent);
    if (!at->name) {
        append_text(f, "/%zu", at->index);
        return;
    }
    append_text(f, "/");
    for (const char *p = at->name; *p; p++) {
        append_text(f, *p == '~' ? "~0" : *p == '/' ? "~1" : "%c", *p);
    }
}

void config_fault(struct config_faults *f, const struct config_pointer *at, const char *format, ...)
{
    va_list args;
    append_text(f, "%s", f->count > 0 ? "; " : "");
    append_pointer(f, at);
    append_text(f, "%s: ", at ? "" : "/");
    va_start(args, format);
    append(f, format, args);
    va_end(args);
    f->count++;
}
