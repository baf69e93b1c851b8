/* Reading the members of a fault rule strictly. */
#ifndef MOCKIDP_FAULTS_READING_H
#define MOCKIDP_FAULTS_READING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* struct fault_reading is where a reader stands and where it says what is wrong. */
struct fault_reading {
    const char *at;   /* JSON pointer of the rule */
    const char *part; /* "/match" or "/act" */
    char *why;
    size_t cap;
};

/* fault_refuse writes the pointer of `member` ("" is the part itself) and a sentence; false. */
__attribute__((format(printf, 3, 4))) bool
fault_refuse(const struct fault_reading *r, const char *member, const char *format, ...);

/* Each stores the value, borrowed from the JSON, or refuses with false. */
bool fault_read_string(const struct fault_reading *r, const char *member, const json_t *value,
                       const char **out);
bool fault_read_integer(const struct fault_reading *r, const char *member, const json_t *value,
                        int64_t low, int64_t high, int64_t *out);
bool fault_read_fraction(const struct fault_reading *r, const char *member, const json_t *value,
                         double *out);
bool fault_read_true(const struct fault_reading *r, const char *member, const json_t *value,
                     bool *out);

#endif
