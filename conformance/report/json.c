/* For other programs: the report as it is. */
#include "conformance/report/report.h"

#include <stdlib.h>
#include <unistd.h>

int report_json(const char *path, const json_t *reports)
{
    char *partial = NULL;
    if (asprintf(&partial, "%s.new", path) < 0) {
        return -1;
    }
    int status = json_dump_file(reports, partial, JSON_INDENT(1));
    status = status == 0 ? rename(partial, path) : -1;
    if (status != 0) {
        (void)unlink(partial);
    }
    free(partial);
    return status;
}
