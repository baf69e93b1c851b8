/* Delegated or app-only is decided by idtyp and scp, before any name is looked at. */
#include "conformance/adapters/mutant_permission.h"

#include <string.h>
#include <strings.h>

static const char *text_of(const json_t *claims, const char *name)
{
    const char *text = json_string_value(json_object_get(claims, name));
    return text == NULL ? "" : text;
}

/* RFC 6749 §3.3: case-sensitive tokens between single spaces. */
static bool scope_among(enum mutant_flaw flaw, const char *scopes, const char *required, size_t len)
{
    const char *at = scopes;
    if (flaw == MUTANT_SUBSTRING_SCOPE) {
        return memmem(scopes, strlen(scopes), required, len) != NULL;
    }
    if (flaw == MUTANT_SINGLE_SCOPE_ONLY) {
        return strlen(scopes) == len && memcmp(scopes, required, len) == 0;
    }
    while (*at != '\0') {
        size_t end = strcspn(at, flaw == MUTANT_ANY_SCOPE_SEPARATOR ? " \t\n\r,;+" : " ");
        if (end == len &&
            (strncmp(at, required, len) == 0 ||
             (flaw == MUTANT_CASE_INSENSITIVE_SCOPE && strncasecmp(at, required, len) == 0))) {
            return true;
        }
        at += end;
        at += *at == '\0' ? 0 : 1;
    }
    return false;
}

/* One of the wanted scopes, or all of them. */
static bool scopes_satisfied(enum mutant_flaw flaw, const struct mutant_policy *policy,
                             const char *scopes)
{
    size_t wanted = 0, found = 0;
    for (const char *at = policy->scopes; *at != '\0'; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        wanted++;
        found += scope_among(flaw, scopes, at, len);
        at += len;
    }
    bool all = policy->all_scopes && flaw != MUTANT_ANY_SCOPE_WILL_DO;
    return all ? found == wanted : found > 0;
}

/* Entra, roles: a list of names, each compared as a whole. */
static bool has_role(enum mutant_flaw flaw, const json_t *roles, const char *role)
{
    size_t i;
    const json_t *item;
    json_array_foreach(roles, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), role) == 0) {
            return true;
        }
    }
    return flaw == MUTANT_ROLE_IN_A_STRING && json_is_string(roles) &&
           strstr(json_string_value(roles), role) != NULL;
}

static bool scope_granted(enum mutant_flaw flaw, const struct mutant_policy *policy,
                          const json_t *claims)
{
    if (policy->scopes == NULL) {
        return false;
    }
    return flaw == MUTANT_IGNORES_SCOPE ||
           (flaw == MUTANT_READS_SCOPE_CLAIM &&
            scopes_satisfied(flaw, policy, text_of(claims, "scope"))) ||
           (flaw == MUTANT_ROLES_AS_SCOPES &&
            has_role(flaw, json_object_get(claims, "roles"), policy->scopes)) ||
           scopes_satisfied(flaw, policy, text_of(claims, "scp"));
}

/* Entra, access-token-claims: idtyp says what the caller is; without it, who has a scp is a user.
 */
static bool is_application(const json_t *claims)
{
    const json_t *kind = json_object_get(claims, "idtyp");
    return kind != NULL ? strcmp(text_of(claims, "idtyp"), "app") == 0
                        : json_object_get(claims, "scp") == NULL;
}

/* v1.0 tokens name the client in appid, v2.0 tokens in azp. */
static bool client_may(enum mutant_flaw flaw, const struct mutant_policy *policy,
                       const json_t *claims)
{
    bool v1 = strcmp(text_of(claims, "ver"), "1.0") == 0;
    const char *client = text_of(claims, v1 ? "appid" : "azp");
    return policy->clients == NULL || flaw == MUTANT_IGNORES_CLIENT ||
           (*client != '\0' && strcmp(policy->clients, client) == 0);
}

bool mutant_permission_granted(enum mutant_flaw flaw, const struct mutant_policy *policy,
                               const json_t *claims)
{
    const json_t *roles = json_object_get(claims, "roles");
    bool role =
        policy->role != NULL &&
        (flaw == MUTANT_IGNORES_ROLES || has_role(flaw, roles, policy->role) ||
         (flaw == MUTANT_SCOPES_AS_ROLES && strcmp(text_of(claims, "scp"), policy->role) == 0));
    bool scope = scope_granted(flaw, policy, claims);
    if (!client_may(flaw, policy, claims)) {
        return false;
    }
    if (flaw == MUTANT_WANTS_SCOPE_ANYWAY && policy->scopes != NULL) {
        return scope;
    }
    if (policy->role != NULL && (flaw == MUTANT_IGNORES_ROLES || flaw == MUTANT_SCOPES_AS_ROLES ||
                                 flaw == MUTANT_ROLES_OF_ANYBODY)) {
        return scope || role; /* whoever brings it */
    }
    if (policy->role == NULL) {
        return scope;
    }
    return is_application(claims) ? role : scope;
}
