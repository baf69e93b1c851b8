/* The value language: an object with one known member stands for what it computes; anything else
 * stands for itself. */
#include "mockidp/mint/values.h"
#include "mockidp/mint/encode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Further away nothing is meant, and sums stay far from overflow. */
#define SECONDS_MAX (1LL << 40)
enum { ALIAS_MAX = 200 };

json_t *mint_value_fault(struct mint_oven *oven, const char *pointer, const char *sentence)
{
    mint_fault(oven, pointer, "%s", sentence);
    return NULL;
}

/* The bytes of a value as compact JSON. */
static size_t size_of(const json_t *value)
{
    return json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
}

/* {"now":S} Unix seconds, {"now":S,"as":"string|float|exponent"} the same moment in another
 * spelling. */
static json_t *value_now(struct mint_oven *oven, const char *pointer, const json_t *object,
                         json_t **raw)
{
    const json_t *offset = json_object_get(object, "now");
    const char *as = json_string_value(json_object_get(object, "as"));
    char text[64];
    json_int_t seconds = json_integer_value(offset);
    if (!json_is_integer(offset) || seconds <= -SECONDS_MAX || seconds >= SECONDS_MAX) {
        return mint_value_fault(oven, pointer,
                                "now takes a whole number of seconds, less than 2^40 away");
    }
    if (mint_check_text(oven, pointer, object, "as") != 0) {
        return NULL;
    }
    int64_t at = oven->context->now + seconds;
    if (!as) {
        return json_integer(at);
    }
    if (strcmp(as, "string") == 0) {
        snprintf(text, sizeof text, "%lld", (long long)at);
        return json_string(text);
    }
    if (strcmp(as, "float") == 0) {
        snprintf(text, sizeof text, "%lld.5", (long long)at);
    } else if (strcmp(as, "exponent") == 0 && at >= 0) {
        snprintf(text, sizeof text, "%lld.%09llde9", (long long)(at / 1000000000),
                 (long long)(at % 1000000000));
    } else {
        return mint_value_fault(oven, pointer, "as is string, float or (not before 1970) exponent");
    }
    if (!raw) {
        return mint_value_fault(oven, pointer, "float and exponent stand only directly in set");
    }
    *raw = json_string(text);
    return json_null();
}

/* {"repeat":["x",65536]} a text many times over, {"repeat":[[…],n]} an array of n copies. */
static json_t *value_repeat(struct mint_oven *oven, const char *pointer, const json_t *object,
                            json_t **raw)
{
    const json_t *pair = json_object_get(object, "repeat");
    const json_t *what = json_array_get(pair, 0);
    json_int_t times = json_integer_value(json_array_get(pair, 1));
    (void)raw;
    if (json_array_size(pair) != 2 || !json_is_integer(json_array_get(pair, 1)) || times < 0) {
        return mint_value_fault(oven, pointer, "repeat takes [what, how often]");
    }
    size_t len = json_is_string(what) ? json_string_length(what) : size_of(what) + 1;
    if (len > 0 && (size_t)times > MINT_TEXT_MAX / len) {
        return mint_value_fault(oven, pointer, "repeat would be larger than 8 MiB");
    }
    if (!json_is_string(what)) {
        json_t *array = json_array();
        for (json_int_t i = 0; i < times; i++) {
            json_array_append_new(array, json_deep_copy(what));
        }
        return array;
    }
    times = len > 0 ? times : 0;
    char *text = malloc(len * (size_t)times + 1);
    for (json_int_t i = 0; text && i < times; i++) {
        memcpy(text + (size_t)i * len, json_string_value(what), len);
    }
    json_t *value = text ? json_stringn(text, len * (size_t)times) : NULL;
    free(text);
    return value;
}

/* {"tenant_issuer":"fabrikam"} the v2 issuer of a tenant, by alias or as it is written;
 * {…,"version":1} the v1 one. */
static json_t *value_tenant_issuer(struct mint_oven *oven, const char *pointer,
                                   const json_t *object, json_t **raw)
{
    const char *alias = json_string_value(json_object_get(object, "tenant_issuer"));
    bool v1 = json_integer_value(json_object_get(object, "version")) == 1;
    const struct mint_context *c = oven->context;
    char text[512];
    (void)raw;
    const json_t *version = json_object_get(object, "version");
    if (!alias || strlen(alias) > ALIAS_MAX) {
        return mint_value_fault(oven, pointer, "tenant_issuer takes an alias");
    }
    if (version && json_integer_value(version) != 1 && json_integer_value(version) != 2) {
        return mint_value_fault(oven, pointer, "version is 1 or 2");
    }
    const char *known = c->tenant(c->ctx, alias);
    const char *tid = known ? known : alias;
    if (v1 && !c->v1_issuer_origin) {
        snprintf(text, sizeof text, "%s/%s/", c->sts ? c->sts : "https://sts.windows.net", tid);
    } else {
        snprintf(text, sizeof text, v1 ? "%s/%s/" : "%s/%s/v2.0", oven->origin, tid);
    }
    return json_string(text);
}

/* {"origin":"/_canary/jku"} a URL of this server. */
static json_t *value_origin(struct mint_oven *oven, const char *pointer, const json_t *object,
                            json_t **raw)
{
    const char *path = json_string_value(json_object_get(object, "origin"));
    (void)raw;
    return path ? json_sprintf("%s%s", oven->origin, path)
                : mint_value_fault(oven, pointer, "origin takes a path");
}

/* {"tenant_id":"fabrikam"} */
static json_t *value_tenant_id(struct mint_oven *oven, const char *pointer, const json_t *object,
                               json_t **raw)
{
    const char *alias = json_string_value(json_object_get(object, "tenant_id"));
    const char *tid = alias ? oven->context->tenant(oven->context->ctx, alias) : NULL;
    (void)raw;
    return tid ? json_string(tid)
               : mint_value_fault(oven, pointer, "tenant_id takes the alias of a tenant");
}

/* {"claim":"iss"} what the base has there. */
static json_t *value_claim(struct mint_oven *oven, const char *pointer, const json_t *object,
                           json_t **raw)
{
    const char *name = json_string_value(json_object_get(object, "claim"));
    json_t *claim = name ? json_object_get(oven->claims, name) : NULL;
    (void)raw;
    return claim ? json_deep_copy(claim)
                 : mint_value_fault(oven, pointer,
                                    "claim names a member that the base does not have");
}

/* {"raw":"01"} JSON text that is written as it is, for spellings that no JSON value has. */
static json_t *value_raw(struct mint_oven *oven, const char *pointer, const json_t *object,
                         json_t **raw)
{
    json_t *text = json_object_get(object, "raw");
    if (!raw || !json_is_string(text)) {
        return mint_value_fault(oven, pointer,
                                "raw takes JSON text and stands only directly in set");
    }
    *raw = json_incref(text);
    return json_null();
}

/* {"literal":…} the value itself, whatever it looks like. */
static json_t *value_literal(struct mint_oven *oven, const char *pointer, const json_t *object,
                             json_t **raw)
{
    (void)oven, (void)pointer, (void)raw;
    return json_deep_copy(json_object_get(object, "literal"));
}

/* clang-format off */
static const struct operation {
    const char *name;
    mint_operation *run;
    const char *members; /* that may stand in its object */
} operations[] = {
    {"now",           value_now,           "now as"},
    {"repeat",        value_repeat,        "repeat"},
    {"tenant_issuer", value_tenant_issuer, "tenant_issuer version"},
    {"tenant_id",     value_tenant_id,     "tenant_id"},
    {"origin",        value_origin,        "origin"},
    {"claim",         value_claim,         "claim"},
    {"key",           mint_value_key,      "key as"},
    {"kid",           mint_value_kid,      "kid"},
    {"raw",           value_raw,           "raw"},
    {"literal",       value_literal,       "literal"},
    {"concat",        mint_value_concat,   "concat"},
    {"slice",         mint_value_slice,    "slice"},
    {"upper",         mint_value_case,     "upper"},
    {"lower",         mint_value_case,     "lower"},
    {"replace",       mint_value_replace,  "replace"},
    {"bake",          mint_value_bake,     "bake"},
};
/* clang-format on */

/* An operation whose result is counted; whatever went wrong, there is a sentence. */
static json_t *run(struct mint_oven *oven, const char *pointer, const struct operation *operation,
                   const json_t *object, json_t **raw)
{
    if (mint_check_members(oven, pointer, object, operation->members) != 0) {
        return NULL;
    }
    json_t *result = operation->run(oven, pointer, object, raw);
    if (result && mint_spend(oven, pointer, size_of(result)) != 0) {
        json_decref(result);
        return NULL;
    }
    return result;
}

static json_t *value_nested(struct mint_oven *oven, const char *pointer, const json_t *value)
{
    json_t *copy = json_is_array(value) ? json_array() : json_object();
    const char *name = NULL;
    json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(value, i, item)
    {
        if (json_array_append_new(copy, mint_value(oven, pointer, item, NULL)) != 0) {
            json_decref(copy);
            return NULL;
        }
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, item)
    {
        if (json_object_set_new(copy, name, mint_value(oven, pointer, item, NULL)) != 0) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

json_t *mint_value(struct mint_oven *oven, const char *pointer, const json_t *value, json_t **raw)
{
    if (!json_is_object(value) && !json_is_array(value)) {
        return json_deep_copy(value);
    }
    for (size_t i = 0; json_is_object(value) && i < sizeof operations / sizeof operations[0]; i++) {
        if (json_object_get(value, operations[i].name)) {
            return run(oven, pointer, &operations[i], value, raw);
        }
    }
    return value_nested(oven, pointer, value);
}

int mint_value_bytes(struct mint_oven *oven, const char *pointer, const json_t *value,
                     struct mint_bytes *out)
{
    json_t *result = mint_value(oven, pointer, value, NULL);
    const char *hex = json_string_value(json_object_get(result, "hex"));
    if (!result) {
        return -1;
    }
    if (hex) {
        out->data = (char *)mint_unhex(hex, &out->len);
    } else if (json_is_string(result)) {
        out->len = json_string_length(result);
        out->data = malloc(out->len + 1);
        if (out->data) {
            memcpy(out->data, json_string_value(result), out->len + 1);
        }
    } else {
        out->data = json_dumps(result, JSON_COMPACT | JSON_ENCODE_ANY);
        out->len = out->data ? strlen(out->data) : 0;
    }
    json_decref(result);
    return out->data ? 0 : mint_fault(oven, pointer, "it gives no bytes");
}
