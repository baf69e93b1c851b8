/* Answers of an issuer of any shape: head and body, parted by a line of their own. They are read,
 * shown and looked into, and what is shown holds no whole token. */
#include "conformance/provider/answer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds) {
        abort();
    }
}

static char *copy(const uint8_t *data, size_t len)
{
    char *text = calloc(1, len + 1);
    require(text != NULL);
    memcpy(text, data, len);
    return text;
}

static void look_into(const json_t *answer)
{
    static const char *const paths[] = {"json/access_token/claims/exp", "redirect/params/code",
                                        "headers/location", "json/0/1/a", "forms/0/fields"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        json_decref(cf_answer_find(answer, paths[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *parted = size > 1 ? memmem(data + 1, size - 1, "\n\n", 2) : NULL;
    size_t head_len = parted ? (size_t)(parted - data - 1) : 0;
    size_t body_at = parted ? head_len + 3 : size;
    char *head = copy(data + (size > 0), head_len);
    char *body = copy(data + body_at, size - body_at);
    const struct cf_reply reply = {size > 0 && data[0] == '3' ? 302 : 200, head, body, strlen(head),
                                   size - body_at};
    json_t *answer = cf_answer_of(&reply, "https://login.example/authorize?x=1");
    require(json_is_object(answer));
    look_into(answer);
    json_t *shown = cf_answer_shown(answer);
    require(json_is_object(shown));
    const char *token =
        json_string_value(json_object_get(json_object_get(answer, "json"), "access_token"));
    const char *text = json_string_value(json_object_get(shown, "body"));
    require(!token || strlen(token) <= 8 || !strstr(text, token));
    json_decref(shown);
    json_decref(answer);
    free(head);
    free(body);
    return 0;
}
