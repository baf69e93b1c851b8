/* A target file: whose API is under test, and how the suite gets to it
 * (fixtures/schema/target.schema.json). */
#ifndef CONFORMANCE_TARGET_H
#define CONFORMANCE_TARGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Strings and JSON are borrowed from `json`, save those that say owned. */
struct cf_target {
    json_t *json;
    const char *name;
    const char *adapter; /* "inproc", "http" or "exec" */
    const char *url;     /* of the protected resource; {port} is a free port that the suite picks */
    const char *ready;   /* answers 200 once it can be asked, or NULL */
    const char *protocol; /* of exec: "lines" or "shim" */
    const json_t *start;  /* array: program and arguments; NULL: it runs already */
    const char *listen;   /* of the mock */
    const char *listen_tls;
    const char *public_url;
    const json_t *paths;     /* object: "second", "optional" → path, or NULL */
    char *folder;            /* owned: of the target file */
    const json_t *error_map; /* object: the target's error → libbtv's name, or NULL */
    const json_t *disabled;  /* object: pattern of ids → reason */
    bool clock_file;         /* {clock} stands in `start`: it takes its time from a file */
    char *capabilities;      /* owned: words */
    long timeout_ms;
};

/*
 * cf_target_load reads a target file; an http(s) URL instead of a file is a target that runs
 * already. NULL with `why` (file and JSON pointer).
 */
struct cf_target *cf_target_load(const char *file_or_url, char *why, size_t cap);

/* cf_target_read reads the text of a target file that `why` calls `name`. */
struct cf_target *cf_target_read(const char *json, size_t len, const char *name, char *why,
                                 size_t cap);
void cf_target_free(struct cf_target *target);

#endif
