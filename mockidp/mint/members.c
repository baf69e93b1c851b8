/* Which members may stand where, and the JSON pointers (RFC 6901) of those that may not. */
#include "mockidp/mint/oven.h"

#include "mockidp/platform/words.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void mint_pointer(char *out, size_t cap, const char *parent, const char *name)
{
    int len = snprintf(out, cap, "%s/", parent);
    size_t at = len > 0 && (size_t)len < cap ? (size_t)len : 0;
    for (; *name && at + 3 < cap; name++) {
        if (*name == '~' || *name == '/') {
            out[at++] = '~';
            out[at++] = *name == '~' ? '0' : '1';
        } else {
            out[at++] = *name;
        }
    }
    out[at] = '\0';
}

int mint_check_members(struct mint_oven *oven, const char *pointer, const json_t *object,
                       const char *words)
{
    const char *name = NULL;
    json_t *value = NULL;
    char at[MINT_POINTER_CAP];
    if (object && !json_is_object(object)) {
        return mint_fault(oven, pointer, "an object is needed here, of %s", words);
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!words_have(words, name)) {
            mint_pointer(at, sizeof at, pointer, name);
            return mint_fault(oven, at, "there is no such member here, only %s", words);
        }
    }
    return 0;
}

int mint_check_text(struct mint_oven *oven, const char *pointer, const json_t *object,
                    const char *name)
{
    const json_t *value = json_object_get(object, name);
    char at[MINT_POINTER_CAP];
    mint_pointer(at, sizeof at, pointer, name);
    return !value || json_is_string(value) ? 0 : mint_fault(oven, at, "a text is needed here");
}

int mint_spend(struct mint_oven *oven, const char *pointer, size_t bytes)
{
    if (bytes > MINT_SPEND_MAX - *oven->spent) {
        return mint_fault(oven, pointer, "the recipe makes more than %zu MiB in all",
                          MINT_SPEND_MAX >> 20);
    }
    *oven->spent += bytes;
    return 0;
}
