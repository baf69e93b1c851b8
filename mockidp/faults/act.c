/* Reading what a fault rule does, member by member. */
#include "mockidp/faults/act.h"

#include "mockidp/errors/oauth_error.h"

#include <stdio.h>
#include <string.h>

/* RFC 9110 §5.6.2 */
#define TOKEN_CHARS "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool read_drip(const struct fault_reading *r, const json_t *value, struct fault_act *act)
{
    int64_t bytes = 0;

    if (!json_is_object(value) || json_object_size(value) != 2) {
        return fault_refuse(r, "drip", "must be {\"bytes\":N,\"every_ms\":N}");
    }
    if (!fault_read_integer(r, "drip/bytes", json_object_get(value, "bytes"), 1, 65536, &bytes) ||
        !fault_read_integer(r, "drip/every_ms", json_object_get(value, "every_ms"), 1, 60000,
                            &act->drip_every_ms)) {
        return false;
    }
    act->drip_bytes = (size_t)bytes;
    return true;
}

static bool read_aadsts(const struct fault_reading *r, const json_t *value, struct fault_act *act)
{
    int64_t number = 0;

    if (!fault_read_integer(r, "aadsts", value, 1, INT32_MAX, &number)) {
        return false;
    }
    act->aadsts = (int)number;
    return oauth_error_known(act->aadsts) ||
           fault_refuse(r, "aadsts", "there is no AADSTS%d here", act->aadsts);
}

static bool read_act_number(const struct fault_reading *r, const char *member, const json_t *value,
                            struct fault_act *act, bool *ok)
{
    int64_t number = 0;

    *ok = false;
    if (strcmp(member, "status") == 0) {
        *ok = fault_read_integer(r, member, value, 200, 599, &number);
        act->status = (int)number;
    } else if (strcmp(member, "retry_after") == 0) {
        *ok = fault_read_integer(r, member, value, 0, 86400, &number);
        act->retry_after = (int)number;
    } else if (strcmp(member, "delay_ms") == 0) {
        *ok = fault_read_integer(r, member, value, 0, FAULT_DELAY_MAX_MS, &act->delay_ms);
    } else if (strcmp(member, "truncate") == 0) {
        *ok = fault_read_fraction(r, member, value, &act->truncate);
    } else if (strcmp(member, "drip") == 0) {
        *ok = read_drip(r, value, act);
    } else if (strcmp(member, "pad_bytes") == 0) {
        *ok = fault_read_integer(r, member, value, 1, FAULT_PAD_MAX, &act->pad_bytes);
    } else if (strcmp(member, "decoy_keys") == 0) {
        *ok = fault_read_integer(r, member, value, 1, FAULT_DECOYS_MAX, &act->decoy_keys);
    } else if (strcmp(member, "aadsts") == 0) {
        *ok = read_aadsts(r, value, act);
    } else {
        return false;
    }
    return true;
}

/* header_safe: what goes into a header line must not end it. */
static bool header_safe(const struct fault_reading *r, const char *member, const char *text)
{
    if (strpbrk(text, "\r\n") != NULL) {
        return fault_refuse(r, member, "must not hold line breaks");
    }
    return true;
}

/* read_choice stores the place of a word in `words`, counted from 1. */
static bool read_choice(const struct fault_reading *r, const char *member, const json_t *value,
                        const char *const *words, size_t count, int *out)
{
    char all[128] = "";
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (json_is_string(value) && strcmp(json_string_value(value), words[i]) == 0) {
            *out = (int)i + 1;
            return true;
        }
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\"%s\"", i == 0 ? "" : " or ",
                                 words[i]);
    }
    return fault_refuse(r, member, "must be %s", all);
}

/* read_lines takes an object of header lines. */
static bool read_lines(const struct fault_reading *r, json_t *value, struct fault_act *act)
{
    const char *name = NULL;
    json_t *line = NULL;

    if (!json_is_object(value) || json_object_size(value) == 0) {
        return fault_refuse(r, "headers", "must be an object of header lines");
    }
    json_object_foreach(value, name, line)
    {
        const char *text = NULL;
        if (*name == '\0' || strspn(name, TOKEN_CHARS) != strlen(name)) {
            return fault_refuse(r, "headers", "'%.64s' is not the name of a header", name);
        }
        if (!fault_read_string(r, "headers", line, &text) || !header_safe(r, "headers", text)) {
            return false;
        }
    }
    act->headers = value;
    return true;
}

static bool read_text_member(const struct fault_reading *r, const char *member, const json_t *value,
                             struct fault_act *act, bool *ok)
{
    *ok = false;
    if (strcmp(member, "body") == 0) {
        *ok = fault_read_string(r, member, value, &act->body);
    } else if (strcmp(member, "content_type") == 0) {
        *ok = fault_read_string(r, member, value, &act->content_type) &&
              header_safe(r, member, act->content_type);
    } else if (strcmp(member, "redirect") == 0) {
        *ok = fault_read_string(r, member, value, &act->redirect) &&
              header_safe(r, member, act->redirect);
    } else {
        return false;
    }
    return true;
}

static bool read_flag(const struct fault_reading *r, const char *member, const json_t *value,
                      struct fault_act *act, bool *ok)
{
    static const char *const names[] = {"empty_keys", "stale_keys", "reset", "half_close"};
    bool *flags[] = {&act->empty_keys, &act->stale_keys, &act->reset, &act->half_close};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(member, names[i]) == 0) {
            *ok = fault_read_true(r, member, value, flags[i]);
            return true;
        }
    }
    return false;
}

bool fault_act_read(const struct fault_reading *r, const char *member, json_t *value,
                    struct fault_act *act)
{
    static const char *const encodings[] = {"gzip", "gzip-bomb"};
    static const char *const faults[] = {"expired", "wrong-host", "unknown-ca", "reset"};
    static const char *const framings[] = {"chunked", "http-1.0"};
    bool ok = false;

    if (read_act_number(r, member, value, act, &ok) ||
        read_text_member(r, member, value, act, &ok) || read_flag(r, member, value, act, &ok)) {
        return ok;
    }
    if (strcmp(member, "encoding") == 0) {
        return read_choice(r, member, value, encodings, 2, &act->encoding);
    }
    if (strcmp(member, "framing") == 0) {
        return read_choice(r, member, value, framings, 2, &act->framing);
    }
    if (strcmp(member, "headers") == 0) {
        return read_lines(r, value, act);
    }
    if (strcmp(member, "members") == 0) {
        act->members = value;
        return json_is_object(value) ||
               fault_refuse(r, member, "must be an object to merge into the answer");
    }
    if (strcmp(member, "tls") == 0) {
        return read_choice(r, member, value, faults, 4, &act->tls);
    }
    return fault_refuse(r, member, "unknown act");
}

void fault_act_merge(struct fault_act *act, const struct fault_act *more)
{
    act->status = act->status != 0 ? act->status : more->status;
    act->retry_after = act->retry_after >= 0 ? act->retry_after : more->retry_after;
    act->delay_ms = act->delay_ms > 0 ? act->delay_ms : more->delay_ms;
    act->truncate = act->truncate >= 0 ? act->truncate : more->truncate;
    if (act->body == NULL) {
        act->body = more->body;
        act->content_type = act->content_type != NULL ? act->content_type : more->content_type;
    }
    act->redirect = act->redirect != NULL ? act->redirect : more->redirect;
    act->empty_keys = act->empty_keys || more->empty_keys;
    act->stale_keys = act->stale_keys || more->stale_keys;
    act->reset = act->reset || more->reset;
    if (act->drip_bytes == 0) {
        act->drip_bytes = more->drip_bytes;
        act->drip_every_ms = more->drip_every_ms;
    }
    act->half_close = act->half_close || more->half_close;
    act->aadsts = act->aadsts != 0 ? act->aadsts : more->aadsts;
    act->encoding = act->encoding != 0 ? act->encoding : more->encoding;
    act->framing = act->framing != 0 ? act->framing : more->framing;
    act->headers = act->headers != NULL ? act->headers : more->headers;
    act->members = act->members != NULL ? act->members : more->members;
    act->pad_bytes = act->pad_bytes != 0 ? act->pad_bytes : more->pad_bytes;
    act->decoy_keys = act->decoy_keys != 0 ? act->decoy_keys : more->decoy_keys;
}
