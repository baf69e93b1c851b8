/* Judging one answer. */
#include "conformance/verdict.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *cf_verdict_name(enum cf_verdict verdict)
{
    static const char *const names[] = {"PASS",       "INFO", "UNIMPLEMENTED",
                                        "NON-STRICT", "FAIL", "ERROR"};
    return names[verdict];
}

enum cf_verdict cf_weigh(enum cf_level level, bool decision)
{
    if (level <= CF_MAY) {
        return CF_INFORMED;
    }
    return decision && level == CF_MUST ? CF_FAIL : CF_NON_STRICT;
}

/* The value of error="…" in a challenge (RFC 6750 §3), or "" without one. */
static void read_error(const char *challenge, char out[64])
{
    const char *at = challenge;
    out[0] = '\0';
    while ((at = strstr(at, "error="))) {
        bool begins = at == challenge || strchr(" ,\t", at[-1]);
        at += strlen("error=");
        if (begins) {
            const char *value = *at == '"' ? at + 1 : at;
            (void)snprintf(out, 64, "%.*s", (int)strcspn(value, "\", "), value);
            return;
        }
    }
}

static bool lists_number(const json_t *list, int number)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        if (json_integer_value(item) == number) {
            return true;
        }
    }
    return false;
}

static bool lists_text(const json_t *list, const char *text)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(list, i, item)
    {
        if (strcmp(json_string_value(item), text) == 0) {
            return true;
        }
    }
    return json_array_size(list) == 0 && *text == '\0';
}

/* What is wrong on the wire although the decision is right; false when nothing is. */
static bool wire_is_wrong(const json_t *expect, const struct cf_answer *answer, bool codes,
                          char reason[CF_REASON_CAP])
{
    char error[64];
    const json_t *statuses = json_object_get(expect, "status");
    const json_t *errors = json_object_get(expect, "error");
    const char *code = json_string_value(json_object_get(expect, "code"));
    read_error(answer->challenge, error);
    if (statuses && !answer->status_unsaid && !lists_number(statuses, answer->status)) {
        (void)snprintf(reason, CF_REASON_CAP, "status %d", answer->status);
        return true;
    }
    errors = answer->challenge_unsaid ? NULL : errors;
    if (errors && answer->status >= 400 && !*answer->challenge) {
        (void)snprintf(reason, CF_REASON_CAP, "status %d without WWW-Authenticate", answer->status);
        return true;
    }
    if (errors && !lists_text(errors, error)) {
        (void)snprintf(reason, CF_REASON_CAP, "the challenge says %s%.63s",
                       *error ? "error=" : "no error", error);
        return true;
    }
    /* a limit of the server answers (413, 431) before any validator could give a reason */
    bool unread = !*answer->code && answer->status != 401 && answer->status != 403;
    if (codes && code && !unread && strcmp(code, answer->code) != 0) {
        (void)snprintf(reason, CF_REASON_CAP, "the reason is %s",
                       *answer->code ? answer->code : "none");
        return true;
    }
    return false;
}

static bool is_page(const char *body)
{
    return strncasecmp(body, "<!doctype html", 14) == 0 || strncasecmp(body, "<html", 5) == 0;
}

enum cf_verdict cf_judge(const json_t *expect, const struct cf_answer *answer, enum cf_level level,
                         const char *canary, bool codes, char reason[CF_REASON_CAP])
{
    const char *decision = json_string_value(json_object_get(expect, "decision"));
    bool accepted = answer->status >= 200 && answer->status < 300;
    reason[0] = '\0';
    if (decision && (strcmp(decision, "accept") == 0) != accepted) {
        (void)snprintf(
            reason, CF_REASON_CAP, "%s, with status %d%s%s%s", accepted ? "accepted" : "refused",
            answer->status, *answer->code ? " and reason " : "", answer->code,
            accepted && is_page(answer->body) ? " and a page: a login page is no refusal" : "");
        return cf_weigh(level, true);
    }
    if (!accepted && strstr(answer->body, canary)) {
        (void)snprintf(reason, CF_REASON_CAP,
                       "the refusal (status %d) shows what only a protected body may",
                       answer->status);
        return CF_FAIL;
    }
    if (wire_is_wrong(expect, answer, codes, reason)) {
        return cf_weigh(level, false);
    }
    return level == CF_INFO ? CF_INFORMED : CF_PASS;
}
