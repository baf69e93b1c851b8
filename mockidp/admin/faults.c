/* The admin calls on the fault rules. */
#include "mockidp/admin/admin.h"
#include "mockidp/faults/ruleset.h"
#include "mockidp/platform/clock.h"

#include <stdio.h>

int admin_faults_show(struct admin_call *call)
{
    call->answer = ruleset_json(call->context->faults);
    return 200;
}

static int load(struct admin_call *call, bool append)
{
    if (!call->body) {
        (void)snprintf(call->why, sizeof call->why, "a rule, or a list of rules, is needed");
        return 400;
    }
    if (!ruleset_load(call->context->faults, call->body, append,
                      clock_now(call->context->clock) * 1000, call->why, sizeof call->why)) {
        return 400;
    }
    return admin_faults_show(call);
}

int admin_faults_replace(struct admin_call *call)
{
    return load(call, false);
}

int admin_faults_add(struct admin_call *call)
{
    return load(call, true);
}

int admin_faults_clear(struct admin_call *call)
{
    ruleset_clear(call->context->faults);
    return admin_faults_show(call);
}
