/* Reading it: access_token.xms_cc, access_token.acrs and access_token.polids. */
#include "mockidp/grants/claims_request.h"

#include "mockidp/platform/words.h"
#include "mockidp/state/state.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

/* Auth contexts are c1 to c99, and p1 (Entra "Developer guide to Conditional Access authentication
 * context"); anything else is no word that a token could carry. */
static bool is_context(const char *text)
{
    size_t len = strlen(text);
    return len >= 2 && len <= 3 && (text[0] == 'c' || text[0] == 'p') &&
           strspn(text + 1, "0123456789") == len - 1;
}

static void add_context(struct claims_request *out, const json_t *value)
{
    const char *text = json_string_value(value);
    if (text && is_context(text)) {
        (void)words_join(out->contexts, sizeof out->contexts, text);
    }
}

void claims_request_read(const char *text, struct claims_request *out)
{
    *out = (struct claims_request){.cp1 = false};
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const json_t *access = json_object_get(root, "access_token");
    const json_t *acrs = json_object_get(access, "acrs");
    const json_t *value = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(json_object_get(access, "xms_cc"), "values"), i, value)
    {
        out->cp1 =
            out->cp1 || (json_is_string(value) && strcasecmp(json_string_value(value), "cp1") == 0);
    }
    json_array_foreach(json_object_get(acrs, "values"), i, value)
    {
        add_context(out, value);
    }
    add_context(out, json_object_get(acrs, "value"));
    out->second_factor = json_object_get(access, "polids") || json_object_get(access, "capolids");
    json_decref(root);
}
