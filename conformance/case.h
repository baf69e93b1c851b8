/* The cases: data in fixtures/cases, one file a group (schema: fixtures/schema/case.schema.json).
 */
#ifndef CONFORMANCE_CASE_H
#define CONFORMANCE_CASE_H

#include <jansson.h>
#include <stddef.h>

enum cf_level { CF_INFO, CF_MAY, CF_SHOULD, CF_MUST };

/* struct cf_case is one case with all its variants; all is borrowed from the suite. */
struct cf_case {
    json_t *json;
    const char *id;          /* "TIM-04" */
    const char *group;       /* "TIM" */
    const char *group_title; /* "Time", or NULL */
    const char *title;
    const char *profile; /* "single-tenant-v2" unless it says so; "provider" for providers */
    enum cf_level level;
};

/* Whom the cases of a file are for: a file says "half": "provider", or is for validators. */
enum cf_half { CF_VALIDATORS, CF_PROVIDERS };

struct cf_suite {
    enum cf_half half;     /* which files are loaded; set it before */
    struct cf_case *cases; /* in the order of their ids */
    size_t count;
    json_t *documents; /* that the cases are borrowed from */
};

/* cf_suite_load adds every *.json of a folder; -1 with `why` (file and JSON pointer). */
int cf_suite_load(struct cf_suite *suite, const char *dir, char *why, size_t cap);

/* cf_suite_read adds the cases of one document; `name` is what `why` calls it. */
int cf_suite_read(struct cf_suite *suite, const char *json, size_t len, const char *name, char *why,
                  size_t cap);
void cf_suite_cleanup(struct cf_suite *suite);

/* cf_suite_find returns the case of that id, in any case, or NULL. */
const struct cf_case *cf_suite_find(const struct cf_suite *suite, const char *id);

/* cf_case_folder returns where the cases are, newly allocated: below the working folder, beside the
 * program, or NULL. */
char *cf_case_folder(void);

/* cf_variant_count returns how often a case is played: 1 without variants. */
size_t cf_variant_count(const struct cf_case *c);

/*
 * cf_variant returns variant `i` merged into its case (RFC 7396), a new reference that always has
 * "steps": [{"send", "expect"}, …] ({"request" or "sign_in", "expect", "capture"} for providers).
 * NULL without memory. *name gets its name, or NULL; borrowed from the case.
 */
json_t *cf_variant(const struct cf_case *c, size_t i, const char **name);

/* cf_variant_profile returns the name of the profile that variant `i` is played with. */
const char *cf_variant_profile(const struct cf_case *c, size_t i);

/* cf_level_parse reads "must", "should", "may", "info" in any case; -1 on anything else. */
int cf_level_parse(const char *text, enum cf_level *level);
const char *cf_level_name(enum cf_level level);

#endif
