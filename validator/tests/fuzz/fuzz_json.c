/*
 * The strict reader beside jansson: whatever ours accepts, jansson accepts, with the same members
 * and the same strings; and no reader looks beyond the text.
 */
#include "validator/jose/json.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

static enum jose_json_type type_of(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT: return JOSE_JSON_OBJECT;
    case JSON_ARRAY: return JOSE_JSON_ARRAY;
    case JSON_STRING: return JOSE_JSON_STRING;
    case JSON_TRUE: return JOSE_JSON_TRUE;
    case JSON_FALSE: return JOSE_JSON_FALSE;
    case JSON_NULL: return JOSE_JSON_NULL;
    default: return JOSE_JSON_NUMBER;
    }
}

static void require(int holds)
{
    if (!holds) {
        abort();
    }
}

/* Its text is the number that jansson read. A date, where ours reads one, is the floor of that, as
 * far as a double is exact. */
static void compare_number(const struct jose_json_value *ours, const json_t *theirs)
{
    int64_t seconds = 0;
    double real = json_number_value(theirs);
    char *text = strndup(ours->text.data, ours->text.len);
    char *end = NULL;
    require(text && strtod(text, &end) == real && *end == '\0');
    free(text);
    if (jose_json_seconds(ours, &seconds) && real > -1e15 && real < 1e15) {
        require((double)seconds <= real && real - (double)seconds <= 1.0);
    }
}

static void compare_object(struct jose_span json, const json_t *theirs, int depth);

/* `depth` levels of what is inside are compared too. */
static void compare_value(const struct jose_json_value *ours, const json_t *theirs, int depth)
{
    size_t cap = ours->text.len + 1;
    char *text = malloc(cap);
    require(text != NULL);
    size_t len = 0;
    struct jose_json_value item;
    size_t offset = 0;
    size_t count = 0;
    require(ours->type == type_of(theirs));
    switch (ours->type) {
    case JOSE_JSON_STRING:
        require(jose_json_copy(ours, text, cap, &len));
        require(len == json_string_length(theirs));
        require(memcmp(text, json_string_value(theirs), len) == 0);
        require(jose_json_is(ours, jose_span(text, len)));
        break;
    case JOSE_JSON_NUMBER: compare_number(ours, theirs); break;
    case JOSE_JSON_ARRAY:
        for (; jose_json_array_next(ours, &offset, &item); count++) {
            require(count < json_array_size(theirs));
            if (depth > 0) {
                compare_value(&item, json_array_get(theirs, count), depth - 1);
            }
        }
        require(count == json_array_size(theirs));
        break;
    case JOSE_JSON_OBJECT:
        if (depth > 0) {
            compare_object(ours->text, theirs, depth - 1);
        }
        break;
    default: break;
    }
    free(text);
}

/* Inside an object there may be more members than a document may have: then there is nothing to
 * compare. */
static void compare_object(struct jose_span json, const json_t *theirs, int depth)
{
    size_t count = 0;
    size_t len = 0;
    struct jose_json_member *inside = calloc(JOSE_JSON_MEMBERS, sizeof *inside);
    char *text = malloc(json.len + 1);
    require(inside && text);
    if (jose_json_object(json, inside, JOSE_JSON_MEMBERS, &count)) {
        require(json_object_size(theirs) == count);
        for (size_t i = 0; i < count; i++) {
            require(jose_json_copy(&inside[i].name, text, json.len + 1, &len));
            const json_t *value = json_object_get(theirs, text);
            require(value && jose_json_find(inside, count, text) == &inside[i].value);
            compare_value(&inside[i].value, value, depth);
        }
    } else {
        require(count == 0);
    }
    free(inside);
    free(text);
}

enum { DEPTH = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jose_json_member members[JOSE_JSON_MEMBERS];
    size_t count = 0;
    char *copy = malloc(size + 1);
    require(copy != NULL);
    memcpy(copy, data, size);
    if (jose_json_object(jose_span(copy, size), members, JOSE_JSON_MEMBERS, &count)) {
        json_error_t fault;
        json_t *theirs =
            json_loadb(copy, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &fault);
        require(json_is_object(theirs));
        compare_object(jose_span(copy, size), theirs, DEPTH);
        json_decref(theirs);
    } else {
        require(count == 0);
    }
    free(copy);
    return 0;
}
