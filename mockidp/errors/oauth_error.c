/* The body that Entra answers a refusal with, and the headers around it. */
#include "mockidp/errors/oauth_error.h"

#include "mockidp/admin/journal.h"
#include "mockidp/config/directory.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TOO_MANY_REQUESTS = 429 };

static const struct row {
    int number;
    const char *error;
    int status;
    const char *suberror;
    const char *text;
} rows[] = {
#define AADSTS(number, error, status, suberror, text) {number, error, status, suberror, text},
#include "mockidp/errors/aadsts.def"
#undef AADSTS
};

static const struct row *table_row(int number)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number) {
            return &rows[i];
        }
    }
    return NULL;
}

/* row_of is the table's row, with the endpoint's own `error` (or NULL), and before all with what
 * the directory makes of it: where Entra was seen to answer in more than one way, a test chooses.
 */
static struct row row_of(const struct idp_context *context, int number, const char *own_error)
{
    char name[16];
    struct row row = *table_row(number);
    (void)snprintf(name, sizeof name, "%d", number);
    const json_t *own = json_object_get(json_object_get(context->directory->root, "errors"), name);
    const char *error = json_string_value(json_object_get(own, "error"));
    const char *suberror = json_string_value(json_object_get(own, "suberror"));
    int status = (int)json_integer_value(json_object_get(own, "status"));
    row.error = error ? error : own_error ? own_error : row.error;
    row.suberror = suberror ? suberror : row.suberror;
    row.status = status ? status : row.status;
    return row;
}

bool oauth_error_known(int number)
{
    return table_row(number) != NULL;
}

/* What a caller sent is echoed: cut between characters, and without octets that JSON cannot hold.
 */
static void copy_echo(char *out, size_t cap, const char *text)
{
    size_t len = strnlen(text, cap - 1);
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
        len--;
    }
    memcpy(out, text, len);
    out[len] = '\0';
    json_t *valid = json_string(out);
    for (char *p = out; !valid && *p; p++) {
        *p = (char)((unsigned char)*p < 0x80 ? *p : '?');
    }
    json_decref(valid);
}

int oauth_refuse(struct oauth_refusal *refusal, int number, const char *arg0, const char *arg1)
{
    return oauth_refuse_three(refusal, number, arg0, arg1, NULL);
}

int oauth_refuse_three(struct oauth_refusal *refusal, int number, const char *arg0,
                       const char *arg1, const char *arg2)
{
    *refusal = (struct oauth_refusal){.number = number};
    copy_echo(refusal->args[0], sizeof refusal->args[0], arg0 ? arg0 : "");
    copy_echo(refusal->args[1], sizeof refusal->args[1], arg1 ? arg1 : "");
    copy_echo(refusal->args[2], sizeof refusal->args[2], arg2 ? arg2 : "");
    return -1;
}

/* The text with {0} {1} {2} replaced. */
static void expand(FILE *out, const char *text, const struct oauth_refusal *refusal)
{
    for (const char *p = text; *p; p++) {
        if (p[0] == '{' && p[1] >= '0' && p[1] <= '2' && p[2] == '}') {
            (void)fputs(refusal->args[p[1] - '0'], out);
            p += 2;
        } else {
            (void)fputc(*p, out);
        }
    }
}

char *oauth_error_text(int number)
{
    static const struct oauth_refusal anybody = {.args = {"\u2026", "\u2026", "\u2026"}};
    const struct row *row = table_row(number);
    char *text = NULL;
    size_t len = 0;
    FILE *out = row ? open_memstream(&text, &len) : NULL;
    if (!out) {
        return NULL;
    }
    expand(out, row->text, &anybody);
    if (fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static bool is_guid(const char *text)
{
    return strlen(text) == 36 && strspn(text, "0123456789abcdefABCDEF-") == 36 && text[8] == '-';
}

/* The caller's client-request-id, from body, query or header, if it is a GUID. */
static const char *client_request_id(const struct http_request *request)
{
    const char *id = http_params_get(&request->form, "client-request-id");
    id = id ? id : http_params_get(&request->query, "client-request-id");
    id = id ? id : http_request_header(request, "client-request-id");
    return id && is_guid(id) ? id : NULL;
}

static json_t *make_body(struct idp_context *context, const struct http_request *request,
                         const struct row *row, const struct oauth_refusal *refusal,
                         const char *trace_id)
{
    char correlation[RNG_GUID_CAP];
    char timestamp[32];
    char uri[300];
    char *description = NULL;
    size_t len = 0;
    time_t now = (time_t)clock_now(context->clock);
    struct tm utc;
    const char *id = client_request_id(request);
    const json_t *lines = json_object_get(context->directory->root, "error_lines");
    const char *gap = json_is_true(lines) ? "\r\n" : " "; /* as until 2023, and since */
    rng_guid(context->rng, correlation);
    (void)strftime(timestamp, sizeof timestamp, "%Y-%m-%d %H:%M:%SZ", gmtime_r(&now, &utc));
    (void)snprintf(uri, sizeof uri, "%s/error?code=%d", context->origin, row->number);
    FILE *out = open_memstream(&description, &len);
    if (!out) {
        return NULL;
    }
    (void)fprintf(out, "AADSTS%d: ", row->number);
    expand(out, row->text, refusal);
    (void)fprintf(out, "%sTrace ID: %s%sCorrelation ID: %s%sTimestamp: %s", gap, trace_id, gap,
                  id ? id : correlation, gap, timestamp);
    json_t *body = fclose(out) == 0
                       ? json_pack("{s:s, s:s, s:[i], s:s, s:s, s:s, s:s}", "error", row->error,
                                   "error_description", description, "error_codes", row->number,
                                   "timestamp", timestamp, "trace_id", trace_id, "correlation_id",
                                   id ? id : correlation, "error_uri", uri)
                       : NULL;
    free(description);
    if (body && row->suberror) {
        json_object_set_new(body, "suberror", json_string(row->suberror));
    }
    if (body && refusal->claims) {
        json_object_set_new(body, "claims", json_string(refusal->claims));
    }
    return body;
}

void oauth_headers(struct idp_context *context, const struct http_request *request,
                   const char *request_id, struct http_response *response)
{
    char fresh[RNG_GUID_CAP];
    const json_t *strict = json_object_get(context->directory->root, "strict_transport_security");
    rng_guid(context->rng, fresh);
    response_set_header(response, "Cache-Control", "no-store, no-cache");
    response_set_header(response, "Pragma", "no-cache");
    response_set_header(response, "Expires", "-1");
    response_set_header(response, "X-Content-Type-Options", "nosniff");
    response_set_header(response, "P3P", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\"");
    response_set_header(response, "x-ms-request-id", request_id ? request_id : fresh);
    response_set_header(response, "x-ms-ests-server", "2.1.19005.9 - MOCK ProdSlices");
    response_set_header(response, "X-XSS-Protection", "0");
    response_set_header(response, "Access-Control-Allow-Origin", "*");
    response_set_header(response, "Access-Control-Expose-Headers",
                        "Content-Length,Content-Encoding,x-ms-request-id,x-ms-srs");
    if (request->secure && json_is_true(strict)) {
        response_set_header(response, "Strict-Transport-Security",
                            "max-age=31536000; includeSubDomains");
    }
}

void oauth_echo_request_id(const struct http_request *request, struct http_response *response)
{
    const char *wants = http_params_get(&request->form, "return-client-request-id");
    const char *id = client_request_id(request);
    wants = wants ? wants : http_params_get(&request->query, "return-client-request-id");
    wants = wants ? wants : http_request_header(request, "return-client-request-id");
    if (wants && strcmp(wants, "true") == 0 && id) {
        response_set_header(response, "client-request-id", id);
    }
}

json_t *oauth_error_body(struct idp_context *context, const struct http_request *request,
                         const struct oauth_refusal *refusal)
{
    char trace_id[RNG_GUID_CAP];
    char outcome[32];
    rng_guid(context->rng, trace_id);
    (void)snprintf(outcome, sizeof outcome, "AADSTS%d", refusal->number);
    journal_note_outcome(context->journal, outcome);
    const struct row row = row_of(context, refusal->number, refusal->error);
    return make_body(context, request, &row, refusal, trace_id);
}

bool oauth_error_throttles(const struct idp_context *context, int number)
{
    return row_of(context, number, NULL).status == TOO_MANY_REQUESTS;
}

void oauth_retry_later(struct http_response *response)
{
    if (response->status == TOO_MANY_REQUESTS) {
        response_set_header(response, "Retry-After", "30"); /* unless a fault rule says another */
    }
}

void oauth_error_respond(struct idp_context *context, const struct http_request *request,
                         const struct oauth_refusal *refusal, struct http_response *response)
{
    char trace_id[RNG_GUID_CAP] = "";
    json_t *body = oauth_error_body(context, request, refusal);
    const char *trace = json_string_value(json_object_get(body, "trace_id"));
    (void)snprintf(trace_id, sizeof trace_id, "%s", trace ? trace : "");
    response_json(response, row_of(context, refusal->number, NULL).status, body);
    oauth_headers(context, request, trace_id, response);
    oauth_retry_later(response);
}
