/* Strings of a text that was read: compared and copied with their escapes resolved on the way, no
 * buffer between. */
#include "validator/jose/json.h"

/* Yields the bytes of a checked string value, one at a time. */
struct reader {
    const char *p;
    const char *end;
    unsigned char pending[4]; /* the UTF-8 of the escape just read, last byte first */
    unsigned pending_len;
};

static struct reader reader_of(const struct jose_json_value *v)
{
    struct reader r = {v->text.data, v->text.data + v->text.len, {0}, 0};
    return r;
}

static unsigned hex_digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 32U) - 'a' + 10;
}

static unsigned read_unit(struct reader *r)
{
    unsigned unit = 0;
    for (int i = 0; i < 4; i++) {
        unit = unit << 4 | hex_digit(*r->p++);
    }
    return unit;
}

static void push_utf8(struct reader *r, unsigned code)
{
    unsigned lead = code < 0x80 ? 0 : code < 0x800 ? 0xc0 : code < 0x10000 ? 0xe0 : 0xf0;
    unsigned tail = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    for (unsigned i = 0; i < tail; i++, code >>= 6) {
        r->pending[r->pending_len++] = (unsigned char)(0x80 | (code & 0x3f));
    }
    r->pending[r->pending_len++] = (unsigned char)(lead | code);
}

/* Stands behind the backslash; the scanner has checked what follows. */
static void read_escape(struct reader *r)
{
    char c = *r->p++;
    switch (c) {
    case 'b': r->pending[r->pending_len++] = '\b'; return;
    case 'f': r->pending[r->pending_len++] = '\f'; return;
    case 'n': r->pending[r->pending_len++] = '\n'; return;
    case 'r': r->pending[r->pending_len++] = '\r'; return;
    case 't': r->pending[r->pending_len++] = '\t'; return;
    case 'u': break;
    default: r->pending[r->pending_len++] = (unsigned char)c; return;
    }
    unsigned unit = read_unit(r);
    if (unit >= 0xd800 && unit <= 0xdbff) {
        r->p += 2;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (read_unit(r) - 0xdc00);
    }
    push_utf8(r, unit);
}

/* Returns the next byte, or -1 at the end. */
static int read_byte(struct reader *r)
{
    if (r->pending_len == 0 && r->p < r->end) {
        unsigned char c = (unsigned char)*r->p++;
        if (c != '\\') {
            return c;
        }
        read_escape(r);
    }
    return r->pending_len > 0 ? r->pending[--r->pending_len] : -1;
}

bool jose_json_same(const struct jose_json_value *a, const struct jose_json_value *b)
{
    if (a->type != JOSE_JSON_STRING || b->type != JOSE_JSON_STRING) {
        return false;
    }
    if (!a->escaped && !b->escaped) {
        return jose_span_equal(a->text, b->text);
    }
    struct reader x = reader_of(a);
    struct reader y = reader_of(b);
    int byte = 0;
    do {
        byte = read_byte(&x);
        if (byte != read_byte(&y)) {
            return false;
        }
    } while (byte >= 0);
    return true;
}

bool jose_json_is(const struct jose_json_value *v, struct jose_span text)
{
    if (v->type != JOSE_JSON_STRING) {
        return false;
    }
    if (!v->escaped) {
        return jose_span_equal(v->text, text);
    }
    struct reader r = reader_of(v);
    for (size_t i = 0; i < text.len; i++) {
        if (read_byte(&r) != (unsigned char)text.data[i]) {
            return false;
        }
    }
    return read_byte(&r) < 0;
}

const struct jose_json_value *jose_json_find(const struct jose_json_member *members, size_t count,
                                             const char *name)
{
    struct jose_span wanted = jose_span_of(name);
    for (size_t i = 0; i < count; i++) {
        if (jose_json_is(&members[i].name, wanted)) {
            return &members[i].value;
        }
    }
    return NULL;
}

bool jose_json_copy(const struct jose_json_value *v, char *out, size_t cap, size_t *len)
{
    size_t used = 0;
    if (v->type != JOSE_JSON_STRING || cap == 0) {
        return false;
    }
    struct reader r = reader_of(v);
    for (int byte = read_byte(&r); byte >= 0; byte = read_byte(&r)) {
        if (used + 1 >= cap) {
            return false;
        }
        out[used++] = (char)byte;
    }
    out[used] = '\0';
    *len = used;
    return true;
}
