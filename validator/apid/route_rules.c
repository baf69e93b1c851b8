/* Routes as data: read strictly, since a misspelt need is a door left open. */
#include "validator/apid/route_rules.h"

#include "validator/core/config.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUTES_MAX = 256, PATH_MAX_BYTES = 256, WORDS_MAX_BYTES = 4096 };

void route_rules_free(struct route_rules *rules)
{
    for (size_t i = 0; rules && i < rules->count; i++) {
        free(rules->items[i].path);
        free(rules->items[i].scopes);
        free(rules->items[i].roles);
        free(rules->items[i].clients);
        free(rules->items[i].acrs);
    }
    if (rules) {
        free(rules->items);
    }
    free(rules);
}

const struct route_rule *route_rules_find(const struct route_rules *rules, const char *path)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->items[i].path, path) == 0) {
            return &rules->items[i];
        }
    }
    return NULL;
}

/* What is wrong with a path, or NULL. Only what every client and proxy spells in one way. */
static const char *path_fault(const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~/";
    if (!path || path[0] != '/' || path[1] == '\0') {
        return "not a path that begins with /";
    }
    if (strlen(path) > PATH_MAX_BYTES) {
        return "longer than 256 bytes";
    }
    if (path[strspn(path, plain)] != '\0') {
        return "holds another character than letters, digits and -._~/";
    }
    if (strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") ||
        path[strlen(path) - 1] == '/' || path[strlen(path) - 1] == '.') {
        return "has an empty or a dotted segment, or ends with / or a dot";
    }
    if (strcmp(path, "/health") == 0 || strcmp(path, "/metrics") == 0) {
        return "answers anyone";
    }
    return NULL;
}

/* Printable ASCII without spaces, quotes and backslashes: a word of a challenge (RFC 6749 §3.3). */
static bool is_word(const char *text)
{
    for (const char *p = text; p && *p; p++) {
        if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\') {
            return false;
        }
    }
    return text && *text;
}

/* Appends words, separated by single spaces, to `out`; what is wrong, or NULL. */
static const char *add_words(const char *text, char *out)
{
    char copy[WORDS_MAX_BYTES];
    char *rest = NULL;
    if (strlen(text) + strlen(out) + 2 > sizeof copy) {
        return "longer than 4095 bytes";
    }
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (!is_word(word)) {
            return "a word holds another character than printable ASCII";
        }
        size_t used = strlen(out);
        snprintf(out + used, WORDS_MAX_BYTES - used, "%s%s", used > 0 ? " " : "", word);
    }
    return NULL;
}

/* A string of words or an array of words; what is wrong, or NULL. */
static const char *read_words(const json_t *value, char **to)
{
    char words[WORDS_MAX_BYTES] = "";
    const char *wrong = NULL;
    const json_t *item = NULL;
    size_t i = 0;
    if (json_is_string(value)) {
        wrong = add_words(json_string_value(value), words);
    } else if (!json_is_array(value)) {
        return "neither a string nor an array of words";
    }
    json_array_foreach(value, i, item)
    {
        if (!is_word(json_string_value(item))) {
            return "neither a string nor an array of words";
        }
        wrong = wrong ? wrong : add_words(json_string_value(item), words);
    }
    if (!wrong && !words[0]) {
        return "names nothing";
    }
    if (!wrong && !(*to = strdup(words))) {
        return "out of memory";
    }
    return wrong;
}

static const char *read_path(const struct route_rules *rules, const json_t *value, char **to)
{
    const char *path = json_string_value(value);
    const char *wrong = path_fault(path);
    if (!wrong && route_rules_find(rules, path)) {
        return "is there already";
    }
    return wrong ? wrong : (*to = strdup(path)) ? NULL : "out of memory";
}

static const char *read_member(const struct route_rules *rules, const char *name,
                               const json_t *value, struct route_rule *rule)
{
    char **const words = strcmp(name, "scopes") == 0    ? &rule->scopes
                         : strcmp(name, "roles") == 0   ? &rule->roles
                         : strcmp(name, "clients") == 0 ? &rule->clients
                                                        : NULL;
    if (words) {
        return read_words(value, words);
    }
    if (strcmp(name, "acrs") == 0) {
        const char *wrong = is_word(json_string_value(value)) ? NULL : "not one word";
        return wrong ? wrong : read_words(value, &rule->acrs);
    }
    if (strcmp(name, "path") == 0) {
        return read_path(rules, value, &rule->path);
    }
    bool *const flag = strcmp(name, "all") == 0        ? &rule->all
                       : strcmp(name, "optional") == 0 ? &rule->optional
                                                       : NULL;
    if (flag) {
        *flag = json_is_true(value);
        return json_is_boolean(value) ? NULL : "neither true nor false";
    }
    return "there is no such member";
}

static int fault(size_t index, const char *name, const char *wrong, char *why, size_t cap)
{
    snprintf(why, cap, "routes[%zu]%s%.64s: %s", index, name ? "." : "", name ? name : "", wrong);
    return -1;
}

/* The rule counts only once it is whole; what was read of it is freed by the caller otherwise. */
static int read_rule(const struct route_rules *rules, json_t *object, size_t i,
                     struct route_rule *rule, char *why, size_t cap)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (!json_is_object(object)) {
        return fault(i, NULL, "not an object", why, cap);
    }
    json_object_foreach(object, name, value)
    {
        const char *wrong = read_member(rules, name, value, rule);
        if (wrong) {
            return fault(i, name, wrong, why, cap);
        }
    }
    if (!rule->path) {
        return fault(i, "path", "is missing", why, cap);
    }
    if (!rule->scopes && !rule->roles) {
        return fault(i, NULL, "names neither scopes nor roles", why, cap);
    }
    return 0;
}

static struct route_rules *rules_new(size_t count)
{
    struct route_rules *rules = calloc(1, sizeof *rules);
    if (rules && !(rules->items = calloc(count + 1, sizeof *rules->items))) {
        free(rules);
        return NULL;
    }
    return rules;
}

static int read_rules(json_t *list, struct route_rules **out, char *why, size_t cap)
{
    json_t *object = NULL;
    size_t i = 0;
    if (json_array_size(list) == 0 || json_array_size(list) > ROUTES_MAX) {
        snprintf(why, cap, "routes: not an array of 1 to %d routes", ROUTES_MAX);
        return -1;
    }
    struct route_rules *rules = rules_new(json_array_size(list));
    if (!rules) {
        snprintf(why, cap, "out of memory");
        return -1;
    }
    rules->own = true;
    *out = rules;
    json_array_foreach(list, i, object)
    {
        int failed = read_rule(rules, object, i, &rules->items[i], why, cap);
        rules->count = i + 1;
        if (failed) {
            return -1;
        }
    }
    return 0;
}

int route_rules_load(const char *json, size_t len, struct btv_config *c, struct route_rules **rules,
                     char *why, size_t cap)
{
    json_t *document = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
    json_t *list = json_object_get(document, "routes");
    int status = -1;
    if (!list) {
        /* the library's own reader names what is wrong */
        status = btv_config_load_json(c, json, len, why, cap);
    } else if (read_rules(list, rules, why, cap) == 0) {
        json_object_del(document, "routes");
        char *rest = json_dumps(document, JSON_COMPACT | JSON_ENSURE_ASCII);
        if (rest) {
            status = btv_config_load_json(c, rest, strlen(rest), why, cap);
        } else {
            snprintf(why, cap, "out of memory");
        }
        free(rest);
    }
    json_decref(document);
    return status;
}

int route_rules_complete(struct route_rules **rules, struct btv_config *c)
{
    if (!*rules && !(*rules = rules_new(0))) {
        return -1;
    }
    struct route_rule *added = NULL;
    if (!route_rules_find(*rules, ROUTE_DEFAULT)) {
        added = &(*rules)->items[(*rules)->count++];
        if (!(added->path = strdup(ROUTE_DEFAULT))) {
            return -1;
        }
    }
    if ((*rules)->own) {
        char **scopes = &c->text[BTV_SET_SCOPES];
        char **roles = &c->text[BTV_SET_ROLES];
        if (added) {
            added->scopes = *scopes;
            added->roles = *roles;
            added->all = strcmp(btv_config_text(c, BTV_SET_MATCH), "all") == 0;
        } else {
            free(*scopes);
            free(*roles);
        }
        *scopes = NULL;
        *roles = NULL;
    }
    return 0;
}
