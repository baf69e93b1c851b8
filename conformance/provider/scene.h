/* One variant of a case on its way. */
#ifndef CONFORMANCE_PROVIDER_SCENE_H
#define CONFORMANCE_PROVIDER_SCENE_H

#include "conformance/provider/exchange.h"
#include "conformance/provider/provider.h"
#include "conformance/provider/signature.h"
#include "conformance/verdict.h"

/* After so many requests without an answer the issuer is asked no more. */
#define CF_PROVIDER_BREAKS_MAX 5

struct cf_scene {
    const struct cf_provider_run *run;
    const struct cf_case *c;
    struct cf_client *client;  /* of the case's requests: its cookies are this browser's */
    struct cf_client *fetcher; /* of discovery and keys */
    struct cf_signatures *signatures;
    struct cf_values values;
    struct cf_matching matching;
    json_t *steps; /* what was done, for the report */
    enum cf_verdict verdict;
    size_t breaks;
    char reason[CF_REASON_CAP];
};

/* cf_scene_play plays one variant: the report's variant, a new reference; verdict and reason stay
 * in the scene until the next. */
json_t *cf_scene_play(struct cf_scene *scene, const struct cf_case *c, size_t i);

/* cf_scene_verify is the verify of struct cf_matching: by the keys that discovery leads to. */
int cf_scene_verify(void *scene, const char *token, char *why, size_t cap);

#endif
