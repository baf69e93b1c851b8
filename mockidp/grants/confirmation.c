/* Reading it. The mock signs no requests and sees no client certificates: it says whose key it was
 * told of. */
#include "mockidp/grants/confirmation.h"

#include "mockidp/grants/grant.h"
#include "validator/jose/b64url.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { REQUEST_MAX = 2048 };

/* decode returns the JSON of req_cnf, a new reference, or NULL. Some clients pad it. */
static json_t *decode(const char *text)
{
    unsigned char bytes[JOSE_B64URL_CAP(REQUEST_MAX)];
    size_t len = strlen(text);
    size_t decoded = 0;
    while (len > 0 && text[len - 1] == '=') {
        len--;
    }
    if (len > REQUEST_MAX ||
        !jose_b64url_decode((struct jose_span){text, len}, bytes, sizeof bytes, &decoded)) {
        return NULL;
    }
    return json_loadb((const char *)bytes, decoded, JSON_REJECT_DUPLICATES, NULL);
}

/* copy copies a text that fits; an absent one is "" and fits. */
static bool copy(const json_t *object, const char *name, char out[CONFIRMATION_TEXT_CAP])
{
    const json_t *value = json_object_get(object, name);
    const char *text = value ? json_string_value(value) : "";
    return text && (size_t)snprintf(out, CONFIRMATION_TEXT_CAP, "%s", text) < CONFIRMATION_TEXT_CAP;
}

static int read_key(struct grant *g)
{
    struct confirmation *out = &g->confirmation;
    const char *text = grant_need(g, "req_cnf");
    json_t *key = text ? decode(text) : NULL;
    bool good = copy(key, "kid", out->kid) && copy(key, "xms_ksl", out->storage) && *out->kid;
    json_decref(key);
    return !text ? -1 : good ? 0 : grant_refuse_malformed(g);
}

int confirmation_read(struct grant *g)
{
    const char *type = grant_parameter(g, "token_type");
    if (!type || strcasecmp(type, "Bearer") == 0) {
        return 0;
    }
    if (strcasecmp(type, "pop") == 0) {
        return read_key(g);
    }
    return strcasecmp(type, "mtls_pop") == 0 ? oauth_refuse(&g->refusal, 392200, NULL, NULL)
                                             : grant_refuse_malformed(g);
}
