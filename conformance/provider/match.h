/*
 * Matchers: what a value must be, as data. A text, number, true, false, null or array is itself
 * (texts after ${NAME} was replaced); an object has operators, all of which must hold:
 *   is, not, any       equal to this value; other than it; one of a list
 *   type               string integer number boolean array object null, digits (a string of them),
 *                      guid, base64url, jwt, url
 *   matches            a whole text, by an extended regular expression
 *   has, lacks         words in a text (in any case), elements of an array
 *   words              exactly these words between blanks, in any order
 *   absent             true: it is not there
 *   near               a time, Unix seconds; exact where the clock stands still
 *   between            from a number to another; texts of digits count as numbers
 *   length             octets of a text, elements of an array: a number or [least, most]
 *   members            {name: matcher} of an object
 *   order, only        exactly these members, in this order; no other members than these
 *   each, some         every element, at least one element
 *   equal              [[a, b], …]: members with the same value
 *   differ             [[a, b, n], …]: member a is n more than member b
 *   json, decoded      the text is JSON; is base64url of JSON: and matches
 *   jwt                {"header": matcher, "claims": matcher, "signed": true} of a compact JWS
 *   key                words of key.h that hold for a JSON Web Key
 */
#ifndef CONFORMANCE_PROVIDER_MATCH_H
#define CONFORMANCE_PROVIDER_MATCH_H

#include "conformance/provider/values.h"
#include "conformance/verdict.h"

#include <jansson.h>

enum cf_match {
    CF_MATCHES,
    CF_DIFFERS,  /* m->reason says where and how */
    CF_UNKNOWN,  /* a name of the matcher is not there: m->values->lacking */
    CF_NONSENSE, /* the matcher itself is wrong: m->reason */
};

/* struct cf_matching is what a match goes by. */
struct cf_matching {
    struct cf_values *values;
    int64_t slack; /* seconds that a time may be off */
    /* verify checks the signature of a compact JWS: 0, or -1 with `why`; NULL: cannot */
    int (*verify)(void *ctx, const char *token, char *why, size_t cap);
    void *ctx;
    char reason[CF_REASON_CAP];
};

/* cf_match_value matches `value` (NULL: it is not there); `where` stands in the reason. */
enum cf_match cf_match_value(struct cf_matching *m, const json_t *matcher, const json_t *value,
                             const char *where);

/* cf_match_fails writes the reason and returns CF_DIFFERS. */
__attribute__((format(printf, 3, 4))) enum cf_match
cf_match_fails(struct cf_matching *m, const char *where, const char *format, ...);

/* The operators that look inside: match_inside.c; and at one value: match_plain.c. A table row. */
struct cf_operator {
    const char *name;
    enum cf_match (*holds)(struct cf_matching *m, const json_t *argument, const json_t *value,
                           const char *where);
};
extern const struct cf_operator cf_plain_operators[];
extern const struct cf_operator cf_inside_operators[];

/* cf_match_literal returns `value` with the names in its texts replaced, a new reference, or NULL
 * (m->values->lacking). */
json_t *cf_match_literal(struct cf_matching *m, const json_t *value);

#endif
