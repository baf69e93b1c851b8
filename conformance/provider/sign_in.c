/* What a person does in a browser, by the names of the fields that the profile knows. */
#include "conformance/provider/exchange.h"

#include "conformance/provider/answer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES_MAX 8

/* A URL that came from a page holds no names of ours; newly allocated. */
static char *without_names(const char *url, int len, const char *rest)
{
    char *out = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&out, &size);
    if (!file) {
        return NULL;
    }
    (void)fprintf(file, "%.*s", len, url);
    for (; *rest; rest++) {
        (void)fputs(*rest == '{' ? "%7B" : (char[]){*rest, '\0'}, file);
    }
    (void)fclose(file);
    return out;
}

/* A reference of a page, beside the page's own URL; newly allocated. */
static char *resolve(const char *url, const char *reference)
{
    size_t keep = strstr(reference, "://") ? 0
                  : *reference == '/'      ? cf_origin_length(url)
                  : !*reference            ? strlen(url)
                                           : strcspn(url, "?#");
    if (keep > 0 && *reference && *reference != '/' && *reference != '?') {
        while (keep > 0 && url[keep - 1] != '/') {
            keep--;
        }
    }
    return without_names(url, (int)keep, reference);
}

static bool asks_for(const json_t *form, const char *name)
{
    const json_t *asked = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(form, "asks"), i, asked)
    {
        if (strcmp(json_string_value(asked), name) == 0) {
            return true;
        }
    }
    return false;
}

/* What a form sends of itself, to be sent as it is (exchange.c). */
static json_t *literals_of(const json_t *form)
{
    json_t *fields = json_object();
    const json_t *own = json_object_get(form, "fields");
    void *at = json_object_iter((json_t *)(uintptr_t)own);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)own, at)) {
        (void)json_object_set_new(fields, json_object_iter_key(at),
                                  json_pack("{s:O}", "text", json_object_iter_value(at)));
    }
    return fields;
}

/* The first form that asks for something that is known, filled in: a request, a new reference. */
static json_t *fill_in(const json_t *forms, const json_t *known, const char *url)
{
    const json_t *form = NULL;
    size_t i = 0;
    json_array_foreach(forms, i, form)
    {
        json_t *fields = literals_of(form);
        void *at = json_object_iter((json_t *)(uintptr_t)known);
        bool asked = false;
        for (; at; at = json_object_iter_next((json_t *)(uintptr_t)known, at)) {
            if (asks_for(form, json_object_iter_key(at))) {
                (void)json_object_set(fields, json_object_iter_key(at), json_object_iter_value(at));
                asked = true;
            }
        }
        char *action = resolve(url, json_string_value(json_object_get(form, "action")));
        bool post = strcasecmp(json_string_value(json_object_get(form, "method")), "post") == 0;
        json_t *request = asked && action ? json_pack("{s:s, s:O}", post ? "post" : "get", action,
                                                      post ? "form" : "query", fields)
                                          : NULL;
        json_decref(fields);
        free(action);
        if (request) {
            return request;
        }
    }
    return NULL;
}

/* What comes next of an answer: a request, a new reference, or NULL at the end of the way. */
static json_t *next_request(const struct cf_exchange *x, const json_t *known)
{
    const json_t *redirect = json_object_get(x->answer, "redirect");
    const char *to = json_string_value(json_object_get(redirect, "to"));
    const char *location =
        json_string_value(json_object_get(json_object_get(x->answer, "headers"), "location"));
    if (to && location && cf_same_origin(x->url, to)) {
        char *url = resolve(x->url, location);
        json_t *request = url ? json_pack("{s:s}", "get", url) : NULL;
        free(url);
        return request;
    }
    return to ? NULL : fill_in(json_object_get(x->answer, "forms"), known, x->url);
}

/* The user who signs in, as ${login.name} and ${login.password}. */
static int log_in_as(struct cf_exchange *x, const json_t *sign_in)
{
    struct cf_values *v = x->m->values;
    const char *as = json_string_value(json_object_get(sign_in, "as"));
    json_t *user = json_object_get(v->profile, as ? as : "user");
    if (!user) {
        (void)snprintf(v->lacking, sizeof v->lacking, "%s", as ? as : "user");
        return -1;
    }
    cf_values_set(v, "login", json_deep_copy(user));
    return 0;
}

enum cf_sending cf_exchange_sign_in(struct cf_exchange *x, const json_t *sign_in)
{
    struct cf_values *v = x->m->values;
    const json_t *ways = json_object_get(v->profile, "sign_in");
    bool cancel = json_is_true(json_object_get(sign_in, "cancel"));
    const json_t *known = json_object_get(ways, cancel ? "cancel" : "fields");
    if (!known) {
        (void)snprintf(v->lacking, sizeof v->lacking, "sign_in");
        return CF_LACKING;
    }
    if (log_in_as(x, sign_in) != 0) {
        return CF_LACKING;
    }
    const json_t *more = json_object_get(sign_in, "fields");
    json_t *fields = json_deep_copy(known);
    (void)json_object_update(fields, (json_t *)(uintptr_t)more);
    enum cf_sending sending = cf_exchange_send(x, sign_in);
    json_t *shown = json_incref(x->shown);
    for (size_t i = 0; i < PAGES_MAX && sending == CF_SENT; i++) {
        json_t *request = next_request(x, fields);
        if (!request) {
            break;
        }
        sending = cf_exchange_send(x, request);
        json_decref(request);
    }
    json_decref(fields);
    json_decref(x->shown);
    x->shown = shown;
    return sending;
}
