/* What a recipe changes in claims and header, and how they become text. */
#include "mockidp/mint/oven.h"
#include "mockidp/platform/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fault_within(struct mint_oven *oven, const char *pointer, const char *member,
                        const char *sentence)
{
    char at[MINT_POINTER_CAP];
    mint_pointer(at, sizeof at, pointer, member);
    return mint_fault(oven, at, "%s", sentence);
}

static int check_changes(struct mint_oven *oven, const char *pointer, const json_t *changes)
{
    const json_t *set = json_object_get(changes, "set");
    const json_t *removed = json_object_get(changes, "remove");
    const json_t *item = NULL;
    size_t i = 0;
    if (mint_check_members(oven, pointer, changes, "set remove raw insert_raw") != 0) {
        return -1;
    }
    if (set && !json_is_object(set)) {
        return fault_within(oven, pointer, "set", "an object of members and values is needed");
    }
    if (removed && !json_is_array(removed)) {
        return fault_within(oven, pointer, "remove", "a list of names is needed");
    }
    json_array_foreach(removed, i, item)
    {
        if (!json_is_string(item)) {
            return fault_within(oven, pointer, "remove", "a list of names is needed");
        }
    }
    if (json_object_get(changes, "raw") && json_object_size(changes) > 1) {
        return mint_fault(oven, pointer, "raw is the whole text: nothing else goes with it");
    }
    return 0;
}

static int set_member(struct mint_oven *oven, const char *pointer, const char *name,
                      const json_t *value, json_t *object, json_t *raw)
{
    char set[64];
    char at[MINT_POINTER_CAP];
    json_t *text = NULL;
    mint_pointer(set, sizeof set, pointer, "set");
    mint_pointer(at, sizeof at, set, name);
    json_t *result = mint_value(oven, at, value, &text);
    if (!result) {
        return -1;
    }
    json_object_del(raw, name);
    int status = json_object_set_new(object, name, result);
    if (status == 0 && text) {
        status = json_object_set_new(raw, name, text);
    }
    return status == 0 ? 0 : mint_fault(oven, at, "out of memory");
}

int mint_change(struct mint_oven *oven, const char *pointer, const json_t *changes, json_t *object,
                json_t *raw)
{
    const char *name = NULL;
    const json_t *value = NULL;
    size_t i = 0;
    if (check_changes(oven, pointer, changes) != 0) {
        return -1;
    }
    json_object_foreach(json_object_get(changes, "set"), name, value)
    {
        if (set_member(oven, pointer, name, value, object, raw) != 0) {
            return -1;
        }
    }
    json_array_foreach(json_object_get(changes, "remove"), i, value)
    {
        json_object_del(object, json_string_value(value));
        json_object_del(raw, json_string_value(value));
    }
    return 0;
}

/* One member as "name":value, after a comma unless it is the first. */
static void write_member(struct json_text *out, const char *name, const json_t *value,
                         const char *raw, bool first)
{
    json_text_raw(out, ",", !first);
    json_text_string(out, name, strlen(name));
    json_text_raw(out, ":", 1);
    if (raw) {
        json_text_raw(out, raw, strlen(raw));
    } else {
        json_text_value(out, value);
    }
}

static int write_object(struct mint_oven *oven, const char *pointer, const json_t *object,
                        const json_t *raw, const struct mint_bytes *insert, struct mint_bytes *out)
{
    struct json_text text = {.data = NULL};
    const char *name = NULL;
    json_t *value = NULL;
    bool first = true;
    json_text_raw(&text, "{", 1);
    if (insert->data) {
        json_text_raw(&text, insert->data, insert->len);
    }
    bool any_raw = json_object_size(raw) > 0;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const json_t *own = any_raw ? json_object_get(raw, name) : NULL;
        write_member(&text, name, value, json_string_value(own), first);
        first = false;
    }
    json_text_raw(&text, "}", 1);
    out->data = json_text_take(&text, &out->len);
    return out->data ? 0 : mint_fault(oven, pointer, "out of memory");
}

static int member_bytes(struct mint_oven *oven, const char *pointer, const char *member,
                        const json_t *value, struct mint_bytes *out)
{
    char at[MINT_POINTER_CAP];
    mint_pointer(at, sizeof at, pointer, member);
    return mint_value_bytes(oven, at, value, out);
}

int mint_text(struct mint_oven *oven, const char *pointer, const json_t *changes,
              const json_t *object, const json_t *raw, struct mint_bytes *out)
{
    const json_t *whole = json_object_get(changes, "raw");
    const json_t *insert = json_object_get(changes, "insert_raw");
    struct mint_bytes inserted = {0};
    if (whole) {
        return member_bytes(oven, pointer, "raw", whole, out);
    }
    if (insert && member_bytes(oven, pointer, "insert_raw", insert, &inserted) != 0) {
        return -1;
    }
    int status = write_object(oven, pointer, object, raw, &inserted, out);
    free(inserted.data);
    return status;
}
