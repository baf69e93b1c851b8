/* One check a member. */
#include "conformance/wire.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* No answer over a network is faster than the clock tells apart from noise. */
#define NOISE_US 100000

#define SLICE 16

/* The value of header `name` as {text, length}, its first line; false without. */
static bool find_header(const struct cf_answer *answer, const char *name, char *out, size_t cap)
{
    size_t len = strlen(name);
    for (const char *line = answer->head; *line; line += strcspn(line, "\n") + 1) {
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            const char *value = line + len + 1;
            value += strspn(value, " \t");
            (void)snprintf(out, cap, "%.*s", (int)strcspn(value, "\n"), value);
            return true;
        }
    }
    return false;
}

/* A word of `list` that is in `text` (`wanted` false), or that is not (`wanted` true); or NULL. */
static const char *offender(const json_t *list, const char *text, bool wanted)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        if ((strcasestr(text, json_string_value(item)) != NULL) != wanted) {
            return json_string_value(item);
        }
    }
    return NULL;
}

static int fault(char reason[CF_REASON_CAP], const char *what, const char *which)
{
    (void)snprintf(reason, CF_REASON_CAP, "%.100s %.300s", what, which);
    return -1;
}

/* {"has":[…],"lacks":[…]} of a text; `what` names it. */
static int check_text(const json_t *rule, const char *text, const char *what,
                      char reason[CF_REASON_CAP])
{
    char said[160];
    const char *missing = offender(json_object_get(rule, "has"), text, true);
    const char *shown = offender(json_object_get(rule, "lacks"), text, false);
    if (missing || shown) {
        (void)snprintf(said, sizeof said, "%.100s %s", what, missing ? "lacks" : "shows");
        return fault(reason, said, missing ? missing : shown);
    }
    return 0;
}

static int check_headers(const json_t *rules, const struct cf_answer *answer,
                         char reason[CF_REASON_CAP])
{
    char value[2048];
    const char *name = NULL;
    const json_t *rule = NULL;
    /* jansson's iterators take no const object; nothing is changed */
    void *at = json_object_iter((json_t *)(uintptr_t)rules);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)rules, at)) {
        name = json_object_iter_key(at);
        rule = json_object_iter_value(at);
        bool there = find_header(answer, name, value, sizeof value);
        if (json_is_true(json_object_get(rule, "absent")) && there) {
            return fault(reason, "there is a header", name);
        }
        if (json_object_get(rule, "has") && !there) {
            return fault(reason, "there is no header", name);
        }
        if (there && check_text(rule, value, name, reason) != 0) {
            return -1;
        }
    }
    return 0;
}

static int check_body(const json_t *rule, const struct cf_answer *answer,
                      char reason[CF_REASON_CAP])
{
    if (json_is_true(json_object_get(rule, "empty")) && answer->body[0]) {
        return fault(reason, "there is a body:", answer->body);
    }
    return check_text(rule, answer->body, "the body", reason);
}

/* Sixteen characters in a row of the token, in head, challenge or body. */
static int check_echo(const struct cf_wire *wire, char reason[CF_REASON_CAP])
{
    char slice[SLICE + 1];
    size_t len = strlen(wire->token);
    for (size_t i = 0; len >= SLICE && i + SLICE <= len; i++) {
        memcpy(slice, wire->token + i, SLICE);
        slice[SLICE] = '\0';
        if (strstr(wire->answer->body, slice) || strstr(wire->answer->head, slice) ||
            strstr(wire->answer->challenge, slice)) {
            return fault(reason, "the answer shows the token:", slice);
        }
    }
    return 0;
}

static bool is_token_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* One name="value" of a challenge from *at on; false when it is none. */
static bool read_parameter(const char **at, char name[64])
{
    const char *p = *at;
    size_t len = 0;
    while (len < 63 && is_token_char(p[len])) {
        name[len] = p[len];
        len++;
    }
    name[len] = '\0';
    p += len;
    if (len == 0 || *p++ != '=' || *p++ != '"') {
        return false;
    }
    /* RFC 6750 §3: no quote and no backslash in any of its values, and nothing beyond ASCII */
    while (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\') {
        p++;
    }
    *at = p + 1;
    return *p == '"';
}

/* RFC 9110 §11.6.1 and RFC 6750 §3: "Bearer", then name="value" pairs with commas, none twice. */
static int check_challenge(const struct cf_answer *answer, char reason[CF_REASON_CAP])
{
    char seen[1024] = "\n";
    char name[64];
    char line[68];
    const char *at = answer->challenge;
    if (strncasecmp(at, "Bearer", 6) != 0 || (at[6] != ' ' && at[6] != '\0')) {
        return fault(reason, "the challenge is not Bearer's:", answer->challenge);
    }
    at += 6;
    at += strspn(at, " ");
    while (*at) {
        if (!read_parameter(&at, name)) {
            return fault(reason, "the challenge is not well formed:", answer->challenge);
        }
        size_t used = strlen(seen);
        (void)snprintf(line, sizeof line, "\n%s\n", name);
        if (strcasestr(seen, line)) {
            return fault(reason, "the challenge says twice:", name);
        }
        (void)snprintf(seen + used, sizeof seen - used, "%s\n", name);
        at += strspn(at, " ");
        if (*at == ',') {
            at += 1 + strspn(at + 1, " ");
        } else if (*at) {
            return fault(reason, "the challenge is not well formed:", answer->challenge);
        }
    }
    return 0;
}

/* As the first answer of the variant, in what is listed: "status", "challenge", "body", or a
 * header. */
static int check_same(const json_t *list, const struct cf_wire *wire, char reason[CF_REASON_CAP])
{
    char here[2048] = "";
    char there[2048] = "";
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        const char *name = json_string_value(item);
        const struct cf_answer *a = wire->answer;
        const struct cf_answer *b = wire->first;
        bool same = true;
        if (strcmp(name, "status") == 0) {
            same = a->status == b->status;
        } else if (strcmp(name, "challenge") == 0) {
            same = strcmp(a->challenge, b->challenge) == 0;
        } else if (strcmp(name, "body") == 0) {
            same = strcmp(a->body, b->body) == 0;
        } else {
            same = find_header(a, name, here, sizeof here) ==
                       find_header(b, name, there, sizeof there) &&
                   strcmp(here, there) == 0;
        }
        if (!same) {
            return fault(reason, "not as in the first answer:", name);
        }
    }
    return 0;
}

/* {"ms":1000,"times":10}: at most, in all and beside the first answer. */
static int check_time(const json_t *rule, const struct cf_wire *wire, char reason[CF_REASON_CAP])
{
    char took[64];
    json_int_t ms = json_integer_value(json_object_get(rule, "ms"));
    json_int_t times = json_integer_value(json_object_get(rule, "times"));
    int64_t us = wire->answer->took_us;
    bool slow = ms > 0 && us > ms * 1000;
    slow = slow || (times > 0 && wire->first && us > NOISE_US && us > times * wire->first->took_us);
    (void)snprintf(took, sizeof took, "%lld us", (long long)us);
    return slow ? fault(reason, "the answer took", took) : 0;
}

int cf_wire_judge(const json_t *expect, const struct cf_wire *wire, char reason[CF_REASON_CAP])
{
    const json_t *same = json_object_get(expect, "same");
    if (check_headers(json_object_get(expect, "headers"), wire->answer, reason) != 0 ||
        check_body(json_object_get(expect, "body"), wire->answer, reason) != 0 ||
        (same && wire->first && check_same(same, wire, reason) != 0) ||
        check_time(json_object_get(expect, "time"), wire, reason) != 0 ||
        (json_is_false(json_object_get(expect, "echo")) && check_echo(wire, reason) != 0) ||
        (json_is_true(json_object_get(expect, "challenge")) &&
         check_challenge(wire->answer, reason) != 0)) {
        return -1;
    }
    return 0;
}
