/* Each reader refuses with the pointer of what it reads, so that a rule can be mended without
 * guessing. */
#include "mockidp/faults/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fault_refuse(const struct fault_reading *r, const char *member, const char *format, ...)
{
    va_list args;
    int used =
        snprintf(r->why, r->cap, "%s%s%s%s: ", r->at, r->part, *member == '\0' ? "" : "/", member);

    if (used >= 0 && (size_t)used < r->cap) {
        va_start(args, format);
        (void)vsnprintf(r->why + used, r->cap - (size_t)used, format, args);
        va_end(args);
    }
    return false;
}

bool fault_read_string(const struct fault_reading *r, const char *member, const json_t *value,
                       const char **out)
{
    if (!json_is_string(value) || json_string_length(value) != strlen(json_string_value(value))) {
        return fault_refuse(r, member, "must be a string");
    }
    *out = json_string_value(value);
    return true;
}

bool fault_read_integer(const struct fault_reading *r, const char *member, const json_t *value,
                        int64_t low, int64_t high, int64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < low ||
        json_integer_value(value) > high) {
        return fault_refuse(r, member, "must be an integer from %lld to %lld", (long long)low,
                            (long long)high);
    }
    *out = json_integer_value(value);
    return true;
}

bool fault_read_fraction(const struct fault_reading *r, const char *member, const json_t *value,
                         double *out)
{
    if (!json_is_number(value) || !(json_number_value(value) >= 0) ||
        json_number_value(value) > 1) {
        return fault_refuse(r, member, "must be a number from 0 to 1");
    }
    *out = json_number_value(value);
    return true;
}

bool fault_read_true(const struct fault_reading *r, const char *member, const json_t *value,
                     bool *out)
{
    if (!json_is_true(value)) {
        return fault_refuse(r, member, "must be true; leave it out otherwise");
    }
    *out = true;
    return true;
}
