/* The identity-provider half: plays cases against an issuer and reports what it did. */
#ifndef CONFORMANCE_PROVIDER_PROVIDER_H
#define CONFORMANCE_PROVIDER_PROVIDER_H

#include "conformance/case.h"
#include "conformance/provider/issuer.h"
#include "conformance/provider/match.h"
#include "conformance/world/world.h"

#include <jansson.h>

/* struct cf_provider_run is one run against one issuer. All borrowed. */
struct cf_provider_run {
    const struct cf_issuer *issuer;
    struct cf_world *world; /* the mock in process, whose clock can be moved; NULL: none */
    long timeout_ms;
    bool safe; /* nothing but safe cases may be sent */
    const struct cf_case **plan;
    size_t count;
    /* hears each case as it ends; may be NULL */
    void (*progress)(void *ctx, const json_t *result, size_t done, size_t count);
    /* hears each answer that was as expected, before the next step; may be NULL */
    void (*heard)(void *ctx, const struct cf_case *c, const json_t *expect, const json_t *answer,
                  struct cf_matching *m);
    void *ctx;
};

/* cf_provider_play plays the plan and returns the report, as cf_run_play does (run.h): "reached" is
 * false when the issuer gave no answer at all to begin with. */
json_t *cf_provider_play(const struct cf_provider_run *run);

/*
 * cf_provider_is_safe says whether a case may be sent to an issuer that others use: it is marked
 * so, and sends nothing but GET and OPTIONS without credentials, forms or bodies.
 */
bool cf_provider_is_safe(const struct cf_case *c);

#endif
