/* From octets to one JSON value. */
#include "conformance/provider/answer.h"

#include "conformance/provider/encode.h"
#include "conformance/provider/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A text of octets of which nothing is known: those that are no UTF-8 are shown as "?". */
static json_t *text_of(const char *data, size_t len)
{
    json_t *text = json_stringn(data, len);
    if (text) {
        return text;
    }
    char *copy = malloc(len + 1);
    for (size_t i = 0; copy && i < len; i++) {
        copy[i] = (char)((unsigned char)data[i] < 0x80 ? data[i] : '?');
    }
    text = copy ? json_stringn(copy, len) : NULL;
    free(copy);
    return text ? text : json_string("");
}

/* One header line into the object, joined with those before of its name. */
static void take_header(json_t *headers, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    if (!colon) {
        return;
    }
    char *name = strndup(line, (size_t)(colon - line));
    for (size_t i = 0; name && name[i]; i++) {
        name[i] = (char)tolower((unsigned char)name[i]);
    }
    const char *value = colon + 1;
    size_t value_len = len - (size_t)(value - line);
    while (value_len > 0 && isspace((unsigned char)*value)) {
        value++;
        value_len--;
    }
    while (value_len > 0 && isspace((unsigned char)value[value_len - 1])) {
        value_len--;
    }
    const char *before = name ? json_string_value(json_object_get(headers, name)) : NULL;
    json_t *text = text_of(value, value_len);
    if (before) {
        json_t *joined = json_sprintf("%s, %s", before, json_string_value(text));
        json_decref(text);
        text = joined;
    }
    if (name) {
        (void)json_object_set_new(headers, name, text);
    }
    free(name);
}

static json_t *headers_of(const struct cf_reply *reply)
{
    json_t *headers = json_object();
    const char *at = reply->head;
    while (at && *at) {
        size_t len = strcspn(at, "\r\n");
        take_header(headers, at, len);
        at += len;
        at += strspn(at, "\r\n");
    }
    return headers;
}

/* Where a Location leads, and the parameters that it carries. */
static json_t *redirect_of(const char *location)
{
    size_t to = strcspn(location, "?#");
    const char *fragment = strchr(location, '#');
    const char *twice = NULL;
    bool in_fragment = fragment && fragment[1];
    const char *from = in_fragment ? fragment + 1 : location + to + (location[to] != '\0');
    size_t len = in_fragment ? strlen(from) : strcspn(from, "#");
    json_t *params = cf_form_read(from, len, &twice);
    return json_pack("{s:o, s:s, s:o, s:s?}", "to", text_of(location, to), "in",
                     in_fragment ? "fragment" : "query", "params", params, "twice", twice);
}

size_t cf_origin_length(const char *url)
{
    const char *authority = strstr(url, "://");
    return authority ? (size_t)(authority + 3 - url) + strcspn(authority + 3, "/?#") : 0;
}

bool cf_same_origin(const char *url, const char *reference)
{
    size_t len = cf_origin_length(reference);
    return len == 0 || (len == cf_origin_length(url) && strncasecmp(url, reference, len) == 0);
}

/* The first form that leads elsewhere: response_mode=form_post. */
static json_t *form_post_of(const json_t *forms, const char *url)
{
    const json_t *form = NULL;
    size_t i = 0;
    json_array_foreach(forms, i, form)
    {
        const char *action = json_string_value(json_object_get(form, "action"));
        if (action && !cf_same_origin(url, action)) {
            return json_pack("{s:s, s:s, s:O, s:O, s:n}", "to", action, "in", "form_post", "params",
                             json_object_get(form, "fields"), "method",
                             json_object_get(form, "method"), "twice");
        }
    }
    return NULL;
}

static bool says(const json_t *headers, const char *name, const char *word)
{
    const char *value = json_string_value(json_object_get(headers, name));
    return value && strcasestr(value, word) != NULL;
}

json_t *cf_answer_of(const struct cf_reply *reply, const char *url)
{
    json_t *headers = headers_of(reply);
    json_t *answer = json_pack("{s:i, s:o, s:o}", "status", reply->status, "headers", headers,
                               "body", text_of(reply->body, reply->body_len));
    const char *location = json_string_value(json_object_get(headers, "location"));
    json_t *redirect = NULL;
    if (location && reply->status >= 300 && reply->status < 400) {
        redirect = redirect_of(location);
    }
    if (says(headers, "content-type", "html")) {
        json_t *forms = cf_page_forms(reply->body, reply->body_len);
        redirect = redirect ? redirect : form_post_of(forms, url);
        (void)json_object_set_new(answer, "forms", forms);
    }
    json_t *json = json_loadb(reply->body, reply->body_len, JSON_REJECT_DUPLICATES, NULL);
    if (json) {
        (void)json_object_set_new(answer, "json", json);
    }
    if (redirect) {
        (void)json_object_set_new(answer, "redirect", redirect);
    }
    return answer;
}

json_t *cf_token_part(const char *token, int part)
{
    size_t len = 0;
    json_t *json = NULL;
    const char *dot = part ? strchr(token, '.') : NULL;
    const char *at = part ? (dot ? dot + 1 : "") : token;
    size_t end = strcspn(at, ".");
    unsigned char *text = at[end] == '.' ? cf_base64url_decode(at, end, &len) : NULL;
    if (text) {
        json = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
    }
    free(text);
    return json;
}

/* The value of one segment of a path, a new reference. */
static json_t *step_into(const json_t *value, const char *segment)
{
    if (json_is_array(value)) {
        return json_incref(json_array_get(value, (size_t)strtoul(segment, NULL, 10)));
    }
    if (json_is_string(value)) {
        bool claims = strcmp(segment, "claims") == 0;
        return claims || strcmp(segment, "header") == 0
                   ? cf_token_part(json_string_value(value), claims)
                   : NULL;
    }
    return json_incref(json_object_get(value, segment));
}

json_t *cf_answer_find(const json_t *answer, const char *path)
{
    json_t *value = json_incref((json_t *)(uintptr_t)answer);
    char *copy = strdup(path ? path : "");
    char *rest = NULL;
    for (char *segment = copy ? strtok_r(copy, "/", &rest) : NULL; segment && value;
         segment = strtok_r(NULL, "/", &rest)) {
        json_t *inner = step_into(value, segment);
        json_decref(value);
        value = inner;
    }
    free(copy);
    return value;
}
