/* The files that --json, --junit, --markdown, --html, --tap and --sarif name. */
#include "conformance/commands.h"
#include "conformance/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FORMATS = 6 };

struct format {
    const char *option;
    const char *path;
    report_writer *writer;
};

static void formats_of(const struct conform_options *o, struct format formats[FORMATS])
{
    const struct format all[FORMATS] = {
        {"json", o->json, report_json}, {"junit", o->junit, report_junit},
        {"html", o->html, report_html}, {"markdown", o->markdown, report_markdown},
        {"tap", o->tap, report_tap},    {"sarif", o->sarif, report_sarif},
    };
    memcpy(formats, all, sizeof all);
}

static int refuse(const struct format *format)
{
    (void)fprintf(stderr, "conform: --%s %s: %s\n", format->option, format->path, strerror(errno));
    return CONFORM_USAGE;
}

int command_may_save(const struct conform_options *o)
{
    struct format formats[FORMATS];
    formats_of(o, formats);
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i].path && report_may_save(formats[i].path) != 0) {
            return refuse(&formats[i]);
        }
    }
    return CONFORM_OK;
}

int command_save(const struct conform_options *o, const json_t *runs)
{
    int status = CONFORM_OK;
    struct format formats[FORMATS];
    formats_of(o, formats);
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i].path && report_save(formats[i].path, formats[i].writer, runs) != 0) {
            status = refuse(&formats[i]);
        }
    }
    return status;
}
