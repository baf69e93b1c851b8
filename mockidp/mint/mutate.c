/* Damage to a finished token, each kind one row: on the text of a part, or on the bytes that it
 * encodes. */
#include "mockidp/mint/mutate.h"

#include "mockidp/mint/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *name;
    mint_mutation *run;
    const char *members; /* of its argument; NULL: a list */
} mutations[] = {
    {"flip_bit",      mint_mutate_flip_bit,      "part bit"},
    {"truncate",      mint_mutate_truncate,      "part to by"},
    {"extend",        mint_mutate_extend,        "part by"},
    {"leading_zero",  mint_mutate_leading_zero,  "part"},
    {"prepend",       mint_mutate_prepend,       "part hex"},
    {"drop_zero",     mint_mutate_drop_zero,     "part"},
    {"add_modulus",   mint_mutate_add_modulus,   "part plus"},
    {"strip",         mint_mutate_strip,         "part"},
    {"pad",           mint_mutate_pad,           "part text"},
    {"whitespace",    mint_mutate_insert,        "part at text"},
    {"insert",        mint_mutate_insert,        "part at text"},
    {"replace_part",  mint_mutate_replace_part,  "part with"},
    {"repeat_part",   mint_mutate_repeat_part,   "part times"},
    {"swap_alphabet", mint_mutate_swap_alphabet, "part"},
    {"trailing_bits", mint_mutate_trailing_bits, "part bits"},
    {"segments",      mint_mutate_segments,      NULL},
    {"nest",          mint_mutate_nest,          "times"},
    {"encrypt",       mint_mutate_encrypt,       "alg key header plaintext encrypted_key"},
};
/* clang-format on */

int mint_parts_join(struct mint_mutating *m)
{
    struct mint_parts *p = m->parts;
    if (!p->signature) {
        return mint_fault(m->oven, m->pointer, "before signing only header and payload are there");
    }
    if (!p->token && asprintf(&p->token, "%s.%s.%s", p->header, p->payload, p->signature) < 0) {
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
    size_t len = strlen(text);
    if (len > MINT_TEXT_MAX || mint_spend(m->oven, m->pointer, len) != 0) {
        free(text);
        return mint_fault(m->oven, m->pointer, "the part becomes too large");
    }
    free(*part);
    *part = text;
    return 0;
}

json_int_t mint_number(const struct mint_mutating *m, const char *name, json_int_t fallback)
{
    const json_t *value = json_object_get(m->args, name);
    return value ? json_integer_value(value) : fallback;
}

static int check_number(struct mint_oven *oven, const char *pointer, const json_t *args,
                        const char *name)
{
    const json_t *value = json_object_get(args, name);
    char at[MINT_POINTER_CAP];
    mint_pointer(at, sizeof at, pointer, name);
    return !value || json_is_integer(value) ? 0
                                            : mint_fault(oven, at, "a whole number is needed here");
}

/* "at" is a number or a word. */
static int check_at(struct mint_oven *oven, const char *pointer, const json_t *at)
{
    const char *word = json_string_value(at);
    bool fits = !at || json_is_integer(at) ||
                (word && (strcmp(word, "start") == 0 || strcmp(word, "middle") == 0 ||
                          strcmp(word, "end") == 0));
    return fits ? 0 : mint_fault(oven, pointer, "at is a number, start, middle or end");
}

static int check_args(struct mint_oven *oven, const char *pointer, const json_t *args,
                      const char *members)
{
    static const char *const numbers[] = {"bit", "to", "by", "times"};
    if (!members) {
        return 0;
    }
    if (mint_check_members(oven, pointer, args, members) != 0 ||
        mint_check_text(oven, pointer, args, "part") != 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (check_number(oven, pointer, args, numbers[i]) != 0) {
            return -1;
        }
    }
    return check_at(oven, pointer, json_object_get(args, "at"));
}

/* One mutation, and perhaps when it is done. */
static int check_mutation(struct mint_oven *oven, const json_t *mutation, size_t index)
{
    const json_t *when = json_object_get(mutation, "signed");
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/mutate/%zu", index);
    if (!json_is_object(mutation) || json_object_size(mutation) != (when ? 2 : 1)) {
        return mint_fault(oven, pointer, "an object with one mutation is needed");
    }
    return !when || json_is_boolean(when) ? 0
                                          : mint_fault(oven, pointer, "signed is true or false");
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
            return check_args(oven, pointer, args, mutations[i].members) == 0 ? mutations[i].run(&m)
                                                                              : -1;
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
        if (check_mutation(oven, mutation, i) != 0) {
            return -1;
        }
        if (json_is_true(json_object_get(mutation, "signed")) == before_signing &&
            mutate_one(oven, parts, mutation, i) != 0) {
            return -1;
        }
    }
    return 0;
}
