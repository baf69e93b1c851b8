/* Numbers stay text: their digits are compared and counted where they stand, no double between. */
#include "validator/jose/json_number.h"

struct cursor {
    const char *p;
    const char *end;
};

static size_t scan_digits(struct cursor *s)
{
    const char *start = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9') {
        s->p++;
    }
    return (size_t)(s->p - start);
}

/* Where a number's parts are: sign, digits before and after the point, and the exponent, clamped to
 * ±100000. */
struct number {
    bool negative;
    const char *whole;
    size_t whole_len;
    const char *fraction;
    size_t fraction_len;
    long exponent;
};

static bool scan_exponent(struct cursor *s, struct number *n)
{
    bool negative = false;
    if (s->p < s->end && (*s->p == '+' || *s->p == '-')) {
        negative = *s->p++ == '-';
    }
    const char *start = s->p;
    if (scan_digits(s) == 0) {
        return false;
    }
    for (const char *d = start; d < s->p && n->exponent < 100000; d++) {
        n->exponent = n->exponent * 10 + (*d - '0');
    }
    if (negative) {
        n->exponent = -n->exponent;
    }
    return true;
}

static bool scan_parts(struct cursor *s, struct number *n)
{
    memset(n, 0, sizeof *n);
    n->negative = s->p < s->end && *s->p == '-';
    s->p += n->negative;
    n->whole = s->p;
    n->whole_len = scan_digits(s);
    if (n->whole_len == 0 || (n->whole_len > 1 && n->whole[0] == '0')) {
        return false;
    }
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        n->fraction = s->p;
        n->fraction_len = scan_digits(s);
        if (n->fraction_len == 0) {
            return false;
        }
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        s->p++;
        return scan_exponent(s, n);
    }
    return true;
}

static char number_digit(const struct number *n, size_t i)
{
    return i < n->whole_len                     ? n->whole[i]
           : i - n->whole_len < n->fraction_len ? n->fraction[i - n->whole_len]
                                                : '0';
}

/*
 * Takes the integer part of a number's magnitude, and whether anything is left behind the point.
 * Returns false when it does not fit in 63 bits. Digits are never shifted about: the exponent only
 * moves where the point stands.
 */
static bool number_whole(const struct number *n, uint64_t *whole, bool *rest)
{
    long point = (long)n->whole_len + n->exponent;
    size_t digits = n->whole_len + n->fraction_len;
    *whole = 0;
    *rest = false;
    for (size_t i = 0; i < digits || (long)i < point; i++) {
        char digit = number_digit(n, i);
        if ((long)i >= point) {
            *rest = *rest || digit != '0';
        } else if (*whole > (uint64_t)INT64_MAX / 10) {
            return false;
        } else {
            *whole = *whole * 10 + (uint64_t)(digit - '0');
            if (*whole > (uint64_t)INT64_MAX) {
                return false;
            }
        }
        if ((long)i >= (long)digits && *whole == 0) {
            break; /* zeros behind zeros: 0e99999 */
        }
    }
    return true;
}

/* A number that a double cannot hold is refused, since the next reader would make something else of
 * it. */
static bool number_fits(const struct number *n)
{
    static const char max[] = "17976931348623157"; /* the digits of the greatest double, e308 */
    size_t digits = n->whole_len + n->fraction_len;
    size_t first = 0;
    while (first < digits && number_digit(n, first) == '0') {
        first++;
    }
    long magnitude = (long)n->whole_len - (long)first + n->exponent; /* 0.ddd times ten to this */
    if (first == digits || magnitude < 309) {
        return true;
    }
    for (size_t i = 0; magnitude == 309 && i < sizeof max - 1; i++) {
        char digit = number_digit(n, first + i);
        if (digit != max[i]) {
            return digit < max[i];
        }
    }
    return false;
}

const char *jose_json_number_end(const char *p, const char *end)
{
    struct number n;
    struct cursor s = {p, end};
    return scan_parts(&s, &n) && number_fits(&n) ? s.p : NULL;
}

bool jose_json_seconds(const struct jose_json_value *v, int64_t *floor_out)
{
    struct number n;
    uint64_t whole = 0;
    bool rest = false;
    if (v->type != JOSE_JSON_NUMBER) {
        return false;
    }
    struct cursor s = {v->text.data, v->text.data + v->text.len};
    if (!scan_parts(&s, &n) || !number_whole(&n, &whole, &rest)) {
        return false;
    }
    int64_t magnitude = (int64_t)whole;
    *floor_out = n.negative ? -magnitude - (rest ? 1 : 0) : magnitude;
    return magnitude < INT64_MAX;
}
