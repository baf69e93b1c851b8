/* Byte by byte, since a line may hold any byte but its end. */
#include "validator/cli/lines.h"

bool lines_next(FILE *in, char *line, size_t *len)
{
    int c = getc_unlocked(in);
    *len = 0;
    if (c == EOF) {
        return false;
    }
    for (; c != EOF && c != '\n'; c = getc_unlocked(in)) {
        if (*len < LINE_MAX_BYTES) {
            line[(*len)++] = (char)c;
        }
    }
    return true;
}
