/* The admin calls on the journal. */
#include "mockidp/admin/admin.h"
#include "mockidp/admin/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* read_since reads the seq after which entries are wanted; false when it is no number. */
static bool read_since(const char *text, uint64_t *since)
{
    char *end = NULL;

    *since = 0;
    if (text == NULL) {
        return true;
    }
    errno = 0;
    *since = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

int admin_journal_show(struct admin_call *call)
{
    const struct http_params *query = &call->request->query;
    struct journal_filter filter = {.endpoint = http_params_get(query, "endpoint"),
                                    .tenant = http_params_get(query, "tenant"),
                                    .client = http_params_get(query, "client")};

    if (!read_since(http_params_get(query, "since"), &filter.since)) {
        (void)snprintf(call->why, sizeof call->why, "since must be the seq of an entry");
        return 400;
    }
    call->answer = journal_json(call->context->history, &filter);
    return 200;
}

int admin_journal_clear(struct admin_call *call)
{
    journal_clear(call->context->history);
    call->answer = json_object();
    return 200;
}
