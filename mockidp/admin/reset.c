/* POST /_admin/reset: no fault rules, an empty journal, every timeline from its start, no code,
 * token or session of before. The clock
 * stays as it is set. */
#include "mockidp/admin/admin.h"
#include "mockidp/admin/journal.h"
#include "mockidp/faults/ruleset.h"
#include "mockidp/keyring/keyring.h"
#include "mockidp/state/state.h"

int admin_reset(struct admin_call *call)
{
    ruleset_clear(call->context->faults);
    keyring_reset(call->context->keyring);
    state_clear(call->context->state);
    journal_clear(call->context->history);
    call->answer = json_object();
    return 200;
}
