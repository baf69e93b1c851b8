/* One rule a setting. */
#include "conformance/adapters/mutant_config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SKEW_MAX 600

static bool is_guid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    bool good = strlen(text) == sizeof shape - 1;
    for (size_t i = 0; good && shape[i] != '\0'; i++) {
        good = shape[i] == 'x' ? strchr("0123456789abcdefABCDEF", text[i]) != NULL : text[i] == '-';
    }
    return good;
}

/* RFC 8725 §3.1: nothing that anyone can make, none or a secret that is no secret. */
static bool algorithms_fit(const char *list)
{
    size_t count = 0;
    for (const char *at = list + strspn(list, " "); *at != '\0'; at += strspn(at, " ")) {
        if (strchr("REP", *at) == NULL || at[1] != 'S') {
            return false;
        }
        at += strcspn(at, " ");
        count++;
    }
    return count > 0;
}

/* https, and http where nobody is on the way; a host, and at most a path. */
static bool instance_fits(const char *url)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "[::1]"};
    bool secure = strncasecmp(url, "https://", 8) == 0;
    if ((!secure && strncasecmp(url, "http://", 7) != 0) || strpbrk(url, "@?#") != NULL) {
        return false;
    }
    const char *host = url + (secure ? 8 : 7);
    for (size_t i = 0; !secure && i < sizeof here / sizeof here[0]; i++) {
        size_t len = strlen(here[i]);
        secure = strncasecmp(host, here[i], len) == 0 && strchr(":/", host[len]) != NULL;
    }
    return secure;
}

static bool skew_fits(const char *text)
{
    char *end = NULL;
    double skew = strtod(text, &end);
    return *text >= '0' && *text <= '9' && *end == '\0' && skew <= SKEW_MAX;
}

static bool has_word(const char *text)
{
    return text[strspn(text, " ")] != '\0';
}

const char *mutant_config_fault(const json_t *settings)
{
    static const struct {
        const char *name;
        bool needed;
        bool (*fits)(const char *text);
    } rules[] = {
        {"instance", true, instance_fits},     {"tenant_id", true, is_guid},
        {"client_id", true, is_guid},          {"audience", false, has_word},
        {"algorithms", false, algorithms_fit}, {"scopes", false, has_word},
        {"skew_s", false, skew_fits},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const char *text = json_string_value(json_object_get(settings, rules[i].name));
        if (text == NULL ? rules[i].needed : !rules[i].fits(text)) {
            return rules[i].name;
        }
    }
    return NULL;
}
