/* Damage to a finished token, each kind one row: on the text of a part, or on the bytes that it
 * encodes. */
#include "mockidp/mint/mutate.h"

#include "mockidp/mint/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    mint_mutation *run;
} mutations[] = {
    {"flip_bit", mint_mutate_flip_bit},
    {"truncate", mint_mutate_truncate},
    {"extend", mint_mutate_extend},
    {"leading_zero", mint_mutate_leading_zero},
    {"add_modulus", mint_mutate_add_modulus},
    {"strip", mint_mutate_strip},
    {"pad", mint_mutate_pad},
    {"whitespace", mint_mutate_insert},
    {"insert", mint_mutate_insert},
    {"replace_part", mint_mutate_replace_part},
    {"repeat_part", mint_mutate_repeat_part},
    {"swap_alphabet", mint_mutate_swap_alphabet},
    {"trailing_bits", mint_mutate_trailing_bits},
    {"segments", mint_mutate_segments},
};

int mint_parts_join(struct mint_mutating *m)
{
    struct mint_parts *p = m->parts;
    if (!p->token && asprintf(&p->token, "%s.%s.%s", p->header, p->payload,
                              p->signature ? p->signature : "") < 0) {
        p->token = NULL;
        return mint_fault(m->oven, m->pointer, "out of memory");
    }
    return 0;
}

char **mint_part(struct mint_mutating *m)
{
    const char *part = json_string_value(json_object_get(m->args, "part"));
    struct mint_parts *p = m->parts;
    part = part ? part : "signature";
    if (strcmp(part, "token") == 0) {
        return mint_parts_join(m) == 0 ? &p->token : NULL;
    }
    char **found = strcmp(part, "header") == 0      ? &p->header
                   : strcmp(part, "payload") == 0   ? &p->payload
                   : strcmp(part, "signature") == 0 ? &p->signature
                                                    : NULL;
    if (!found || !*found) {
        mint_fault(m->oven, m->pointer, "'%s' is no part that is there yet", part);
        return NULL;
    }
    if (p->token) {
        mint_fault(m->oven, m->pointer, "the parts were joined by an earlier mutation");
        return NULL;
    }
    return found;
}

int mint_part_set(struct mint_mutating *m, char **part, char *text)
{
    if (!text) {
        return mint_fault(m->oven, m->pointer, "out of memory");
    }
    free(*part);
    *part = text;
    return 0;
}

static int mutate_one(struct mint_oven *oven, struct mint_parts *parts, const json_t *mutation,
                      size_t index)
{
    char pointer[64];
    for (size_t i = 0; i < sizeof mutations / sizeof mutations[0]; i++) {
        const json_t *args = json_object_get(mutation, mutations[i].name);
        if (args) {
            (void)snprintf(pointer, sizeof pointer, "/mutate/%zu/%s", index, mutations[i].name);
            struct mint_mutating m = {oven, parts, args, pointer, mutations[i].name};
            return mutations[i].run(&m);
        }
    }
    (void)snprintf(pointer, sizeof pointer, "/mutate/%zu", index);
    return mint_fault(oven, pointer, "no mutation of that name");
}

int mint_mutate(struct mint_oven *oven, struct mint_parts *parts, bool before_signing)
{
    const json_t *list = json_object_get(oven->recipe, "mutate");
    const json_t *mutation = NULL;
    size_t i = 0;
    if (list && !json_is_array(list)) {
        return mint_fault(oven, "/mutate", "a list is needed here");
    }
    json_array_foreach(list, i, mutation)
    {
        if (json_is_true(json_object_get(mutation, "signed")) == before_signing &&
            mutate_one(oven, parts, mutation, i) != 0) {
            return -1;
        }
    }
    return 0;
}
