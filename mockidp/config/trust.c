/* Federated identity credentials: issuers that can be asked, and the CAs that vouch for them. */
#include "mockidp/config/trust.h"

#include "mockidp/config/config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool is_askable(const char *issuer)
{
    static const char *const hosts[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
    if (strpbrk(issuer, "?#@\\ ")) {
        return false;
    }
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = strlen(hosts[i]);
        if (strncmp(issuer, hosts[i], len) == 0 && strchr(":/", issuer[len])) {
            return true; /* the terminator is one of the characters too */
        }
    }
    return strncmp(issuer, "https://", 8) == 0 && issuer[8] != '\0' && issuer[8] != '/';
}

void trust_check(struct config_faults *f, const struct config_pointer *app_at, const json_t *app)
{
    const json_t *item = NULL;
    size_t i = 0;
    struct config_pointer list = {app_at, "federated_credentials", 0};
    json_array_foreach(json_object_get(app, "federated_credentials"), i, item)
    {
        struct config_pointer here = {&list, NULL, i};
        struct config_pointer issuer = {&here, "issuer", 0};
        if (!is_askable(text(item, "issuer"))) {
            config_fault(f, &issuer, "a https URL is needed, or http on loopback");
        }
    }
}

static int load_app(const struct directory *d, size_t t, size_t a, char *why, size_t cap)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(d->tenants[t].apps[a].federated, i, item)
    {
        const char *ca = text(item, "ca");
        size_t len = 0;
        int n = snprintf(why, cap, "/tenants/%zu/apps/%zu/federated_credentials/%zu/ca: ", t, a, i);
        size_t used = n > 0 && (size_t)n < cap ? (size_t)n : 0;
        char *pem = ca ? config_read_file(d, ca, &len, why + used, cap - used) : NULL;
        bool fits = !ca || (pem && strstr(pem, "BEGIN CERTIFICATE-----"));
        if (pem && !fits) {
            (void)snprintf(why + used, cap - used, "the file holds no PEM certificate");
        }
        free(pem);
        if (!fits) {
            return -1;
        }
    }
    return 0;
}

int trust_load(const struct directory *d, char *why, size_t cap)
{
    for (size_t t = 0; t < d->tenant_count; t++) {
        for (size_t a = 0; a < d->tenants[t].app_count; a++) {
            if (load_app(d, t, a, why, cap) != 0) {
                return -1;
            }
        }
    }
    return 0;
}
