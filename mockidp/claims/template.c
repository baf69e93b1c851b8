/* Claims that the configuration makes: values as they are, and texts in which {attribute} is
 * replaced ("Claims customization"). What the user has no value for is left out, as a whole. */
#include "mockidp/claims/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool claims_template_name(const char **at, const char **name, size_t *len)
{
    for (const char *p = *at; *p; p++) {
        if ((*p == '{' || *p == '}') && p[1] == *p) {
            p++; /* a brace that stands for itself */
            continue;
        }
        if (*p == '{') {
            *name = p + 1;
            *len = strcspn(p + 1, "{}");
            *at = *len > 0 && p[1 + *len] == '}' ? p + 2 + *len : p;
            return *at != p;
        }
        if (*p == '}') {
            *at = p;
            return false;
        }
    }
    *at += strlen(*at);
    return false;
}

/* The attributes that everybody may have; not the password. */
static const struct {
    const char *name;
    char of; /* u: user, t: tenant, c: client, r: resource */
    const char *member;
} known[] = {
    {"id", 'u', "id"},
    {"upn", 'u', "upn"},
    {"name", 'u', "name"},
    {"given_name", 'u', "given_name"},
    {"family_name", 'u', "family_name"},
    {"mail", 'u', "mail"},
    {"country", 'u', "country"},
    {"tenant.id", 't', "id"},
    {"tenant.name", 't', "name"},
    {"tenant.region", 't', "region"},
    {"tenant.country", 't', "country"},
    {"client.id", 'c', "id"},
    {"client.name", 'c', "name"},
    {"resource.id", 'r', "id"},
    {"resource.name", 'r', "name"},
};

static bool is_named(const char *row, const char *name, size_t len)
{
    return strlen(row) == len && strncmp(row, name, len) == 0;
}

bool claims_attribute_known(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (is_named(known[i].name, name, len)) {
            return true;
        }
    }
    return false;
}

static const char *app_text(const struct directory_app *app, const char *member)
{
    return !app ? NULL : strcmp(member, "id") == 0 ? app->id : app->name;
}

static const char *tenant_text(const struct directory_tenant *tenant, const char *member)
{
    return strcmp(member, "id") == 0     ? tenant->id
           : strcmp(member, "name") == 0 ? tenant->name
           : *member == 'r'              ? tenant->region
                                         : tenant->country;
}

/* value_of returns an attribute's value, a new reference; NULL without one. */
static json_t *value_of(const struct claims_subject *s, const char *name, size_t len)
{
    char key[128];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (is_named(known[i].name, name, len)) {
            const char *member = known[i].member;
            const char *text =
                known[i].of == 'u'
                    ? json_string_value(json_object_get(s->user ? s->user->json : NULL, member))
                : known[i].of == 't' ? tenant_text(s->tenant, member)
                : known[i].of == 'c' ? app_text(s->client, member)
                                     : app_text(s->resource, member);
            return text ? json_string(text) : NULL;
        }
    }
    (void)snprintf(key, sizeof key, "%.*s", (int)len, name);
    const json_t *value = s->user ? json_object_get(s->user->attributes, key) : NULL;
    return value ? json_deep_copy(value) : NULL;
}

/* write_value writes a value into the text around it; false without one. */
static bool write_value(FILE *out, json_t *value)
{
    char *text = json_is_string(value) ? NULL : value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    (void)fputs(json_is_string(value) ? json_string_value(value) : text ? text : "", out);
    free(text);
    json_decref(value);
    return value != NULL;
}

/* Text between placeholders, in which doubled braces stand for one. */
static void write_text(FILE *out, const char *from, const char *to)
{
    for (; from < to; from++) {
        (void)fputc(*from, out);
        from += (*from == '{' || *from == '}') && from + 1 < to && from[1] == *from;
    }
}

static json_t *expand(const struct claims_subject *s, const char *template)
{
    char *text = NULL;
    size_t size = 0;
    size_t len = 0;
    const char *name = NULL;
    const char *from = template;
    const char *at = template;
    bool whole = true;
    FILE *out = open_memstream(&text, &size);
    while (out && claims_template_name(&at, &name, &len)) {
        if (name == template + 1 && !*at) {
            json_t *value = value_of(s, name, len); /* alone, it keeps its type */
            (void)fclose(out);
            free(text);
            return value;
        }
        write_text(out, from, name - 1);
        whole = write_value(out, value_of(s, name, len)) && whole;
        from = at;
    }
    if (out) {
        write_text(out, from, from + strlen(from));
        whole = fclose(out) == 0 && whole;
    }
    json_t *value = whole && text ? json_string(text) : NULL;
    free(text);
    return value;
}

int claims_add_made(const struct claims_subject *s, json_t *out)
{
    const struct directory_app *app = claims_app(s);
    const char *name = NULL;
    json_t *configured = NULL;
    json_object_foreach((json_t *)(uintptr_t)(s->id_token ? app->claims_id : app->claims_access),
                        name, configured)
    {
        const char *template = json_string_value(configured);
        json_t *value = template ? expand(s, template) : json_deep_copy(configured);
        if (value && json_object_set_new(out, name, value) != 0) {
            return -1;
        }
    }
    return 0;
}
