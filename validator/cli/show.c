/* Printing is lenient where validating is strict: a broken token is what a person wants to see. */
#include "validator/cli/show.h"

#include "validator/jose/b64url.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* DEL, the C1 controls and the general punctuation that can turn text around. */
static bool is_deceptive(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == 0x7f || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) ||
            (p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81))) {
            return true;
        }
    }
    return false;
}

static void print_value(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text && is_deceptive(text)) {
        free(text);
        text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    }
    fputs(text ? text : "?", stdout);
    free(text);
}

static void print_distance(int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    bool past = seconds < 0;
    int64_t distance = past ? -seconds : seconds;
    size_t i = 0;
    while (i < 3 && distance < units[i].seconds) {
        i++;
    }
    int64_t count = distance / units[i].seconds;
    printf("%s%" PRId64 " %s%s%s", past ? "" : "in ", count, units[i].name, count == 1 ? "" : "s",
           past ? " ago" : "");
}

static void print_time(const char *name, const json_t *value, int64_t now)
{
    static const char *const times[] = {"exp", "nbf", "iat", "auth_time"};
    bool is_time = false;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        is_time = is_time || strcmp(name, times[i]) == 0;
    }
    double seconds = json_number_value(value);
    if (!is_time || !json_is_number(value) || seconds < 0 || seconds > 253402300799.0) {
        return; /* beyond the year 9999 a date says nothing */
    }
    time_t t = (time_t)seconds;
    struct tm parts;
    char date[32];
    if (gmtime_r(&t, &parts) && strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &parts) > 0) {
        printf("   %s UTC, ", date);
        print_distance((int64_t)t - now);
    }
}

int show_part(struct jose_span part, int64_t now)
{
    size_t len = 0;
    size_t cap = JOSE_B64URL_CAP(part.len) + 1;
    unsigned char *bytes = malloc(cap);
    json_t *object = NULL;
    json_error_t error;
    const char *name = NULL;
    json_t *value = NULL;
    if (!bytes || !jose_b64url_decode(part, bytes, cap, &len)) {
        printf("  (not base64url)\n");
    } else if (!(object = json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES, &error)) ||
               !json_is_object(object)) {
        printf("  (not a JSON object)\n");
    }
    bool good = json_is_object(object);
    if (good) {
        json_object_foreach(object, name, value)
        {
            json_t *shown = json_string(name);
            fputs("  ", stdout);
            print_value(shown);
            json_decref(shown);
            fputs(": ", stdout);
            print_value(value);
            print_time(name, value, now);
            putchar('\n');
        }
    }
    json_decref(object);
    free(bytes);
    return good ? 0 : -1;
}
