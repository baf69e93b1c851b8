/* A rule that names nobody, or nothing that exists, would be silently without effect: it is a
 * fault.
 */
#include "mockidp/config/policies.h"

#include "mockidp/config/directory.h"
#include "mockidp/errors/oauth_error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* As /authorize and the token endpoint name what they do. */
static const char *const grants[] = {"authorize",
                                     "authorization_code",
                                     "refresh_token",
                                     "password",
                                     "urn:ietf:params:oauth:grant-type:jwt-bearer",
                                     "urn:ietf:params:oauth:grant-type:device_code",
                                     "device_code",
                                     NULL};

static const json_t *find(const json_t *list, const char *alias)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "alias")), alias) == 0) {
            return item;
        }
    }
    return NULL;
}

/* has says whether an object of the list has that alias, or whether `words` has it. */
static bool has(const json_t *list, const char *const *words, const char *name)
{
    bool found = find(list, name) != NULL;
    for (; words && *words; words++) {
        found = found || strcmp(*words, name) == 0;
    }
    return found;
}

static void check_names(struct config_faults *f, const struct config_pointer *at,
                        const json_t *object, const char *member, const json_t *list,
                        const char *const *words)
{
    const json_t *item = NULL;
    size_t i = 0;
    struct config_pointer names = {at, member, 0};
    json_array_foreach(json_object_get(object, member), i, item)
    {
        struct config_pointer here = {&names, NULL, i};
        if (!has(list, words, json_string_value(item))) {
            config_fault(f, &here, "there is no '%s' to name here", json_string_value(item));
        }
    }
}

/* "mfa", or an authentication context: c1 to c99. */
static bool is_proof(const char *text)
{
    size_t digits = text[0] == 'c' ? strspn(text + 1, "0123456789") : 0;
    return strcmp(text, "mfa") == 0 || (digits >= 1 && digits <= 2 && !text[1 + digits]);
}

static void check_policy(struct config_faults *f, const struct config_pointer *at,
                         const json_t *policy, const json_t *tenant)
{
    static const char *const graph[] = {"graph", NULL};
    const json_t *apps = json_object_get(tenant, "apps");
    const char *proof = json_string_value(json_object_get(policy, "require"));
    struct config_pointer require = {at, "require", 0};
    if (!proof == !json_object_get(policy, "error")) {
        config_fault(f, at, "'require' or 'error' is needed, one of them");
    }
    if (proof && !is_proof(proof)) {
        config_fault(f, &require, "\"mfa\" or an authentication context (c1 to c99) is needed");
    }
    check_names(f, at, policy, "users", json_object_get(tenant, "users"), NULL);
    check_names(f, at, policy, "clients", apps, NULL);
    check_names(f, at, policy, "resources", apps, graph);
    check_names(f, at, policy, "grants", NULL, grants);
}

/* {"app alias":["scope"]}: the app is there and offers the scope; Microsoft Graph offers any. */
static void check_scopes(struct config_faults *f, const struct config_pointer *at,
                         const json_t *scopes, const json_t *apps)
{
    const char *alias = NULL;
    json_t *values = NULL;
    json_object_foreach((json_t *)(uintptr_t)scopes, alias, values)
    {
        struct config_pointer here = {at, alias, 0};
        const json_t *app = find(apps, alias);
        const json_t *scope = NULL;
        size_t i = 0;
        if (!app && strcmp(alias, "graph") != 0) {
            config_fault(f, &here, "there is no app '%s' in this tenant", alias);
        }
        json_array_foreach(values, i, scope)
        {
            struct config_pointer item = {&here, NULL, i};
            if (app && !directory_lists(json_object_get(app, "scopes"), json_string_value(scope))) {
                config_fault(f, &item, "the app has no scope '%s'", json_string_value(scope));
            }
        }
    }
}

/* It ends up in a header and in a page. */
static bool is_url(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;
    return scheme > 0 && text[scheme] && !strchr("/?#", text[scheme]) &&
           strcspn(text, " \t\r\n\"'<>;,\\") == strlen(text);
}

static void check_app(struct config_faults *f, const struct config_pointer *at, const json_t *app,
                      const json_t *tenant)
{
    static const char *const members[] = {"consented", "requests"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        struct config_pointer here = {at, members[i], 0};
        check_scopes(f, &here, json_object_get(app, members[i]), json_object_get(tenant, "apps"));
    }
    struct config_pointer logout = {at, "front_channel_logout_uri", 0};
    const char *uri = json_string_value(json_object_get(app, "front_channel_logout_uri"));
    if (uri && !is_url(uri)) {
        config_fault(f, &logout, "an http or https URL without blanks and quotes is needed");
    }
    check_names(f, at, app, "assigned", json_object_get(tenant, "users"), NULL);
}

void policies_check(struct config_faults *f, const struct config_pointer *tenant_at,
                    const json_t *tenant)
{
    const json_t *item = NULL;
    size_t i = 0;
    struct config_pointer apps = {tenant_at, "apps", 0};
    struct config_pointer policies = {tenant_at, "conditional_access", 0};
    json_array_foreach(json_object_get(tenant, "apps"), i, item)
    {
        struct config_pointer here = {&apps, NULL, i};
        check_app(f, &here, item, tenant);
    }
    json_array_foreach(json_object_get(tenant, "conditional_access"), i, item)
    {
        struct config_pointer here = {&policies, NULL, i};
        check_policy(f, &here, item, tenant);
    }
}

/* ---- what a number is answered with ---- */

static void check_refusal(struct config_faults *f, const struct config_pointer *at,
                          const json_t *refusal)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(refusal)) {
        config_fault(f, at, "an object is needed");
    }
    json_object_foreach((json_t *)(uintptr_t)refusal, name, value)
    {
        struct config_pointer here = {at, name, 0};
        bool text = strcmp(name, "error") == 0 || strcmp(name, "suberror") == 0;
        json_int_t status = json_integer_value(value);
        if (!text && strcmp(name, "status") != 0) {
            config_fault(f, &here, "there is no such member");
        } else if (text && json_string_length(value) == 0) {
            config_fault(f, &here, "a text that is not empty is needed");
        } else if (!text && (status < 400 || status > 599)) {
            config_fault(f, &here, "a status from 400 to 599 is needed");
        }
    }
}

void policies_check_refusals(struct config_faults *f, const struct config_pointer *at,
                             const json_t *refusals)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(refusals)) {
        config_fault(f, at, "an object is needed");
    }
    json_object_foreach((json_t *)(uintptr_t)refusals, name, value)
    {
        struct config_pointer here = {at, name, 0};
        bool number = strspn(name, "0123456789") == strlen(name) && strlen(name) < 9;
        if (!number || !oauth_error_known((int)strtol(name, NULL, 10))) {
            config_fault(f, &here, "a number that mockidp/errors/aadsts.def has is needed");
        }
        check_refusal(f, &here, value);
    }
}
