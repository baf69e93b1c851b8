/* The scanner: one pass, no copies. A name stack finds members that stand twice at any depth. */
#include "validator/jose/json.h"

#include "validator/jose/json_number.h"

/* What the scanner knows while it walks; `names` holds those of the open objects, innermost last.
 */
struct scanner {
    const char *p;
    const char *end;
    unsigned depth;
    unsigned name_count;
    struct jose_json_value names[JOSE_JSON_MEMBERS];
};

static bool scan_value(struct scanner *s, struct jose_json_value *out);

static void skip_space(struct scanner *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t')) {
        s->p++;
    }
}

static bool take(struct scanner *s, char c)
{
    if (s->p >= s->end || *s->p != c) {
        return false;
    }
    s->p++;
    return true;
}

/* RFC 3629 §4: the shortest form only, no surrogates, nothing above U+10FFFF. */
static bool scan_utf8(struct scanner *s)
{
    const unsigned char *b = (const unsigned char *)s->p;
    size_t left = (size_t)(s->end - s->p);
    size_t len = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || left < len) {
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        if ((b[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f)) {
        return false;
    }
    s->p += len;
    return true;
}

/* Reads the four digits behind \u at `p`. Returns -1 when they are not there. */
static int hex4(const char *p, const char *end)
{
    int value = 0;
    if (end - p < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* Stands behind the backslash. A surrogate must come as a pair: half of one is no character (RFC
 * 8259 §8.2). */
static bool scan_escape(struct scanner *s)
{
    if (s->p >= s->end) {
        return false;
    }
    char c = *s->p++;
    if (c != 'u') {
        return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
    }
    int unit = hex4(s->p, s->end);
    if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
        return false;
    }
    s->p += 4;
    if (unit < 0xd800 || unit > 0xdbff) {
        return true;
    }
    if (s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u') {
        return false;
    }
    int low = hex4(s->p + 2, s->end);
    s->p += 6;
    return low >= 0xdc00 && low <= 0xdfff;
}

static bool scan_string(struct scanner *s, struct jose_json_value *out)
{
    if (!take(s, '"')) {
        return false;
    }
    const char *start = s->p;
    out->type = JOSE_JSON_STRING;
    out->escaped = false;
    while (s->p < s->end) {
        unsigned char c = (unsigned char)*s->p;
        if (c == '"') {
            out->text = jose_span(start, (size_t)(s->p - start));
            s->p++;
            return true;
        }
        if (c == '\\') {
            out->escaped = true;
            s->p++;
            if (!scan_escape(s)) {
                return false;
            }
        } else if (c >= 0x80) {
            if (!scan_utf8(s)) {
                return false;
            }
        } else if (c < 0x20) {
            return false;
        } else {
            s->p++;
        }
    }
    return false;
}

static bool scan_number(struct scanner *s, struct jose_json_value *out)
{
    const char *start = s->p;
    const char *end = jose_json_number_end(start, s->end);
    if (!end) {
        return false;
    }
    s->p = end;
    out->type = JOSE_JSON_NUMBER;
    out->text = jose_span(start, (size_t)(end - start));
    return true;
}

static bool scan_word(struct scanner *s, const char *word, enum jose_json_type type,
                      struct jose_json_value *out)
{
    size_t len = strlen(word);
    if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0) {
        return false;
    }
    out->type = type;
    out->text = jose_span(s->p, len);
    s->p += len;
    return true;
}

static bool push_name(struct scanner *s, unsigned base, const struct jose_json_value *name)
{
    for (unsigned i = base; i < s->name_count; i++) {
        if (jose_json_same(&s->names[i], name)) {
            return false;
        }
    }
    if (s->name_count == JOSE_JSON_MEMBERS) {
        return false;
    }
    s->names[s->name_count++] = *name;
    return true;
}

static bool scan_member(struct scanner *s, unsigned base, struct jose_json_member *m)
{
    skip_space(s);
    if (!scan_string(s, &m->name) || !push_name(s, base, &m->name)) {
        return false;
    }
    skip_space(s);
    if (!take(s, ':')) {
        return false;
    }
    skip_space(s);
    return scan_value(s, &m->value);
}

/* Stands behind the opening brace. `members` may be NULL: then they are only checked. */
static bool scan_members(struct scanner *s, struct jose_json_member *members, size_t cap,
                         size_t *count)
{
    unsigned base = s->name_count;
    skip_space(s);
    if (take(s, '}')) {
        return true;
    }
    do {
        struct jose_json_member ignored;
        if (members && *count == cap) {
            return false;
        }
        if (!scan_member(s, base, members ? &members[*count] : &ignored)) {
            return false;
        }
        ++*count;
        skip_space(s);
    } while (take(s, ','));
    s->name_count = base;
    return take(s, '}');
}

/* Stands behind the opening bracket. */
static bool scan_items(struct scanner *s)
{
    skip_space(s);
    if (take(s, ']')) {
        return true;
    }
    do {
        struct jose_json_value ignored;
        skip_space(s);
        if (!scan_value(s, &ignored)) {
            return false;
        }
        skip_space(s);
    } while (take(s, ','));
    return take(s, ']');
}

static bool scan_nested(struct scanner *s, struct jose_json_value *out)
{
    const char *start = s->p;
    size_t count = 0;
    bool object = *s->p == '{';
    if (++s->depth > JOSE_JSON_DEPTH) {
        return false;
    }
    s->p++;
    if (object ? !scan_members(s, NULL, 0, &count) : !scan_items(s)) {
        return false;
    }
    s->depth--;
    out->type = object ? JOSE_JSON_OBJECT : JOSE_JSON_ARRAY;
    out->text = jose_span(start, (size_t)(s->p - start));
    return true;
}

static bool scan_value(struct scanner *s, struct jose_json_value *out)
{
    if (s->p >= s->end) {
        return false;
    }
    out->escaped = false;
    switch (*s->p) {
    case '"': return scan_string(s, out);
    case '{':
    case '[': return scan_nested(s, out);
    case 't': return scan_word(s, "true", JOSE_JSON_TRUE, out);
    case 'f': return scan_word(s, "false", JOSE_JSON_FALSE, out);
    case 'n': return scan_word(s, "null", JOSE_JSON_NULL, out);
    default: return scan_number(s, out);
    }
}

bool jose_json_object(struct jose_span text, struct jose_json_member *members, size_t cap,
                      size_t *count)
{
    struct scanner s;
    s.p = text.data;
    s.end = text.data + text.len;
    s.depth = 1;
    s.name_count = 0;
    *count = 0;
    skip_space(&s);
    bool good = text.len > 0 && take(&s, '{') && scan_members(&s, members, cap, count);
    skip_space(&s);
    if (!good || s.p != s.end) {
        *count = 0;
        return false;
    }
    return true;
}

bool jose_json_array_next(const struct jose_json_value *array, size_t *offset,
                          struct jose_json_value *item)
{
    struct scanner s;
    s.p = array->text.data + (*offset == 0 ? 1 : *offset);
    s.end = array->text.data + array->text.len;
    s.depth = 1;
    s.name_count = 0;
    skip_space(&s);
    if (*offset != 0 && !take(&s, ',')) {
        return false;
    }
    skip_space(&s);
    if (!scan_value(&s, item)) {
        return false;
    }
    *offset = (size_t)(s.p - array->text.data);
    return true;
}
