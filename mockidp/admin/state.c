/* GET /_admin/state: how many codes, tokens and sessions live. */
#include "mockidp/state/state.h"
#include "mockidp/admin/admin.h"

int admin_state_show(struct admin_call *call)
{
    call->answer = state_json(call->context->state);
    return 200;
}
