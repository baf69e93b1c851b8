/*
 * Requests of any shape through the whole mock, save the HTTP library: every one is answered, with
 * a status and header fields that can be sent, and never with a server error.
 *
 * An input is "METHOD TARGET", lines of header fields, an empty line and a body. {code}, {refresh},
 * {device}, {user_code} and {access} stand for ones that the mock issued just before.
 */
#include "mockidp/ask.h"
#include "mockidp/idp.h"

#include <openssl/crypto.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define V2 "/contoso.test/oauth2/v2.0/"
#define NATIVE "client_id=c0ffee00-0000-4000-8000-0000000000e1"
#define SCOPE "&scope=openid+offline_access+api://auth-test/access_as_user"
#define HERE "&redirect_uri=http://localhost:40001"
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

enum { HEADERS_MAX = 300, INPUT_MAX = 64 * 1024, HANDLE_CAP = 4096 };

static struct idp *idp;

static void require(int holds)
{
    if (!holds) {
        abort();
    }
}

/* ---- what the mock issues ---- */

static char *ask_simply(const char *method, const char *target, const char *form)
{
    static const struct http_param headers[] = {
        {(char *)"Host", (char *)"login.test"},
        {(char *)"Content-Type", (char *)"application/x-www-form-urlencoded"}};
    struct http_response answer = {0};
    const struct ask ask = {.method = method,
                            .target = target,
                            .headers = headers,
                            .header_count = 2,
                            .body = form,
                            .body_len = form ? strlen(form) : 0};
    idp_ask(idp, &ask, &answer);
    const char *location = response_get_header(&answer, "Location");
    char *text = strdup(location ? location : answer.body ? answer.body : "");
    response_free(&answer);
    return text;
}

static void cut_out(const char *text, const char *begin, const char *end, char out[HANDLE_CAP])
{
    const char *at = strstr(text, begin);
    require(at != NULL);
    at += strlen(begin);
    (void)snprintf(out, HANDLE_CAP, "%.*s", (int)strcspn(at, end), at);
}

static void issue(const char *method, const char *target, const char *form, const char *begin,
                  const char *end, char out[HANDLE_CAP])
{
    char *text = ask_simply(method, target, form);
    require(text != NULL);
    cut_out(text, begin, end, out);
    free(text);
}

static void issue_code(char out[HANDLE_CAP])
{
    issue("GET", V2 "authorize?response_type=code&code_challenge=" VERIFIER "&" NATIVE HERE SCOPE,
          NULL, "code=", "&#", out);
}

static void issue_by_password(const char *begin, char out[HANDLE_CAP])
{
    issue("POST", V2 "token",
          "grant_type=password&username=alice@contoso.test&password=Passw0rd!&" NATIVE SCOPE, begin,
          "\"", out);
}

static void issue_refresh(char out[HANDLE_CAP])
{
    issue_by_password("\"refresh_token\":\"", out);
}

static void issue_access(char out[HANDLE_CAP])
{
    issue_by_password("\"access_token\":\"", out);
}

static void issue_device(char out[HANDLE_CAP])
{
    issue("POST", V2 "devicecode", NATIVE SCOPE, "\"device_code\":\"", "\"", out);
}

static void issue_user_code(char out[HANDLE_CAP])
{
    issue("POST", V2 "devicecode", NATIVE SCOPE, "\"user_code\":\"", "\"", out);
}

/* What stays good after its use is issued once: signing takes most of the time. */
static struct {
    const char *word;
    void (*issue)(char out[HANDLE_CAP]);
    int once;
    char issued[HANDLE_CAP];
} words[] = {{"{code}", issue_code, 0, ""},
             {"{refresh}", issue_refresh, 1, ""},
             {"{device}", issue_device, 0, ""},
             {"{user_code}", issue_user_code, 0, ""},
             {"{access}", issue_access, 1, ""}};

/* Puts an issued one in place of the first of each word; a newly allocated copy with a NUL behind
 * it, whose length is stored. */
static char *fill_in(const uint8_t *data, size_t size, size_t *len)
{
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    *len = size;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *handle = words[i].issued;
        size_t word_len = strlen(words[i].word);
        const char *at = memmem(text, *len, words[i].word, word_len);
        if (!at) {
            continue;
        }
        if (!*handle || !words[i].once) {
            words[i].issue(words[i].issued);
        }
        size_t before = (size_t)(at - text);
        size_t behind = *len - before - word_len;
        size_t handle_len = strlen(handle);
        char *filled = malloc(*len + HANDLE_CAP);
        require(filled != NULL);
        memcpy(filled, text, before);
        memcpy(filled + before, handle, handle_len + 1);
        memcpy(filled + before + handle_len, at + word_len, behind + 1);
        *len = before + handle_len + behind;
        free(text);
        text = filled;
    }
    return text;
}

/* ---- one request ---- */

/* Cuts the line at `*at` off, as a string; NULL when there is none, or one with a NUL. */
static char *take_line(char **at, char *end)
{
    char *line = *at;
    char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop || memchr(line, '\0', (size_t)(stop - line))) {
        return NULL;
    }
    *stop = '\0';
    *at = stop + 1;
    return line;
}

/* Reads the head; false when it is none that libmicrohttpd would let through. */
static int read_head(char **at, char *end, struct ask *ask, struct http_param headers[HEADERS_MAX])
{
    char *line = take_line(at, end);
    char *blank = line ? strchr(line, ' ') : NULL;
    if (!blank || blank == line) {
        return 0;
    }
    *blank = '\0';
    ask->method = line;
    ask->target = blank + 1;
    ask->headers = headers;
    while ((line = take_line(at, end)) != NULL && *line) {
        char *colon = strchr(line, ':');
        if (!colon || colon == line || strchr(line, '\r') || ask->header_count == HEADERS_MAX) {
            return 0;
        }
        *colon = '\0';
        headers[ask->header_count++] =
            (struct http_param){line, colon + 1 + strspn(colon + 1, " ")};
    }
    return line != NULL;
}

/* Admin calls that would change the mock for later inputs are left out. */
static int steers(const struct ask *ask)
{
    return strstr(ask->target, "_admin") != NULL && strcmp(ask->method, "GET") != 0;
}

static void check_answer(const struct http_response *answer)
{
    const char *type = response_get_header(answer, "Content-Type");
    require(!answer->failed);
    require(answer->status >= 200 && answer->status < 500);
    require(answer->body != NULL || answer->body_len == 0);
    for (size_t i = 0; i < answer->headers.count; i++) {
        const struct http_param *line = &answer->headers.items[i];
        require(line->name[0] != '\0' && strpbrk(line->name, "\r\n :") == NULL);
        require(strpbrk(line->value, "\r\n") == NULL);
    }
    if (type && strncmp(type, "application/json", 16) == 0) {
        json_t *json = json_loadb(answer->body, answer->body_len, JSON_REJECT_DUPLICATES, NULL);
        require(json != NULL);
        json_decref(json);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[512] = "";
    static const struct idp_options options = {.listen = "127.0.0.1:0",
                                               .clock = "2026-01-31T12:00:00Z",
                                               .seed = "fuzz",
                                               .sign_in = "auto",
                                               .threads = 1};
    struct http_param headers[HEADERS_MAX];
    struct http_response answer = {0};
    struct ask ask = {.method = NULL};
    size_t len = 0;
    if (!idp) {
        idp = idp_start(&options, why, sizeof why);
        require(idp != NULL);
    }
    if (size > INPUT_MAX) {
        return 0;
    }
    char *text = fill_in(data, size, &len);
    char *at = text;
    if (read_head(&at, text + len, &ask, headers) && !steers(&ask)) {
        ask.body = at;
        ask.body_len = (size_t)(text + len - at);
        idp_ask(idp, &ask, &answer);
        check_answer(&answer);
        response_free(&answer);
    }
    free(text);
    return 0;
}
