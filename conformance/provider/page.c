/* Finding forms in pages. */
#include "conformance/provider/page.h"

#include "conformance/provider/encode.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FORMS_MAX = 16, FIELDS_MAX = 64 };

/* A tag without its brackets: "input type=hidden name=x". */
struct tag {
    const char *text;
    size_t len;
};

static const char *find(const char *from, const char *end, char c)
{
    return from < end ? memchr(from, c, (size_t)(end - from)) : NULL;
}

/* next_tag moves *at behind the next tag; a > inside quotes does not end it. */
static bool next_tag(const char **at, const char *end, struct tag *tag)
{
    const char *open = find(*at, end, '<');
    char quote = '\0';
    if (!open) {
        return false;
    }
    const char *p = open + 1;
    for (; p < end && (quote || *p != '>'); p++) {
        if (quote ? *p == quote : (*p == '"' || *p == '\'')) {
            quote = (char)(quote ? '\0' : *p);
        }
    }
    *tag = (struct tag){open + 1, (size_t)(p - open - 1)};
    *at = p < end ? p + 1 : end;
    return true;
}

static bool is_tag(const struct tag *tag, const char *name)
{
    size_t len = strlen(name);
    return tag->len >= len && strncasecmp(tag->text, name, len) == 0 &&
           (tag->len == len || isspace((unsigned char)tag->text[len]) || tag->text[len] == '/');
}

/* The end of an attribute's value at `p`: behind its closing quote, or at a blank. */
static const char *value_end(const char *p, const char *end)
{
    char quote = *p;
    if (quote == '"' || quote == '\'') {
        const char *close = find(p + 1, end, quote);
        return close ? close + 1 : end;
    }
    while (p < end && !isspace((unsigned char)*p)) {
        p++;
    }
    return p;
}

static char *value_read(const char *p, const char *end)
{
    bool opens = *p == '"' || *p == '\'';
    bool closes = opens && end - p >= 2 && end[-1] == *p;
    return cf_entities_read(p + opens, (size_t)(end - p) - opens - closes);
}

/* An attribute's value, newly allocated, or NULL. */
static char *attribute(const struct tag *tag, const char *name)
{
    const char *end = tag->text + tag->len;
    const char *p = tag->text;
    while (p < end && !isspace((unsigned char)*p)) {
        p++;
    }
    while (p < end) {
        while (p < end && isspace((unsigned char)*p)) {
            p++;
        }
        const char *start = p;
        while (p < end && *p != '=' && !isspace((unsigned char)*p)) {
            p++;
        }
        size_t len = (size_t)(p - start);
        if (p >= end || *p != '=' || p + 1 >= end) {
            p += p < end && *p == '=';
            continue;
        }
        const char *stop = value_end(p + 1, end);
        if (len == strlen(name) && strncasecmp(start, name, len) == 0) {
            return value_read(p + 1, stop);
        }
        p = stop;
    }
    return NULL;
}

static json_t *text_or(char *text, const char *standard)
{
    json_t *value = json_string(text ? text : standard);
    free(text);
    return value ? value : json_string("");
}

static json_t *form_of(const struct tag *tag)
{
    return json_pack("{s:o, s:o, s:{}, s:[]}", "action", text_or(attribute(tag, "action"), ""),
                     "method", text_or(attribute(tag, "method"), "GET"), "fields", "asks");
}

/* What a form sends of itself, and what somebody has to type or press. */
static void take_field(json_t *form, const struct tag *tag)
{
    json_t *fields = json_object_get(form, "fields");
    char *name = attribute(tag, "name");
    char *type = attribute(tag, "type");
    bool button = is_tag(tag, "button") || (type && strcasecmp(type, "submit") == 0);
    bool hidden = type && strcasecmp(type, "hidden") == 0;
    json_t *asks = json_object_get(form, "asks");
    if (name && *name && json_object_size(fields) + json_array_size(asks) < FIELDS_MAX) {
        if (!button) {
            (void)json_object_set_new(fields, name, text_or(attribute(tag, "value"), ""));
        }
        if (!hidden) {
            (void)json_array_append_new(asks, text_or(strdup(name), ""));
        }
    }
    free(name);
    free(type);
}

json_t *cf_page_forms(const char *html, size_t len)
{
    json_t *forms = json_array();
    json_t *form = NULL;
    const char *at = html;
    struct tag tag;
    while (next_tag(&at, html + len, &tag)) {
        if (is_tag(&tag, "form") && json_array_size(forms) < FORMS_MAX) {
            form = form_of(&tag);
            (void)json_array_append_new(forms, form);
        } else if (is_tag(&tag, "/form")) {
            form = NULL;
        } else if (form && (is_tag(&tag, "input") || is_tag(&tag, "button"))) {
            take_field(form, &tag);
        }
    }
    return forms;
}
