/* The value language: an object with one known member stands for what it computes; anything else
 * stands for itself. */
#include "mockidp/mint/values.h"
#include "mockidp/mint/encode.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *mint_value_fault(struct mint_oven *oven, const char *pointer, const char *sentence)
{
    mint_fault(oven, pointer, "%s", sentence);
    return NULL;
}

/* {"now":S} Unix seconds, {"now":S,"as":"string|float|exponent"} the same moment in another
 * spelling. */
static json_t *value_now(struct mint_oven *oven, const char *pointer, const json_t *object,
                         json_t **raw)
{
    const json_t *offset = json_object_get(object, "now");
    const char *as = json_string_value(json_object_get(object, "as"));
    char text[64];
    if (!json_is_integer(offset)) {
        return mint_value_fault(oven, pointer, "now takes a whole number of seconds");
    }
    int64_t at = oven->context->now + json_integer_value(offset);
    if (!as) {
        return json_integer(at);
    }
    if (strcmp(as, "string") == 0) {
        snprintf(text, sizeof text, "%lld", (long long)at);
        return json_string(text);
    }
    if (strcmp(as, "float") == 0) {
        snprintf(text, sizeof text, "%lld.5", (long long)at);
    } else if (strcmp(as, "exponent") == 0) {
        snprintf(text, sizeof text, "%lld.%09llde9", (long long)(at / 1000000000),
                 (long long)(at % 1000000000));
    } else {
        return mint_value_fault(oven, pointer, "as is string, float or exponent");
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
    if (json_array_size(pair) != 2 || !what || times < 0 || (size_t)times > MINT_TEXT_MAX) {
        return mint_value_fault(oven, pointer, "repeat takes [what, how often]");
    }
    if (!json_is_string(what)) {
        json_t *array = json_array();
        for (json_int_t i = 0; i < times && i < 1000000; i++) {
            json_array_append_new(array, json_deep_copy(what));
        }
        return array;
    }
    size_t len = json_string_length(what);
    if (len * (size_t)times > MINT_TEXT_MAX) {
        return mint_value_fault(oven, pointer, "repeat would be larger than 8 MiB");
    }
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
    if (!alias) {
        return mint_value_fault(oven, pointer, "tenant_issuer takes an alias");
    }
    const char *known = c->tenant(c->ctx, alias);
    const char *tid = known ? known : alias;
    if (v1 && !c->v1_issuer_origin) {
        snprintf(text, sizeof text, "https://sts.windows.net/%s/", tid);
    } else {
        snprintf(text, sizeof text, v1 ? "%s/%s/" : "%s/%s/v2.0", c->origin, tid);
    }
    return json_string(text);
}

/* {"origin":"/_canary/jku"} a URL of this server. */
static json_t *value_origin(struct mint_oven *oven, const char *pointer, const json_t *object,
                            json_t **raw)
{
    const char *path = json_string_value(json_object_get(object, "origin"));
    (void)raw;
    return path ? json_sprintf("%s%s", oven->context->origin, path)
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

static const struct {
    const char *name;
    mint_operation *run;
} operations[] = {
    {"now", value_now},
    {"repeat", value_repeat},
    {"tenant_issuer", value_tenant_issuer},
    {"tenant_id", value_tenant_id},
    {"origin", value_origin},
    {"claim", value_claim},
    {"kid", mint_value_kid},
    {"key", mint_value_key},
    {"raw", value_raw},
    {"literal", value_literal},
    {"concat", mint_value_concat},
    {"slice", mint_value_slice},
    {"upper", mint_value_case},
    {"lower", mint_value_case},
    {"replace", mint_value_replace},
    {"bake", mint_value_bake},
};

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
            return operations[i].run(oven, pointer, value, raw);
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
