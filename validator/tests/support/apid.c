/* libcurl's easy interface, one request a connection. */
#include "validator/tests/support/apid.h"

#include "validator/tests/support/issuer.h"

#include <check.h>
#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct apid_world apid;

static void start_apid(const char *const *more)
{
    const char *argv[24] = {"apid",
                            "--listen",
                            "127.0.0.1:0",
                            "--log",
                            "text",
                            "--tenant-id",
                            TEST_TENANT,
                            "--client-id",
                            TEST_CLIENT,
                            "--instance",
                            apid.authority.instance};
    for (size_t i = 0; more && more[i]; i++) {
        argv[11 + i] = more[i];
    }
    apid.program = program_start(argv);
    char *line = program_line(apid.program.out); /* it listens once it has said where */
    ck_assert_msg(sscanf(line, "apid: %100[^ ]", apid.url) == 1, "'%s'", line);
    char *path = strstr(apid.url, "/api/auth-test");
    ck_assert_ptr_nonnull(path);
    *path = '\0';
    free(line);
}

void apid_set_up(bool down, const char *const *more)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    http_authority_start(&apid.authority, down);
    start_apid(more);
}

void apid_tear_down(void)
{
    ck_assert_int_eq(program_stop(&apid.program), 0);
    http_authority_stop(&apid.authority);
    curl_global_cleanup();
}

static size_t keep_head(char *data, size_t size, size_t n, void *ctx)
{
    (void)ctx;
    ck_assert_uint_lt(apid.head_len + size * n, sizeof apid.head);
    memcpy(apid.head + apid.head_len, data, size * n);
    apid.head_len += size * n;
    return size * n;
}

static size_t keep_body(char *data, size_t size, size_t n, void *ctx)
{
    (void)ctx;
    ck_assert_uint_lt(apid.body_len + size * n, sizeof apid.body);
    memcpy(apid.body + apid.body_len, data, size * n);
    apid.body_len += size * n;
    return size * n;
}

void apid_request(const char *method, const char *target, const char *const *lines,
                  const char *body)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    char *where = test_text("%s%s", apid.url, target);
    apid.status = 0;
    apid.head_len = 0;
    apid.body_len = 0;
    memset(apid.head, 0, sizeof apid.head);
    memset(apid.body, 0, sizeof apid.body);
    for (size_t i = 0; lines && lines[i]; i++) {
        list = curl_slist_append(list, lines[i]);
    }
    curl_easy_setopt(curl, CURLOPT_URL, where);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_head);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_body);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
    curl_easy_setopt(curl, CURLOPT_NOBODY, (long)(strcmp(method, "HEAD") == 0));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    CURLcode code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "%s %s: %s", method, target, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &apid.status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    free(where);
}

void apid_call(const char *authorization)
{
    char *line = authorization ? test_text("Authorization: %s", authorization) : NULL;
    apid_request("GET", "/api/auth-test", (const char *const[]){line, NULL}, NULL);
    free(line);
}

bool apid_head_has(const char *text)
{
    return strstr(apid.head, text) != NULL;
}

const char *apid_member(const char *name)
{
    static char value[512];
    json_t *object = json_loads(apid.body, JSON_REJECT_DUPLICATES, NULL);
    const char *text = json_string_value(json_object_get(object, name));
    ck_assert_msg(text != NULL, "no %s in '%s'", name, apid.body);
    snprintf(value, sizeof value, "%s", text);
    json_decref(object);
    return value;
}
