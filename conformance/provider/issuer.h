/* The identity provider under test: its address, and the profile of what is registered there
 * (fixtures/schema/issuer.schema.json). */
#ifndef CONFORMANCE_PROVIDER_ISSUER_H
#define CONFORMANCE_PROVIDER_ISSUER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Strings and JSON are borrowed from `json`, which cases name the members of. */
struct cf_issuer {
    json_t *json;           /* "base", "tenant", clients, users … */
    const char *name;       /* for the report */
    const char *base;       /* "https://login.microsoftonline.com", without a final slash */
    const char *ca_file;    /* or NULL: the system's CAs */
    const json_t *lacks;    /* array: capabilities that it has not, or NULL */
    const json_t *disabled; /* object: pattern of ids → reason, or NULL */
    bool demo;              /* the built-in profile, of the demo directory */
};

/*
 * cf_issuer_load reads a profile file, or takes a URL: its origin with the profile of the demo
 * directory; with a path (…/TENANT) nothing but that tenant, so that only what needs no
 * registration is played. NULL for `where`: the demo directory's profile, whose base is set by
 * cf_issuer_place. NULL with `why`, which names file and JSON pointer.
 */
struct cf_issuer *cf_issuer_load(const char *where, char *why, size_t cap);
void cf_issuer_free(struct cf_issuer *issuer);

/* cf_issuer_place says where the issuer is, and which CA vouches for it (or NULL). */
int cf_issuer_place(struct cf_issuer *issuer, const char *base, const char *ca_file);

/* cf_issuer_lacks says whether the profile names a capability among those that are lacking. */
bool cf_issuer_lacks(const struct cf_issuer *issuer, const char *capability);

/* cf_issuer_discovery writes the URL of the tenant's discovery document (v2). */
enum { CF_DISCOVERY_CAP = 600 };
void cf_issuer_discovery(const struct cf_issuer *issuer, char url[CF_DISCOVERY_CAP]);

#endif
