/* Mutations of a part's text: what a lax base64url decoder or splitter lets through. */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/mutate.h"

#include <stdlib.h>
#include <string.h>

/* {"strip":{"part"}} nothing is left of the part. */
int mint_mutate_strip(struct mint_mutating *m)
{
    char **part = mint_part(m);
    return part ? mint_part_set(m, part, strdup("")) : -1;
}

/* insert_text returns a copy of `text` with `len` octets of `what` at `at`. */
static char *insert_text(const char *text, size_t at, const char *what, size_t len)
{
    size_t behind = strlen(text) - at;
    char *result = malloc(at + len + behind + 1);
    if (result) {
        memcpy(result, text, at);
        memcpy(result + at, what, len);
        memcpy(result + at + len, text + at, behind + 1);
    }
    return result;
}

/* The VALUE of member `name`, or `fallback`; free it. NULL with the fault. */
static char *text_of(struct mint_mutating *m, const char *name, const char *fallback)
{
    struct mint_bytes text = {0};
    const json_t *value = json_object_get(m->args, name);
    if (!value && fallback) {
        return strdup(fallback);
    }
    if (!value) {
        mint_fault(m->oven, m->pointer, "'%s' is missing", name);
        return NULL;
    }
    if (mint_value_bytes(m->oven, m->pointer, value, &text) != 0) {
        return NULL;
    }
    if (strlen(text.data) != text.len) {
        mint_fault(m->oven, m->pointer, "a token cannot hold a NUL octet");
        free(text.data);
        return NULL;
    }
    return text.data;
}

/* {"pad":{"part","text"}} what encoders append: "=" as often as the length asks for, or once when
 * it asks for none. */
int mint_mutate_pad(struct mint_mutating *m)
{
    char **part = mint_part(m);
    if (!part) {
        return -1;
    }
    size_t len = strlen(*part);
    char *text = text_of(m, "text", len % 4 == 2 ? "==" : "=");
    char *result = text ? insert_text(*part, len, text, strlen(text)) : NULL;
    free(text);
    return text ? mint_part_set(m, part, result) : -1;
}

/* Where "at" points: a number, or "start", "middle", "end" (the default). */
static size_t place_of(const struct mint_mutating *m, size_t len)
{
    const json_t *at = json_object_get(m->args, "at");
    const char *word = json_string_value(at);
    if (word) {
        return strcmp(word, "start") == 0 ? 0 : strcmp(word, "middle") == 0 ? len / 2 : len;
    }
    json_int_t n = at ? json_integer_value(at) : (json_int_t)len;
    return n < 0 ? 0 : (size_t)n > len ? len : (size_t)n;
}

/* {"insert":{"part","at","text"}}; whitespace is the same with " " for text. */
int mint_mutate_insert(struct mint_mutating *m)
{
    char **part = mint_part(m);
    char *text = part ? text_of(m, "text", m->name[0] == 'w' ? " " : NULL) : NULL;
    if (!text) {
        return -1;
    }
    char *result = insert_text(*part, place_of(m, strlen(*part)), text, strlen(text));
    free(text);
    return mint_part_set(m, part, result);
}

/* {"replace_part":{"part","with":VALUE}} */
int mint_mutate_replace_part(struct mint_mutating *m)
{
    char **part = mint_part(m);
    char *text = part ? text_of(m, "with", NULL) : NULL;
    return text ? mint_part_set(m, part, text) : -1;
}

/* {"repeat_part":{"part","times"}} the part again, so often in all, as parts of their own. */
int mint_mutate_repeat_part(struct mint_mutating *m)
{
    char **part = mint_part(m);
    json_int_t times = mint_number(m, "times", 2);
    size_t len = part ? strlen(*part) + 1 : 0;
    if (!part) {
        return -1;
    }
    if (times < 1 || (size_t)times > MINT_TEXT_MAX / len) {
        return mint_fault(m->oven, m->pointer, "times is too large, or not positive");
    }
    char *text = malloc(len * (size_t)times + 1);
    for (json_int_t i = 0; text && i < times; i++) {
        memcpy(text + (size_t)i * len, *part, len - 1);
        text[(size_t)i * len + len - 1] = i + 1 < times ? '.' : '\0';
    }
    return mint_part_set(m, part, text);
}

/* {"swap_alphabet":{"part"}} base64 instead of base64url: + and / for - and _. */
int mint_mutate_swap_alphabet(struct mint_mutating *m)
{
    char **part = mint_part(m);
    bool swapped = false;
    for (char *p = part ? *part : NULL; p && *p; p++) {
        swapped = swapped || *p == '-' || *p == '_';
        *p = (char)(*p == '-' ? '+' : *p == '_' ? '/' : *p);
    }
    if (part && !swapped) {
        return mint_fault(m->oven, m->pointer, "there is neither - nor _ in this part");
    }
    return part ? 0 : -1;
}

/* {"trailing_bits":{"part","bits"}} the unused bits of the last character are set (the lowest, or
 * those of the number `bits`): another spelling of the same bytes. */
int mint_mutate_trailing_bits(struct mint_mutating *m)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char **part = mint_part(m);
    size_t len = part ? strlen(*part) : 0;
    const char *at = len > 0 ? strchr(alphabet, (*part)[len - 1]) : NULL;
    if (!part) {
        return -1;
    }
    if (len % 4 < 2 || !at) {
        return mint_fault(m->oven, m->pointer, "this part has no unused bits");
    }
    json_int_t bits = mint_number(m, "bits", 1);
    if (bits < 1 || bits >= (len % 4 == 2 ? 16 : 4)) {
        return mint_fault(m->oven, m->pointer, "bits is a number from 1 to %d here",
                          len % 4 == 2 ? 15 : 3);
    }
    (*part)[len - 1] = alphabet[(size_t)(at - alphabet) | (size_t)bits];
    return 0;
}

/* One of the segments, with {header}, {payload}, {signature} replaced. */
static const char *segment_text(const struct mint_parts *p, const char *text)
{
    return strcmp(text, "{header}") == 0      ? p->header
           : strcmp(text, "{payload}") == 0   ? p->payload
           : strcmp(text, "{signature}") == 0 ? p->signature
                                              : text;
}

/* {"segments":["{header}","x",…]} any number of parts, joined by dots. */
int mint_mutate_segments(struct mint_mutating *m)
{
    const json_t *item = NULL;
    size_t i = 0;
    size_t len = 0;
    if (!json_is_array(m->args) || json_array_size(m->args) > 100000 || m->parts->token) {
        return mint_fault(m->oven, m->pointer, "a list of at most 100000 parts is needed, once");
    }
    if (!m->parts->signature) {
        return mint_fault(m->oven, m->pointer, "before signing only header and payload are there");
    }
    json_array_foreach(m->args, i, item)
    {
        if (!json_is_string(item)) {
            return mint_fault(m->oven, m->pointer, "segments are strings");
        }
        len += strlen(segment_text(m->parts, json_string_value(item))) + 1;
        if (len > MINT_TEXT_MAX) {
            return mint_fault(m->oven, m->pointer, "the token becomes too large");
        }
    }
    char *text = malloc(len + 1);
    char *end = text;
    json_array_foreach(m->args, i, item)
    {
        if (text) {
            end = stpcpy(end, i > 0 ? "." : "");
            end = stpcpy(end, segment_text(m->parts, json_string_value(item)));
        }
    }
    if (text) {
        *end = '\0';
    }
    return mint_part_set(m, &m->parts->token, text);
}
