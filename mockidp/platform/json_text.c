/* RFC 8259 §7: of a string, quotes, backslashes and control characters alone must be escaped; the
 * rest is copied in runs. */
#include "mockidp/platform/json_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAP_MIN = 256 };

/* Eight octets are looked at in one word: every octet of `x` that is below `n` (at most 128) leaves
 * its high bit set (Anderson, Bit Twiddling Hacks, "Determine if a word has a byte less than n").
 */
#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))
#define BELOW(x, n) (((x)-EACH(n)) & ~(x)&EACH(0x80))

static uint64_t eight(const char *octets)
{
    uint64_t word = 0;
    memcpy(&word, octets, sizeof word);
    return word;
}

/* Room for `more` octets and a NUL; NULL without memory. */
static char *reserve(struct json_text *text, size_t more)
{
    size_t cap = text->cap ? text->cap : CAP_MIN;
    while (cap - text->len <= more) {
        cap *= 2;
    }
    if (cap > text->cap && !text->failed) {
        char *grown = realloc(text->data, cap);
        text->failed = !grown;
        text->data = grown ? grown : text->data;
        text->cap = grown ? cap : text->cap;
    }
    return text->failed ? NULL : text->data + text->len;
}

void json_text_raw(struct json_text *text, const void *octets, size_t len)
{
    char *to = reserve(text, len);
    if (to && len > 0) {
        memcpy(to, octets, len);
        text->len += len;
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

/* How many octets are plain, from the first on. */
static size_t plain_run(const char *string, size_t len)
{
    size_t run = 0;
    while (len - run >= sizeof(uint64_t)) {
        uint64_t word = eight(string + run);
        if (BELOW(word, 0x20) || BELOW(word ^ EACH('"'), 1) || BELOW(word ^ EACH('\\'), 1)) {
            break;
        }
        run += sizeof word;
    }
    while (run < len && is_plain((unsigned char)string[run])) {
        run++;
    }
    return run;
}

/* One character that is not plain, as jansson writes it. */
static void write_escaped(struct json_text *text, unsigned char c)
{
    static const char letters[] = "b\bf\fn\nr\rt\t\"\"\\\\";
    char out[8];
    for (size_t i = 0; i + 1 < sizeof letters; i += 2) {
        if ((unsigned char)letters[i + 1] == c) {
            out[0] = '\\';
            out[1] = letters[i];
            json_text_raw(text, out, 2);
            return;
        }
    }
    int len = snprintf(out, sizeof out, "\\u%04X", c);
    json_text_raw(text, out, (size_t)len);
}

void json_text_string(struct json_text *text, const char *string, size_t len)
{
    size_t at = 0;
    json_text_raw(text, "\"", 1);
    while (at < len) {
        size_t run = plain_run(string + at, len - at);
        json_text_raw(text, string + at, run);
        at += run;
        if (at < len) {
            write_escaped(text, (unsigned char)string[at++]);
        }
    }
    json_text_raw(text, "\"", 1);
}

static void write_object(struct json_text *text, const json_t *object)
{
    json_t *any = (json_t *)(uintptr_t)object;
    bool first = true;
    json_text_raw(text, "{", 1);
    for (void *at = json_object_iter(any); at; at = json_object_iter_next(any, at)) {
        const char *name = json_object_iter_key(at);
        json_text_raw(text, ",", !first);
        json_text_string(text, name, strlen(name));
        json_text_raw(text, ":", 1);
        json_text_value(text, json_object_iter_value(at));
        first = false;
    }
    json_text_raw(text, "}", 1);
}

static void write_array(struct json_text *text, const json_t *array)
{
    size_t i = 0;
    const json_t *item = NULL;
    json_text_raw(text, "[", 1);
    json_array_foreach(array, i, item)
    {
        json_text_raw(text, ",", i > 0);
        json_text_value(text, item);
    }
    json_text_raw(text, "]", 1);
}

/* Numbers with a fraction are rare, and their spelling is jansson's. */
static void write_real(struct json_text *text, const json_t *value)
{
    char *real = json_dumps(value, JSON_ENCODE_ANY);
    text->failed = text->failed || !real;
    json_text_raw(text, real, real ? strlen(real) : 0);
    free(real);
}

/* The digits, from the last one to the first. INT64_MIN has no positive counterpart. */
static void write_integer(struct json_text *text, json_int_t value)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        *--at = '-';
    }
    json_text_raw(text, at, (size_t)(digits + sizeof digits - at));
}

void json_text_value(struct json_text *text, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: write_object(text, value); return;
    case JSON_ARRAY: write_array(text, value); return;
    case JSON_STRING:
        json_text_string(text, json_string_value(value), json_string_length(value));
        return;
    case JSON_INTEGER: write_integer(text, json_integer_value(value)); return;
    case JSON_REAL: write_real(text, value); return;
    case JSON_TRUE: json_text_raw(text, "true", 4); return;
    case JSON_FALSE: json_text_raw(text, "false", 5); return;
    default: json_text_raw(text, "null", 4); return;
    }
}

char *json_text_take(struct json_text *text, size_t *len)
{
    char *end = reserve(text, 0);
    char *data = text->data;
    if (end) {
        *end = '\0';
        if (len) {
            *len = text->len;
        }
    } else {
        free(data);
        data = NULL;
    }
    *text = (struct json_text){.data = NULL};
    return data;
}

json_t *json_text_make(const char *text)
{
    size_t len = strlen(text);
    size_t at = 0;
    while (len - at >= sizeof(uint64_t) && !(eight(text + at) & EACH(0x80))) {
        at += sizeof(uint64_t);
    }
    while (at < len && (unsigned char)text[at] < 0x80) {
        at++;
    }
    return at == len ? json_stringn_nocheck(text, len) : json_stringn(text, len);
}

char *json_text_of(const json_t *value, size_t *len)
{
    struct json_text text = {.data = NULL};
    json_text_value(&text, value);
    return json_text_take(&text, len);
}
