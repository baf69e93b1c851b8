/* Making and sending one request. */
#include "conformance/provider/exchange.h"

#include "conformance/provider/answer.h"
#include "conformance/provider/assertion.h"
#include "conformance/provider/encode.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM_TYPE "application/x-www-form-urlencoded"
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static const char *const methods[] = {"get", "post", "options", "put", "delete", "head"};

void cf_exchange_cleanup(struct cf_exchange *x)
{
    json_decref(x->answer);
    json_decref(x->shown);
    free(x->url);
    x->answer = NULL;
    x->shown = NULL;
    x->url = NULL;
}

/* A text of the case with names in it, or {"text": …} as an issuer's page has it, which is sent as
 * it is: no page may ask for ${daemon.secret}. */
static char *expand(struct cf_exchange *x, const json_t *text)
{
    const char *literal = json_string_value(json_object_get(text, "text"));
    if (literal) {
        return strdup(literal);
    }
    return json_is_string(text) ? cf_values_expand(x->m->values, json_string_value(text), false)
                                : NULL;
}

/* fields writes name=value&…; -1 when a name is lacking. */
static int fields(struct cf_exchange *x, const json_t *object, FILE *out)
{
    const char *separator = "";
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        char *value = expand(x, json_object_iter_value(at));
        if (!value) {
            return -1;
        }
        (void)fputs(separator, out);
        cf_percent_write(out, json_object_iter_key(at));
        (void)fputc('=', out);
        cf_percent_write(out, value);
        free(value);
        separator = "&";
    }
    return 0;
}

/* The query or body of an object, newly allocated; NULL when a name is lacking. */
static char *fields_text(struct cf_exchange *x, const json_t *object)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int status = out ? fields(x, object, out) : -1;
    if (out) {
        (void)fclose(out);
    }
    if (status != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static char *url_of(struct cf_exchange *x, const char *where, const json_t *query)
{
    char *url = NULL;
    char *place = cf_values_expand(x->m->values, where, false);
    char *base =
        place && *place == '/' ? cf_values_expand(x->m->values, "${base}", false) : strdup("");
    char *fields_of_query = !place ? NULL : query ? fields_text(x, query) : strdup("");
    if (place && base && fields_of_query) {
        const char *mark = !*fields_of_query ? "" : strchr(place, '?') ? "&" : "?";
        if (asprintf(&url, "%s%s%s%s", base, place, mark, fields_of_query) < 0) {
            url = NULL;
        }
    }
    free(place);
    free(base);
    free(fields_of_query);
    return url;
}

/* RFC 6749 §2.3.1: both are form-encoded before. */
static char *basic_of(struct cf_exchange *x, const json_t *pair)
{
    char *id = expand(x, json_array_get(pair, 0));
    char *parts[2] = {id, id ? expand(x, json_array_get(pair, 1)) : NULL};
    char *text = NULL;
    size_t len = 0;
    char *line = NULL;
    FILE *out = parts[0] && parts[1] ? open_memstream(&text, &len) : NULL;
    if (out) {
        cf_percent_write(out, parts[0]);
        (void)fputc(':', out);
        cf_percent_write(out, parts[1]);
        (void)fclose(out);
        char *base64 = malloc((len + 2) / 3 * 4 + 1);
        if (base64) {
            (void)EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)text, (int)len);
            line = asprintf(&line, "Authorization: Basic %s", base64) < 0 ? NULL : line;
        }
        free(base64);
    }
    free(text);
    free(parts[0]);
    free(parts[1]);
    return line;
}

/* Header lines, a new array; NULL when a name is lacking. */
static json_t *lines_of(struct cf_exchange *x, const json_t *request)
{
    const json_t *headers = json_object_get(request, "headers");
    json_t *lines = json_array();
    void *at = json_object_iter((json_t *)(uintptr_t)headers);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)headers, at)) {
        char *value = expand(x, json_object_iter_value(at));
        if (!value) {
            json_decref(lines);
            return NULL;
        }
        (void)json_array_append_new(lines, json_sprintf("%s: %s", json_object_iter_key(at), value));
        free(value);
    }
    if (json_object_get(request, "basic")) {
        char *line = basic_of(x, json_object_get(request, "basic"));
        if (!line) {
            json_decref(lines);
            return NULL;
        }
        (void)json_array_append_new(lines, json_string(line));
        free(line);
    }
    return lines;
}

/* The form with the client assertion in it, a new reference. */
static json_t *form_of(struct cf_exchange *x, const json_t *request)
{
    json_t *form = json_deep_copy(json_object_get(request, "form"));
    const json_t *wanted = json_object_get(request, "assertion");
    char *assertion = wanted ? cf_assertion_make(x->m, wanted, x->why, sizeof x->why) : NULL;
    if (assertion && form) {
        cf_values_set(x->m->values, "client_assertion", json_string(assertion));
        if (!json_object_get(form, "client_assertion_type")) {
            (void)json_object_set_new(form, "client_assertion_type", json_string(ASSERTION_TYPE));
        }
        (void)json_object_set_new(form, "client_assertion", json_string("${client_assertion}"));
    }
    if (wanted && !assertion) {
        json_decref(form);
        form = NULL;
    }
    free(assertion);
    return form;
}

static char *body_of(struct cf_exchange *x, const json_t *request, const char **type)
{
    const json_t *body = json_object_get(request, "body");
    const char *said = json_string_value(json_object_get(request, "type"));
    *type = said ? said : FORM_TYPE;
    if (body) {
        return expand(x, body);
    }
    json_t *form = form_of(x, request);
    char *text = form ? fields_text(x, form) : NULL;
    json_decref(form);
    return text;
}

/* Which method a request has, and where it goes. */
static const char *method_of(const json_t *request, char method[16])
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        const char *where = json_string_value(json_object_get(request, methods[i]));
        if (where) {
            size_t k = 0;
            for (; methods[i][k]; k++) {
                method[k] = (char)toupper((unsigned char)methods[i][k]);
            }
            method[k] = '\0';
            return where;
        }
    }
    return NULL;
}

/* What the report shows: the texts of the case, in which secrets are names. */
static json_t *shown_of(const char *method, const char *where, const json_t *request)
{
    static const char *const members[] = {"query", "form", "basic", "assertion", "body"};
    json_t *shown = json_pack("{s:s, s:s}", "method", method, "path", where);
    const json_t *headers = json_object_get(request, "headers");
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_t *value = json_object_get(request, members[i]);
        if (value) {
            (void)json_object_set_new(shown, members[i], json_deep_copy(value));
        }
    }
    json_t *lines = headers ? json_array() : NULL;
    void *at = json_object_iter((json_t *)(uintptr_t)headers);
    for (; at; at = json_object_iter_next((json_t *)(uintptr_t)headers, at)) {
        const char *value = json_string_value(json_object_iter_value(at));
        (void)json_array_append_new(
            lines, json_sprintf("%s: %s", json_object_iter_key(at), value ? value : ""));
    }
    if (lines) {
        (void)json_object_set_new(shown, "headers", lines);
    }
    return shown;
}

/* Why a request could not be made, where no name is lacking and nobody said it. */
static enum cf_sending nonsense(struct cf_exchange *x)
{
    if (!x->why[0]) {
        (void)snprintf(x->why, sizeof x->why,
                       "the request is nonsense: its members hold texts (or memory is short)");
    }
    return CF_BROKEN;
}

static enum cf_sending call(struct cf_exchange *x, const char *method, const json_t *lines,
                            const char *body, const char *type)
{
    const struct cf_call request = {
        .method = method, .url = x->url, .body = body, .content_type = type, .headers = lines};
    struct cf_reply reply;
    if (cf_client_call(x->client, &request, &reply, x->why, sizeof x->why) != 0) {
        return CF_BROKEN;
    }
    x->answer = cf_answer_of(&reply, x->url);
    cf_reply_cleanup(&reply);
    return CF_SENT;
}

enum cf_sending cf_exchange_send(struct cf_exchange *x, const json_t *request)
{
    char method[16];
    const char *type = FORM_TYPE;
    const char *where = method_of(request, method);
    bool has_body = json_object_get(request, "form") || json_object_get(request, "body");
    enum cf_sending sending = CF_LACKING;
    cf_exchange_cleanup(x);
    x->why[0] = '\0';
    if (!where) {
        (void)snprintf(x->why, sizeof x->why, "a request has get, post, options … with a path");
        return CF_BROKEN;
    }
    x->m->values->lacking[0] = '\0';
    x->shown = shown_of(method, where, request);
    x->url = url_of(x, where, json_object_get(request, "query"));
    if (x->url) {
        (void)json_object_set_new(x->shown, "url", json_string(x->url));
    }
    json_t *lines = x->url ? lines_of(x, request) : NULL;
    char *body = lines && has_body ? body_of(x, request, &type) : NULL;
    if (lines && (body || !has_body)) {
        sending = call(x, method, lines, body, type);
    } else if (!x->m->values->lacking[0]) {
        sending = nonsense(x);
    }
    json_decref(lines);
    free(body);
    return sending;
}
