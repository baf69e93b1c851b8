/* Settings from a JSON object, read with the strict reader of tokens: one fault, one name. */
#include "validator/core/config.h"

#include "validator/jose/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_CAP 4200

static int append(const struct jose_json_value *v, char *out, size_t *used)
{
    size_t len = 0;
    if (*used > 0 && *used + 1 < VALUE_CAP) {
        out[(*used)++] = ' ';
    }
    if (!jose_json_copy(v, out + *used, VALUE_CAP - *used, &len)) {
        return -1;
    }
    *used += len;
    return 0;
}

/* What would be no word, or two, in a list that is cut at spaces. */
static bool is_word(const char *text)
{
    return text[0] != '\0' && !strchr(text, ' ');
}

/* Strings stay as they are, numbers as they are written, arrays of strings become words. */
static int value_text(const struct jose_json_value *v, char *out)
{
    size_t used = 0;
    struct jose_json_value item;
    out[0] = '\0';
    switch (v->type) {
    case JOSE_JSON_STRING: return append(v, out, &used);
    case JOSE_JSON_NUMBER:
        if (v->text.len >= VALUE_CAP) {
            return -1;
        }
        memcpy(out, v->text.data, v->text.len);
        out[v->text.len] = '\0';
        return 0;
    case JOSE_JSON_ARRAY:
        for (size_t offset = 0; jose_json_array_next(v, &offset, &item);) {
            size_t before = used;
            if (append(&item, out, &used) != 0 || !is_word(out + before + (before > 0))) {
                return -1;
            }
        }
        return 0;
    default: return -1;
    }
}

int btv_config_load_json(struct btv_config *c, const char *json, size_t len, char *why, size_t cap)
{
    struct jose_json_member members[JOSE_JSON_MEMBERS];
    char name[64];
    char value[VALUE_CAP];
    size_t count = 0;
    size_t name_len = 0;
    if (!jose_json_object(jose_span(json, len), members, JOSE_JSON_MEMBERS, &count)) {
        return btv_config_fault(
            "configuration", "not a JSON object (strict: no comments, no member twice)", why, cap);
    }
    for (size_t i = 0; i < count; i++) {
        if (!jose_json_copy(&members[i].name, name, sizeof name, &name_len)) {
            return btv_config_fault("configuration", "a member name is too long", why, cap);
        }
        if (value_text(&members[i].value, value) != 0) {
            return btv_config_fault(name, "neither a string, a number nor an array of words", why,
                                    cap);
        }
        if (btv_config_set(c, name, value, why, cap) != 0) {
            return -1;
        }
    }
    return 0;
}
