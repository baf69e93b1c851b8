/* From "login.microsoftonline.com,login.windows.net" to names and an origin. */
#include "mockidp/guise.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 63 };

/* is_host_name: labels of letters, digits and inner hyphens (RFC 1123 §2.1), at least two of them,
 * the last not a number: that would be an address, which no client sends as a server name. */
static bool is_host_name(const char *name)
{
    static const char inside[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t labels = 0;
    const char *at = name;

    for (;; at++) {
        size_t len = strspn(at, inside);
        if (len == 0 || len > LABEL_MAX || at[0] == '-' || at[len - 1] == '-') {
            return false;
        }
        labels++;
        if (at[len] == '\0') {
            return labels > 1 && strspn(at, "0123456789") < len && strlen(name) <= GUISE_NAME_MAX;
        }
        at += len;
        if (*at != '.') {
            return false;
        }
    }
}

bool guise_parse(const char *text, struct guise *guise, char *why, size_t cap)
{
    size_t count = 0;
    char *rest = NULL;

    *guise = (struct guise){.text = NULL};
    if (text == NULL) {
        return true;
    }
    (void)snprintf(why, cap, "out of memory");
    if ((guise->text = strdup(text)) == NULL) {
        return false;
    }
    for (char *c = guise->text; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c); /* names differ by more than case (RFC 4343) */
    }
    rest = guise->text;
    for (char *name = NULL; (name = strsep(&rest, ",")) != NULL;) {
        if (!is_host_name(name)) {
            (void)snprintf(why, cap, "'%s' is not a host name such as login.microsoftonline.com",
                           name);
            return false;
        }
        if (count == GUISE_NAMES_MAX) {
            (void)snprintf(why, cap, "more than %d names", (int)GUISE_NAMES_MAX);
            return false;
        }
        guise->names[count++] = name;
    }
    if (asprintf(&guise->url, "https://%s", guise->names[0]) < 0) {
        guise->url = NULL;
    }
    return guise->url != NULL;
}

void guise_clear(struct guise *guise)
{
    free(guise->text);
    free(guise->url);
    *guise = (struct guise){.text = NULL};
}
