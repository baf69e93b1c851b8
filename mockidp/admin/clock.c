/* The admin calls on the clock. */
#include "mockidp/platform/clock.h"
#include "mockidp/admin/admin.h"

#include <stdio.h>
#include <string.h>

/* Further away nothing is meant, and sums stay far from overflow. */
#define SECONDS_MAX (1LL << 40)

static int refuse(struct admin_call *call, const char *sentence)
{
    (void)snprintf(call->why, sizeof call->why, "%s", sentence);
    return 400;
}

int admin_clock_show(struct admin_call *call)
{
    struct clock_state state = clock_get(call->context->clock);
    call->answer = json_pack("{s:s, s:I, s:I}", "mode", state.frozen ? "frozen" : "real", "now",
                             (json_int_t)state.now, "offset_s", (json_int_t)state.offset_s);
    return 200;
}

/* Unix seconds or ISO 8601; false on anything else. */
static bool read_time(const json_t *value, int64_t *at)
{
    *at = json_integer_value(value);
    return json_is_string(value)
               ? clock_parse_iso(json_string_value(value), at)
               : json_is_integer(value) && *at > -SECONDS_MAX && *at < SECONDS_MAX;
}

int admin_clock_set(struct admin_call *call)
{
    const char *mode = json_string_value(json_object_get(call->body, "mode"));
    const json_t *now = json_object_get(call->body, "now");
    const json_t *offset = json_object_get(call->body, "offset_s");
    int64_t at = clock_now(call->context->clock);
    if (mode && strcmp(mode, "frozen") == 0) {
        if (now && !read_time(now, &at)) {
            return refuse(call, "/now: Unix seconds or \"YYYY-MM-DDTHH:MM:SSZ\" are needed");
        }
        clock_freeze(call->context->clock, at);
        return admin_clock_show(call);
    }
    if (mode && strcmp(mode, "real") == 0) {
        json_int_t seconds = json_integer_value(offset);
        if (offset &&
            (!json_is_integer(offset) || seconds <= -SECONDS_MAX || seconds >= SECONDS_MAX)) {
            return refuse(call, "/offset_s: a whole number of seconds is needed");
        }
        clock_run(call->context->clock, seconds);
        return admin_clock_show(call);
    }
    return refuse(call, "/mode: \"real\" or \"frozen\" is needed");
}

int admin_clock_advance(struct admin_call *call)
{
    const json_t *seconds = json_object_get(call->body, "seconds");
    json_int_t n = json_integer_value(seconds);
    if (!json_is_integer(seconds) || n <= -SECONDS_MAX || n >= SECONDS_MAX) {
        return refuse(call, "/seconds: a whole number of seconds is needed");
    }
    clock_advance(call->context->clock, n);
    return admin_clock_show(call);
}
