/* What the mutations share: on the text of a part (mutate_text.c), or on the bytes that it encodes
 * (mutate_bytes.c). */
#ifndef MOCKIDP_MINT_MUTATE_H
#define MOCKIDP_MINT_MUTATE_H

#include "mockidp/mint/oven.h"

/* One mutation on its way. `args` is the value of its member; all borrowed. */
struct mint_mutating {
    struct mint_oven *oven;
    struct mint_parts *parts;
    const json_t *args;
    const char *pointer;
    const char *name;
};

/* A mutation changes the parts; 0, or -1 with the fault. */
typedef int mint_mutation(struct mint_mutating *m);

/* mint_part finds the text that "part" names (default: the signature); NULL with the fault. "token"
 * joins the parts. */
char **mint_part(struct mint_mutating *m);

/* mint_part_set replaces a text; takes `text` over, NULL is "out of memory". */
int mint_part_set(struct mint_mutating *m, char **part, char *text);

/* mint_number returns an integer argument, or `fallback` when it is not there. */
json_int_t mint_number(const struct mint_mutating *m, const char *name, json_int_t fallback);

/* mint_parts_join makes one text of the three, after which they are not changed alone any more. */
int mint_parts_join(struct mint_mutating *m);

mint_mutation mint_mutate_flip_bit; /* mutate_bytes.c */
mint_mutation mint_mutate_truncate;
mint_mutation mint_mutate_extend;
mint_mutation mint_mutate_leading_zero;
mint_mutation mint_mutate_drop_zero;
mint_mutation mint_mutate_add_modulus;
mint_mutation mint_mutate_strip; /* mutate_text.c */
mint_mutation mint_mutate_pad;
mint_mutation mint_mutate_insert;
mint_mutation mint_mutate_prepend;
mint_mutation mint_mutate_replace_part;
mint_mutation mint_mutate_repeat_part;
mint_mutation mint_mutate_swap_alphabet;
mint_mutation mint_mutate_trailing_bits;
mint_mutation mint_mutate_segments;
mint_mutation mint_mutate_nest;    /* nest.c */
mint_mutation mint_mutate_encrypt; /* encrypt.c */

#endif
