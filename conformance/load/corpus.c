/* Signing costs fifteen verifications, so tokens are made once and replayed: enough of them that
 * none is hot in a cache. */
#include "conformance/load/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *good_recipe(size_t index)
{
    return json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s}, s:{s:{s:{s:i}, s:I}}}", "base",
                     "delegated-v2", "for", "tenant", "contoso", "client", "web", "resource",
                     "auth-test", "user", "alice", "scope", "access_as_user", "claims", "set",
                     "exp", "now", 86400, "load_index", (json_int_t)index);
}

static int add_token(struct load_corpus *corpus, const json_t *answer, char *why, size_t cap)
{
    const char *value = json_string_value(json_object_get(answer, "authorization"));
    if (!value) {
        snprintf(why, cap, "the mock's answer has no \"authorization\"");
        return -1;
    }
    struct load_token *token = &corpus->tokens[corpus->count];
    token->authorization = strdup(value);
    if (!token->authorization) {
        snprintf(why, cap, "out of memory");
        return -1;
    }
    token->len = strlen(value);
    token->expected_status = 200;
    corpus->count++;
    return 0;
}

int load_corpus_make(struct load_corpus *corpus, size_t count, load_bake_fn bake, void *ctx,
                     char *why, size_t cap)
{
    corpus->count = 0;
    corpus->tokens = calloc(count, sizeof *corpus->tokens);
    if (!corpus->tokens) {
        snprintf(why, cap, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *recipe = good_recipe(i);
        json_t *answer = recipe ? bake(ctx, recipe, why, cap) : NULL;
        int status = answer ? add_token(corpus, answer, why, cap) : -1;
        json_decref(answer);
        json_decref(recipe);
        if (status != 0) {
            return -1;
        }
    }
    return 0;
}

void load_corpus_free(struct load_corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++) {
        free(corpus->tokens[i].authorization);
    }
    free(corpus->tokens);
    corpus->tokens = NULL;
    corpus->count = 0;
}
