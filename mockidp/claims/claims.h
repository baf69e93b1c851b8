/* What tokens say beyond their base: groups and roles, the optional claims of a manifest, the
 * claims that a configuration makes. From directory and request to values; nothing is decided here
 * that a recipe could not say. */
#ifndef MOCKIDP_CLAIMS_CLAIMS_H
#define MOCKIDP_CLAIMS_CLAIMS_H

#include "mockidp/config/directory.h"
#include "mockidp/mint/bake.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* struct claims_subject is one token to come. Borrowed; NULL and 0 are absent. */
struct claims_subject {
    const struct directory *directory;
    const struct directory_tenant *tenant;
    const struct directory_app *client;
    const struct directory_app *resource; /* of an access token */
    const struct directory_user *user;    /* NULL: app-only */
    const char *scope;
    const json_t *granted; /* app-only: the client's app roles, or NULL: those of the directory */
    bool id_token;
    int version;          /* of the token, 1 or 2 */
    bool implicit;        /* it goes into a fragment */
    bool profile;         /* the scope profile was asked for */
    int64_t auth_time;    /* when the user signed in */
    bool tells_auth_time; /* in ID tokens, whatever the manifest says */
    bool second_factor;   /* the user gave one (amr) */
    const char *session;
    const char *ip_address;     /* of the client, unless the user has one */
    const json_t *contexts;     /* authentication contexts that were met (acrs), an array */
    bool withdrawable;          /* client and resource evaluate continuously (xms_cc) */
    const json_t *confirmation; /* of a token that is bound to a key (cnf), an object */
};

/* claims_app returns whose manifest says what is in the token: the resource's of an access token,
 * the client's of an ID token. */
const struct directory_app *claims_app(const struct claims_subject *subject);

/* claims_is_for_graph says whether it is an access token for Microsoft Graph. */
bool claims_is_for_graph(const struct claims_subject *subject);

/* claims_optional returns the entry of an optional claim in that manifest, or NULL;
 * claims_has_property says whether it has an additional property. */
const json_t *claims_optional(const struct claims_subject *subject, const char *name);
bool claims_has_property(const json_t *entry, const char *property);

/* claims_ip_address returns the address that tokens show. */
const char *claims_ip_address(const struct claims_subject *subject);

/* claims_login_hint writes the value of the claim login_hint: opaque, and the same for a user and
 * an app each time. /authorize knows it again. */
enum { CLAIMS_LOGIN_HINT_CAP = 35 };
void claims_login_hint(const struct directory_user *user, const struct directory_app *client,
                       char out[CLAIMS_LOGIN_HINT_CAP]);

/* claims_set_groups fills roles, groups and how many groups fit (groups.c). 0, or -1 without
 * memory. */
int claims_set_groups(const struct claims_subject *subject, struct mint_facts *facts);

/* claims_set_extra fills `extra` with all others, if there are any. 0, or -1 without memory. */
int claims_set_extra(const struct claims_subject *subject, struct mint_facts *facts);

/* ---- parts of it ---- */

/* claims_add_optional adds what the manifest asks for to `out` (optional.c). */
int claims_add_optional(const struct claims_subject *subject, json_t *out);

/* claims_add_made adds the claims that the configuration makes to `out` (template.c). */
int claims_add_made(const struct claims_subject *subject, json_t *out);

/* claims_optional_fault returns what speaks against an entry of optional claims, static, or NULL.
 */
const char *claims_optional_fault(const json_t *entry, bool id_token);

/*
 * claims_template_name finds the next {name} of a template from *at on: true with the name and its
 * length, and *at behind it. False at the end, or with *at at a brace that is no placeholder's.
 */
bool claims_template_name(const char **at, const char **name, size_t *len);

/* claims_attribute_known says whether every user, tenant or app has an attribute of that name. */
bool claims_attribute_known(const char *name, size_t len);

#endif
