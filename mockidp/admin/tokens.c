/* POST /_admin/tokens: a recipe in, a token out. */
#include "mockidp/admin/admin.h"
#include "mockidp/bakery.h"

int admin_tokens_bake(struct admin_call *call)
{
    struct mint_context oven;
    struct mint_token token;
    json_t *recipe = call->body ? json_incref(call->body) : json_object();
    bakery_open(call->context, call->context->default_origin, &oven);
    int status = mint_bake(recipe, &oven, NULL, &token, call->why, sizeof call->why);
    json_decref(recipe);
    if (status != 0) {
        return 400;
    }
    call->answer =
        json_pack("{s:o, s:o, s:O, s:O}", "token", mint_octets(token.token), "authorization",
                  token.authorization ? mint_octets(token.authorization) : json_null(), "header",
                  token.header, "claims", token.claims);
    if (token.lines) {
        json_object_set(call->answer, "lines", token.lines);
    }
    json_object_set_new(call->answer, "place", json_string(token.place));
    mint_token_cleanup(&token);
    return 200;
}
