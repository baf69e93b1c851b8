/* Recipes of any shape: baked whole, or refused by the JSON pointer of the member at fault with
 * nothing left behind. */
#include "mockidp/bakery.h"
#include "mockidp/config/config.h"
#include "mockidp/keyring/keyring.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(int holds)
{
    if (!holds) {
        abort();
    }
}

static void add_tenant(struct keyring *keyring, const struct directory *directory,
                       const struct directory_tenant *tenant)
{
    struct keyring_pem pems[KEYRING_PUBLISHED_MAX];
    char why[256];
    size_t count = json_array_size(tenant->keys);
    require(count <= KEYRING_PUBLISHED_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *file = json_string_value(json_array_get(tenant->keys, i));
        pems[i].data = config_read_file(directory, file, &pems[i].len, why, sizeof why);
        require(pems[i].data != NULL);
    }
    require(keyring_add(keyring, tenant->id, pems, count) == 0);
}

/* The oven of the demo directory, with a clock that stands still; made once, for the whole run. */
static struct mint_context *oven_of_the_demo(void)
{
    static struct idp_context context;
    static struct mint_context oven;
    char why[512] = "";
    if (context.directory) {
        return &oven;
    }
    context.directory = config_load(NULL, why, sizeof why);
    context.clock = clock_new("2026-01-31T12:00:00Z", why, sizeof why);
    context.rng = rng_new("fuzz");
    context.origin = context.default_origin = "https://login.test";
    require(context.directory && context.clock && context.rng);
    context.keyring = keyring_new(context.clock, NULL, NULL, why, sizeof why);
    require(context.keyring != NULL);
    for (size_t i = 0; i < context.directory->tenant_count; i++) {
        add_tenant(context.keyring, context.directory, &context.directory->tenants[i]);
    }
    bakery_open(&context, context.origin, &oven);
    return &oven;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mint_context *oven = oven_of_the_demo();
    struct mint_token token;
    char why[256] = "";
    json_t *recipe = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    if (!recipe) {
        return 0;
    }
    if (mint_bake(recipe, oven, NULL, &token, why, sizeof why) == 0) {
        require(token.token != NULL && token.place != NULL && why[0] == '\0');
        mint_token_cleanup(&token);
    } else {
        require(why[0] == '/' && memchr(why, '\0', sizeof why) != NULL);
        require(token.token == NULL && token.claims == NULL && token.header == NULL);
    }
    json_decref(recipe);
    return 0;
}
