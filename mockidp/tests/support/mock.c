/* Starting it and asking it. */
#include "mockidp/tests/support/mock.h"

#include "mockidp/tests/support/kitchen.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct idp *mock_start_with(const struct idp_options *options)
{
    char why[512] = "";
    struct idp *idp = idp_start(options, why, sizeof why);
    ck_assert_msg(idp != NULL, "%s", why);
    return idp;
}

struct idp *mock_start(void)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock"};
    return mock_start_with(&options);
}

const struct wire_answer *mock_ask(struct idp *idp, const char *method, const char *path,
                                   const char *headers, const char *body)
{
    static struct wire_answer answer;
    char head[24 * 1024];
    char length[64] = "";
    uint16_t port = wire_port(idp_http_url(idp));
    int fd = wire_connect(port);
    ck_assert_int_ge(fd, 0);
    if (body) {
        (void)snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    }
    int len = snprintf(head, sizeof head,
                       "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s%s\r\n",
                       method, path, (unsigned)port, length, headers);
    ck_assert_int_lt(len, (int)sizeof head);
    ck_assert(wire_send(fd, head) && wire_send(fd, body ? body : ""));
    wire_read(fd, &answer);
    (void)close(fd);
    return &answer;
}

static json_t *parse(const struct wire_answer *answer, int *status)
{
    json_error_t error;
    json_t *json = json_loadb(answer->body, answer->body_len, JSON_DECODE_ANY, &error);
    ck_assert_msg(json != NULL, "%d: %s: %.400s", answer->status, error.text, answer->text);
    if (status) {
        *status = answer->status;
    }
    return json;
}

json_t *mock_get(struct idp *idp, const char *path, int *status)
{
    return parse(mock_ask(idp, "GET", path, "", NULL), status);
}

json_t *mock_form(struct idp *idp, const char *path, const char *form, int *status)
{
    return parse(
        mock_ask(idp, "POST", path, "Content-Type: application/x-www-form-urlencoded\r\n", form),
        status);
}

json_t *mock_admin(struct idp *idp, const char *method, const char *path, const char *body,
                   int *status)
{
    int ignored = 0;
    json_t *json = body ? kitchen_json(body) : NULL;
    json_t *answer = idp_admin(idp, method, path, json, status ? status : &ignored);
    json_decref(json);
    ck_assert_ptr_nonnull(answer);
    return answer;
}

int mock_code(const json_t *answer)
{
    return (int)json_integer_value(json_array_get(json_object_get(answer, "error_codes"), 0));
}

const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "(none)";
}
