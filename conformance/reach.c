/* The words of "needs" that speak of the way to a target, not of the target. */
#include "conformance/reach.h"

#include "conformance/adapters/adapter.h"

#include <string.h>

static const struct {
    const char *need;
    const char *reason;
} ways[] = {
    {"http", "they send HTTP requests, and this target is asked otherwise"},
    {"raw-socket", "they send HTTP requests, and this target is asked otherwise"},
    {"in-process", "they are for a library in the suite's own process"},
    {"configure", "they try settings on a library in the suite's own process"},
    {"timezone", "they change the time zone of the suite's own process"},
    {"clock", "they move the clock, and this target goes by its own"},
    {"restart", "they want a fresh subject, and the suite does not start this target"},
    {"memory",
     "they look at the memory of a program that the suite started, if the target file says so"},
    {"log", "they look at the log of a program that the suite started, if the target file says so"},
    {"starve", "they let the memory of the suite's own process run out"},
    {"tls", "they want a mock that listens on HTTPS"},
};

const char *cf_reach_lacks(const struct cf_case *c, const char *capabilities)
{
    const json_t *need = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(c->json, "needs"), i, need)
    {
        for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
            if (strcmp(ways[k].need, json_string_value(need)) == 0 &&
                !cf_has(capabilities, ways[k].need)) {
                return ways[k].reason;
            }
        }
    }
    return NULL;
}

json_t *cf_reach_keep(const struct cf_case **plan, size_t *count, const char *capabilities)
{
    json_t *left_out = json_array();
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const char *reason = cf_reach_lacks(plan[i], capabilities);
        if (reason) {
            (void)json_array_append_new(
                left_out, json_pack("{s:s, s:s}", "id", plan[i]->id, "reason", reason));
        } else {
            plan[kept++] = plan[i];
        }
    }
    *count = kept;
    return left_out;
}
