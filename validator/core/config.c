/* Each value is checked where it is set, so that the fault can be named there. */
#include "validator/core/config.h"

#include "validator/keys/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096

enum setting_type { URL, TEXT, WORDS, NUMBER, CHOICE };

static const struct {
    const char *name;
    enum setting_type type;
    const char *text;
    int64_t min;
    int64_t max;
} settings[] = {
#define BTV_SETTING(symbol, name, type, text, min, max, meaning) {name, type, text, min, max},
#include "validator/core/config.def"
#undef BTV_SETTING
};

struct btv_config *btv_config_new(void)
{
    return calloc(1, sizeof(struct btv_config));
}

void btv_config_free(struct btv_config *c)
{
    for (size_t i = 0; c && i < BTV_SETTING_COUNT; i++) {
        free(c->text[i]);
    }
    free(c);
}

const char *btv_config_text(const struct btv_config *c, enum btv_setting setting)
{
    return c->text[setting] ? c->text[setting] : settings[setting].text;
}

int64_t btv_config_number(const struct btv_config *c, enum btv_setting setting)
{
    return strtoll(btv_config_text(c, setting), NULL, 10);
}

enum btv_setting btv_setting_find(const char *name, size_t len)
{
    enum btv_setting i = 0;
    while (i < BTV_SETTING_COUNT &&
           (strlen(settings[i].name) != len || memcmp(settings[i].name, name, len) != 0)) {
        i++;
    }
    return i;
}

const char *btv_setting_name(enum btv_setting setting)
{
    return settings[setting].name;
}

int btv_config_fault(const char *name, const char *fault, char *why, size_t cap)
{
    if (why && cap > 0) {
        snprintf(why, cap, "%s: %s", name, fault);
    }
    return -1;
}

static const char *check_number(const char *value, enum btv_setting setting, char *fault,
                                size_t cap)
{
    char *end = NULL;
    size_t digits = strspn(value, "0123456789");
    long long number = strtoll(value, &end, 10);
    if (digits == 0 || digits > 12 || value[digits] != '\0' || number < settings[setting].min ||
        number > settings[setting].max) {
        snprintf(fault, cap, "'%.40s' is not a whole number from %lld to %lld", value,
                 (long long)settings[setting].min, (long long)settings[setting].max);
        return fault;
    }
    return NULL;
}

/* Words and texts end up in comparisons and in a quoted challenge: printable ASCII without quote or
 * backslash. */
static const char *check_text(const char *value, bool words)
{
    for (const char *p = value; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c >= 0x7f || (words && (c == '"' || c == '\\'))) {
            return "control characters, quotes and anything but ASCII cannot be in it";
        }
    }
    return strspn(value, " ") == strlen(value) ? "an empty value would match what it must not"
                                               : NULL;
}

static const char *check_choice(enum btv_setting setting, const char *value)
{
    bool match = setting == BTV_SET_MATCH;
    const char *one = match ? "any" : "accept";
    const char *other = match ? "all" : "refuse";
    if (strcmp(value, one) == 0 || strcmp(value, other) == 0) {
        return NULL;
    }
    return match ? "any or all" : "accept or refuse";
}

static const char *check_value(enum btv_setting setting, const char *value, char *fault, size_t cap)
{
    if (strlen(value) > TEXT_MAX) {
        return "it is longer than 4096 bytes";
    }
    switch (settings[setting].type) {
    case NUMBER: return check_number(value, setting, fault, cap);
    case URL:
        return btv_url_is_trustworthy(value, true) ? NULL
                                                   : "not an https URL (http only on loopback) "
                                                     "without user info, query and fragment";
    case CHOICE: return check_choice(setting, value);
    case WORDS: return check_text(value, true);
    case TEXT: break;
    }
    return check_text(value, false);
}

int btv_config_set(struct btv_config *c, const char *name, const char *value, char *why, size_t cap)
{
    char fault[128];
    enum btv_setting setting = btv_setting_find(name, strlen(name));
    if (setting == BTV_SETTING_COUNT) {
        return btv_config_fault(name, "there is no such setting", why, cap);
    }
    const char *wrong =
        value ? check_value(setting, value, fault, sizeof fault) : "it has no value";
    if (wrong) {
        return btv_config_fault(name, wrong, why, cap);
    }
    char *copy = strdup(value);
    if (!copy) {
        return btv_config_fault(name, "out of memory", why, cap);
    }
    free(c->text[setting]);
    c->text[setting] = copy;
    return 0;
}

void btv_config_clock(struct btv_config *c, btv_clock_fn clock, void *ctx)
{
    c->clock = clock;
    c->clock_ctx = ctx;
}

void btv_config_fetch(struct btv_config *c, btv_fetch_fn fetch, void *ctx)
{
    c->fetch = fetch;
    c->fetch_ctx = ctx;
}

void btv_config_event(struct btv_config *c, btv_event_fn event, void *ctx)
{
    c->event = event;
    c->event_ctx = ctx;
}
