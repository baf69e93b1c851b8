/* Operators that look at one value. */
#include "conformance/provider/answer.h"
#include "conformance/provider/encode.h"
#include "conformance/provider/match.h"

#include <ctype.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *shown(const json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : "what is no text";
}

static enum cf_match nonsense(struct cf_matching *m, const char *where, const char *why)
{
    (void)cf_match_fails(m, where, "%s", why);
    return CF_NONSENSE;
}

static enum cf_match holds_not(struct cf_matching *m, const json_t *argument, const json_t *value,
                               const char *where)
{
    json_t *literal = cf_match_literal(m, argument);
    bool same = literal && json_equal(literal, value);
    enum cf_match match = literal ? CF_MATCHES : CF_UNKNOWN;
    if (same) {
        match = cf_match_fails(m, where, "is %.100s, as it must not be", shown(value));
    }
    json_decref(literal);
    return match;
}

static enum cf_match holds_any(struct cf_matching *m, const json_t *argument, const json_t *value,
                               const char *where)
{
    const json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(argument, i, one)
    {
        enum cf_match match = cf_match_value(m, one, value, where);
        if (match != CF_DIFFERS) {
            return match;
        }
    }
    char *is = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    char *must = json_dumps(argument, JSON_COMPACT | JSON_ENCODE_ANY);
    (void)cf_match_fails(m, where, "is %.100s, must be one of %.200s", is ? is : "?",
                         must ? must : "?");
    free(is);
    free(must);
    return CF_DIFFERS;
}

static bool is_guid(const char *text)
{
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i])) {
            return false;
        }
    }
    return text[36] == '\0';
}

static bool is_jwt(const char *text)
{
    json_t *header = cf_token_part(text, 0);
    json_t *claims = cf_token_part(text, 1);
    const char *last = strrchr(text, '.');
    bool good = json_is_object(header) && json_is_object(claims) && last && last[1] &&
                last != strchr(text, '.');
    json_decref(header);
    json_decref(claims);
    return good;
}

static bool is_base64url(const char *text)
{
    size_t len = 0;
    unsigned char *bytes = cf_base64url_decode(text, strlen(text), &len);
    free(bytes);
    return bytes && len > 0;
}

static bool is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static bool is_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* Kinds of texts. */
static const struct {
    const char *name;
    bool (*is)(const char *text);
} kinds[] = {{"guid", is_guid},
             {"base64url", is_base64url},
             {"jwt", is_jwt},
             {"url", is_url},
             {"digits", is_digits}};

static enum cf_match holds_type(struct cf_matching *m, const json_t *argument, const json_t *value,
                                const char *where)
{
    const char *type = json_string_value(argument);
    type = type ? type : "";
    bool known = true;
    bool good = strcmp(type, "string") == 0    ? json_is_string(value)
                : strcmp(type, "integer") == 0 ? json_is_integer(value)
                : strcmp(type, "number") == 0  ? json_is_number(value)
                : strcmp(type, "boolean") == 0 ? json_is_boolean(value)
                : strcmp(type, "array") == 0   ? json_is_array(value)
                : strcmp(type, "object") == 0  ? json_is_object(value)
                : strcmp(type, "null") == 0    ? json_is_null(value)
                                               : (known = false);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, type) == 0) {
            known = true;
            good = json_is_string(value) && kinds[i].is(json_string_value(value));
        }
    }
    return !known ? nonsense(m, where, "an unknown type is asked for")
           : good ? CF_MATCHES
                  : cf_match_fails(m, where, "is not of the type %s", type);
}

static enum cf_match holds_matches(struct cf_matching *m, const json_t *argument,
                                   const json_t *value, const char *where)
{
    regex_t regex;
    char *whole = NULL;
    if (!json_is_string(argument)) {
        return nonsense(m, where, "a regular expression is a text");
    }
    char *pattern = cf_values_expand(m->values, json_string_value(argument), true);
    if (!pattern) {
        return CF_UNKNOWN;
    }
    enum cf_match match = CF_MATCHES;
    if (asprintf(&whole, "^(%s)$", pattern) < 0 ||
        regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB) != 0) {
        match = nonsense(m, where, "the regular expression is wrong");
    } else {
        if (!json_is_string(value) || regexec(&regex, json_string_value(value), 0, NULL, 0) != 0) {
            match = cf_match_fails(m, where, "is %.150s, must match %.200s", shown(value), pattern);
        }
        regfree(&regex);
    }
    free(whole);
    free(pattern);
    return match;
}

/* Whether a text has a word, or an array an element. */
static bool contains(const json_t *value, const json_t *word)
{
    const json_t *element = NULL;
    size_t i = 0;
    if (json_is_string(value)) {
        return json_is_string(word) &&
               strcasestr(json_string_value(value), json_string_value(word)) != NULL;
    }
    json_array_foreach(value, i, element)
    {
        if (json_equal(element, word)) {
            return true;
        }
    }
    return false;
}

static enum cf_match contain_all(struct cf_matching *m, const json_t *argument, const json_t *value,
                                 const char *where, bool wanted)
{
    json_t *words = cf_match_literal(m, argument);
    const json_t *word = NULL;
    size_t i = 0;
    enum cf_match match = words ? CF_MATCHES : CF_UNKNOWN;
    bool whole = json_is_string(value) || json_is_array(value);
    json_array_foreach(words, i, word)
    {
        if (match == CF_MATCHES && (!whole || contains(value, word) != wanted)) {
            match = cf_match_fails(m, where, "%s %.200s", wanted ? "lacks" : "has", shown(word));
        }
    }
    json_decref(words);
    return match;
}

static enum cf_match holds_has(struct cf_matching *m, const json_t *argument, const json_t *value,
                               const char *where)
{
    return contain_all(m, argument, value, where, true);
}

static enum cf_match holds_lacks(struct cf_matching *m, const json_t *argument, const json_t *value,
                                 const char *where)
{
    return contain_all(m, argument, value, where, false);
}

/* The words of a text as a list without repetition. */
static json_t *words_of(const char *text)
{
    json_t *words = json_array();
    while (*(text += strspn(text, " "))) {
        size_t len = strcspn(text, " ");
        json_t *word = json_stringn(text, len);
        if (!contains(words, word)) {
            (void)json_array_append(words, word);
        }
        json_decref(word);
        text += len;
    }
    return words;
}

static enum cf_match holds_words(struct cf_matching *m, const json_t *argument, const json_t *value,
                                 const char *where)
{
    json_t *words = words_of(json_is_string(value) ? json_string_value(value) : "");
    enum cf_match match = contain_all(m, argument, words, where, true);
    if (match == CF_MATCHES && json_array_size(words) != json_array_size(argument)) {
        match = cf_match_fails(m, where, "is %.200s: other words, too", shown(value));
    }
    json_decref(words);
    return match;
}

/* A number, or a text of digits; false on anything else. */
static bool number_of(const json_t *value, long long *number)
{
    char *end = NULL;
    const char *text = json_string_value(value);
    *number = text ? strtoll(text, &end, 10) : json_integer_value(value);
    return text ? *text && *end == '\0' : json_is_integer(value);
}

/* A bound of the case: a number, or a text with a name in it. */
static enum cf_match bound_of(struct cf_matching *m, const json_t *argument, long long *number,
                              const char *where)
{
    json_t *literal = cf_match_literal(m, argument);
    enum cf_match match = !literal                     ? CF_UNKNOWN
                          : number_of(literal, number) ? CF_MATCHES
                                                       : nonsense(m, where, "a bound is no number");
    json_decref(literal);
    return match;
}

static enum cf_match within(struct cf_matching *m, const json_t *value, long long least,
                            long long most, const char *where)
{
    long long number = 0;
    if (!number_of(value, &number)) {
        return cf_match_fails(m, where, "is no number");
    }
    return number >= least && number <= most
               ? CF_MATCHES
               : cf_match_fails(m, where, "is %lld, must be from %lld to %lld", number, least,
                                most);
}

static enum cf_match holds_near(struct cf_matching *m, const json_t *argument, const json_t *value,
                                const char *where)
{
    long long time = 0;
    enum cf_match match = bound_of(m, argument, &time, where);
    return match == CF_MATCHES ? within(m, value, time - m->slack, time + m->slack, where) : match;
}

static enum cf_match holds_between(struct cf_matching *m, const json_t *argument,
                                   const json_t *value, const char *where)
{
    long long least = 0;
    long long most = 0;
    enum cf_match match = bound_of(m, json_array_get(argument, 0), &least, where);
    match = match == CF_MATCHES ? bound_of(m, json_array_get(argument, 1), &most, where) : match;
    return match == CF_MATCHES ? within(m, value, least, most, where) : match;
}

static enum cf_match holds_length(struct cf_matching *m, const json_t *argument,
                                  const json_t *value, const char *where)
{
    size_t len = json_is_string(value) ? json_string_length(value) : json_array_size(value);
    json_int_t least =
        json_integer_value(json_is_array(argument) ? json_array_get(argument, 0) : argument);
    json_int_t most =
        json_integer_value(json_is_array(argument) ? json_array_get(argument, 1) : argument);
    if (!json_is_string(value) && !json_is_array(value)) {
        return cf_match_fails(m, where, "has no length");
    }
    return (json_int_t)len >= least && (json_int_t)len <= most
               ? CF_MATCHES
               : cf_match_fails(m, where, "has the length %zu", len);
}

const struct cf_operator cf_plain_operators[] = {
    {"not", holds_not},         {"any", holds_any},   {"type", holds_type},
    {"matches", holds_matches}, {"has", holds_has},   {"lacks", holds_lacks},
    {"words", holds_words},     {"near", holds_near}, {"between", holds_between},
    {"length", holds_length},   {NULL, NULL},
};
