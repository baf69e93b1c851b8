/* The tokens of a load run, made before it starts, each with the HTTP status that it must get. */
#ifndef CONFORMANCE_LOAD_CORPUS_H
#define CONFORMANCE_LOAD_CORPUS_H

#include <jansson.h>
#include <stddef.h>

struct load_token {
    char *authorization; /* the header's value, owned */
    size_t len;
    int expected_status;
};

struct load_corpus {
    struct load_token *tokens;
    size_t count;
};

/*
 * load_bake_fn bakes a recipe: returns the admin answer ({"authorization": …}), a new reference, or
 * NULL with a sentence in `why`.
 */
typedef json_t *(*load_bake_fn)(void *ctx, const json_t *recipe, char *why, size_t cap);

/*
 * load_corpus_make fills `corpus` with `count` distinct good tokens for the demo's API. Returns 0,
 * or -1 with `why`; free it either way.
 */
int load_corpus_make(struct load_corpus *corpus, size_t count, load_bake_fn bake, void *ctx,
                     char *why, size_t cap);
void load_corpus_free(struct load_corpus *corpus);

#endif
