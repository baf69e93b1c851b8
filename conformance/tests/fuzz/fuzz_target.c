/* Target files of any shape: refused with a sentence, or a target whose members hold what they
 * promise. */
#include "conformance/adapters/http_start.h"
#include "conformance/target.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[512] = "";
    struct cf_target *t = cf_target_read((const char *)data, size, "input", why, sizeof why);
    if (!t) {
        if (strncmp(why, "input: ", 7) != 0) {
            abort();
        }
        return 0;
    }
    const json_t *item = NULL;
    size_t i = 0;
    if (!t->name || !t->adapter || !t->protocol || !t->listen || !t->listen_tls ||
        !t->capabilities || (strcmp(t->adapter, "http") == 0 && !t->url) ||
        (strcmp(t->adapter, "exec") == 0 && !t->start)) {
        abort();
    }
    json_array_foreach(t->start, i, item)
    {
        if (!json_is_string(item)) {
            abort();
        }
    }
    cf_target_free(t);
    return 0;
}
