/* What a report shows of an answer: enough to judge it, and nothing that opens a door. */
#include "conformance/provider/answer.h"
#include "conformance/provider/encode.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_SHOWN 2000
#define KEPT 8

static const char *const sensitive[] = {
    "access_token",  "refresh_token", "id_token",         "code",      "device_code",
    "client_secret", "password",      "client_assertion", "assertion", "code_verifier"};

static bool is_sensitive(const char *name)
{
    for (size_t i = 0; i < sizeof sensitive / sizeof sensitive[0]; i++) {
        if (strcmp(sensitive[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* replace cuts every `value` in `text`, which it takes over. */
static char *replace(char *text, const char *value)
{
    size_t len = strlen(value);
    char *out = NULL;
    size_t size = 0;
    FILE *file = len > KEPT && text && strstr(text, value) ? open_memstream(&out, &size) : NULL;
    if (!file) {
        return text;
    }
    for (const char *at = text; *at;) {
        const char *found = strstr(at, value);
        size_t before = found ? (size_t)(found - at) : strlen(at);
        (void)fwrite(at, 1, before, file);
        at += before;
        if (found) {
            (void)fprintf(file, "%.*s…", KEPT, value);
            at += len;
        }
    }
    (void)fclose(file);
    free(text);
    return out;
}

/* The same value as it stands in a Location. */
static char *replace_encoded(char *text, const char *value)
{
    char *encoded = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&encoded, &size);
    if (!file) {
        return text;
    }
    cf_percent_write(file, value);
    (void)fclose(file);
    text = replace(text, encoded);
    free(encoded);
    return text;
}

/* hide cuts what an object's members hold that nobody else should have. */
static char *hide(char *text, const json_t *object)
{
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *value = json_string_value(json_object_iter_value(at));
        if (value && is_sensitive(json_object_iter_key(at))) {
            text = replace_encoded(replace(text, value), value);
        }
    }
    return text;
}

static char *hidden(const json_t *answer, char *text)
{
    text = hide(text, json_object_get(answer, "json"));
    return hide(text, json_object_get(json_object_get(answer, "redirect"), "params"));
}

static char *head_of(const json_t *headers)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    void *at = json_object_iter((json_t *)(uintptr_t)headers);
    for (; out && at; at = json_object_iter_next((json_t *)(uintptr_t)headers, at)) {
        bool cookie = strcmp(json_object_iter_key(at), "set-cookie") == 0;
        (void)fprintf(out, "%s: %s\n", json_object_iter_key(at),
                      cookie ? "…" : json_string_value(json_object_iter_value(at)));
    }
    if (out) {
        (void)fclose(out);
    }
    return text;
}

/* "invalid_grant 70008", or the error of a redirect. */
static json_t *code_of(const json_t *answer)
{
    const json_t *json = json_object_get(answer, "json");
    const json_t *params = json_object_get(json_object_get(answer, "redirect"), "params");
    const char *error = json_string_value(json_object_get(json ? json : params, "error"));
    const json_t *number = json_array_get(json_object_get(json, "error_codes"), 0);
    return !error   ? json_string("")
           : number ? json_sprintf("%s %lld", error, (long long)json_integer_value(number))
                    : json_string(error);
}

json_t *cf_answer_shown(const json_t *answer)
{
    const char *body = json_string_value(json_object_get(answer, "body"));
    char *text = hidden(answer, strdup(body ? body : ""));
    char *head = hidden(answer, head_of(json_object_get(answer, "headers")));
    if (text && strlen(text) > BODY_SHOWN) {
        size_t cut = BODY_SHOWN;
        while (cut > 0 && ((unsigned char)text[cut] & 0xC0U) == 0x80U) {
            cut--; /* not inside a character */
        }
        text[cut] = '\0';
    }
    json_t *shown =
        json_pack("{s:O, s:s, s:s, s:o}", "status", json_object_get(answer, "status"), "head",
                  head ? head : "", "body", text ? text : "", "code", code_of(answer));
    free(text);
    free(head);
    return shown;
}
