/* The configurations that cases ask for, by name: a closed list. */
#ifndef CONFORMANCE_PROFILE_H
#define CONFORMANCE_PROFILE_H

#define CF_PROFILE_SETTINGS 3

/* struct cf_profile is one row; settings are libbtv's names and, with "--" and dashes, apid's
 * options. */
struct cf_profile {
    const char *name;
    const char *control; /* base of a token that must be let in */
    const char *needs;   /* capability of a target that has this profile, or NULL */
    const char *settings[CF_PROFILE_SETTINGS][2]; /* name, value; ends with a NULL name */
    const char *scp;                              /* of the control, or NULL: as its base has it */
};

/* cf_profile_find returns a profile by name, NULL for none; NULL gives the default,
 * single-tenant-v2. */
const struct cf_profile *cf_profile_find(const char *name);

/* The API of every profile: the demo directory's auth-test in Contoso. */
#define CF_TENANT_ID "c0ffee00-0000-4000-8000-000000000001"
#define CF_CLIENT_ID "c0ffee00-0000-4000-8000-0000000000a1"
#define CF_SCOPE "access_as_user"
#define CF_WEB_ID "c0ffee00-0000-4000-8000-0000000000b1"

#endif
