/* Showing cases and tokens without playing anything. */
#include "conformance/commands.h"
#include "conformance/others.h"
#include "conformance/provider/provider.h"
#include "conformance/report/step.h"
#include "conformance/select.h"
#include "conformance/world/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_list(const struct conform_options *o, const struct cf_suite *suite)
{
    const struct cf_selection selection = {o->words, o->word_count, o->level};
    size_t variants = 0;
    size_t count = 0;
    for (size_t i = 0; i < suite->count; i++) {
        const struct cf_case *c = &suite->cases[i];
        if (cf_selects(&selection, c) && (!o->safe || cf_provider_is_safe(c))) {
            (void)printf("%-8s %-6s %2zu  %s\n", c->id, cf_level_name(c->level),
                         cf_variant_count(c), c->title);
            variants += cf_variant_count(c);
            count++;
        }
    }
    if (count == 0) {
        (void)fprintf(stderr, "conform: no case matches\n");
        return CONFORM_USAGE;
    }
    (void)printf("%zu cases, %zu variants\n", count, variants);
    return CONFORM_OK;
}

static void show_dump(const char *label, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY) : NULL;
    if (text) {
        (void)printf("  %s: %s\n", label, text);
    }
    free(text);
}

/* What one recipe becomes: decoded, and as it is sent. */
static void show_send(struct cf_world *world, const json_t *recipe)
{
    char why[400];
    json_t *baked = cf_world_bake(world, recipe, why, sizeof why);
    show_dump("recipe", recipe);
    if (!baked) {
        (void)printf("  it cannot be baked now: %s\n", why);
        return;
    }
    show_dump("header", json_object_get(baked, "header"));
    show_dump("claims", json_object_get(baked, "claims"));
    show_dump(json_object_get(baked, "lines") ? "lines" : "Authorization",
              json_object_get(baked, "lines") ? json_object_get(baked, "lines")
                                              : json_object_get(baked, "authorization"));
    json_decref(baked);
}

static void show_variant(struct cf_world *world, const struct cf_case *c, size_t i)
{
    const char *name = NULL;
    json_t *variant = cf_variant(c, i, &name);
    const json_t *step = NULL;
    size_t k = 0;
    if (name) {
        (void)printf("\nvariant %s\n", name);
    }
    json_array_foreach(json_object_get(variant, "steps"), k, step)
    {
        if (!json_object_get(step, "send")) {
            show_dump("step", step);
            continue;
        }
        show_send(world, json_object_get(step, "send"));
        (void)printf("  must: ");
        report_expectation(stdout, json_object_get(step, "expect"));
        (void)printf("\n");
    }
    json_decref(variant);
}

/* One line each: what the case says of others, and what was measured of them. */
static void show_others(const struct cf_case *c)
{
    char *folder = cf_others_folder();
    json_t *loaded = cf_others_load(folder);
    json_t *list = cf_others_of(loaded, c);
    const json_t *line = NULL;
    size_t i = 0;
    json_array_foreach(list, i, line)
    {
        (void)printf("others: %s\n", json_string_value(line));
    }
    json_decref(list);
    json_decref(loaded);
    free(folder);
}

static void show_head(const struct cf_case *c)
{
    const json_t *source = NULL;
    size_t i = 0;
    (void)printf("%s (%s)  %s\nprofile: %s\nwhy: %s\n", c->id, cf_level_name(c->level), c->title,
                 c->profile, json_string_value(json_object_get(c->json, "why")));
    json_array_foreach(json_object_get(c->json, "source"), i, source)
    {
        (void)printf("source: %s\n", json_string_value(source));
    }
    const char *variance = json_string_value(json_object_get(c->json, "variance"));
    if (variance) {
        (void)printf("legitimate variance: %s\n", variance);
    }
    const json_t *need = NULL;
    json_array_foreach(json_object_get(c->json, "needs"), i, need)
    {
        (void)printf("%s%s", i == 0 ? "needs: " : ", ", json_string_value(need));
    }
    (void)fputs(i > 0 ? "\n" : "", stdout);
    show_others(c);
}

/* A step of the other half is data all through: it is shown as it stands, flows unfolded. */
static void show_steps(const json_t *steps, const json_t *flows)
{
    const json_t *step = NULL;
    size_t i = 0;
    json_array_foreach(steps, i, step)
    {
        const char *flow = json_string_value(json_object_get(step, "flow"));
        if (flow) {
            show_steps(json_object_get(flows, flow), NULL);
        } else {
            show_dump("step", step);
        }
    }
}

static int explain_provider(const struct conform_options *o)
{
    struct cf_suite suite = {0};
    int status = CONFORM_USAGE;
    const struct cf_case *c =
        command_load(o, CF_PROVIDERS, &suite) == 0 ? cf_suite_find(&suite, o->words[0]) : NULL;
    if (c) {
        show_head(c);
        (void)printf("safe: %s\n", cf_provider_is_safe(c) ? "yes" : "no");
        for (size_t i = 0; i < cf_variant_count(c); i++) {
            const char *name = NULL;
            json_t *variant = cf_variant(c, i, &name);
            if (name) {
                (void)printf("\nvariant %s\n", name);
            }
            show_steps(json_object_get(variant, "steps"), json_object_get(variant, "flows"));
            json_decref(variant);
        }
        status = CONFORM_OK;
    } else {
        (void)fprintf(stderr, "conform: there is no case %s\n", o->words[0]);
    }
    cf_suite_cleanup(&suite);
    return status;
}

int command_explain(const struct conform_options *o, const struct cf_suite *suite)
{
    const struct cf_world_options options = {.stopped_clock = true, .seed = o->seed};
    const struct cf_case *c = cf_suite_find(suite, o->words[0]);
    char why[400];
    if (!c || o->idp) {
        return explain_provider(o);
    }
    struct cf_world *world = cf_world_open(&options, why, sizeof why);
    if (!world) {
        (void)fprintf(stderr, "conform: %s\n", why);
        return CONFORM_UNREACHABLE;
    }
    show_head(c);
    for (size_t i = 0; i < cf_variant_count(c); i++) {
        show_variant(world, c, i);
    }
    cf_world_close(world);
    return CONFORM_OK;
}

int command_bake(const struct conform_options *o)
{
    const struct cf_world_options options = {.seed = o->seed};
    json_error_t error;
    char why[400];
    int status = CONFORM_USAGE;
    json_t *recipe = json_loads(o->words[0], JSON_REJECT_DUPLICATES, &error);
    if (!recipe) {
        (void)fprintf(stderr, "conform: the recipe is not JSON: column %d: %s\n", error.column,
                      error.text);
        return CONFORM_USAGE;
    }
    struct cf_world *world = cf_world_open(&options, why, sizeof why);
    json_t *baked = world ? cf_world_bake(world, recipe, why, sizeof why) : NULL;
    if (baked) {
        const char *value = json_string_value(json_object_get(baked, "authorization"));
        (void)printf("%s\n", value ? value : json_string_value(json_object_get(baked, "token")));
        status = CONFORM_OK;
    } else {
        (void)fprintf(stderr, "conform: %s\n", why);
    }
    json_decref(baked);
    json_decref(recipe);
    cf_world_close(world);
    return status;
}
