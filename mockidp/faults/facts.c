/* Tenant and client of a request under all their names, before any endpoint has looked at it. */
#include "mockidp/faults/facts.h"

#include "mockidp/config/directory.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The user of Basic credentials; a client id needs no form-decoding (a GUID). */
static void read_basic(const char *header, struct fault_names *names)
{
    char text[512];
    size_t len = header && strncasecmp(header, "Basic ", 6) == 0 ? strlen(header + 6) : 0;
    if (len == 0 || len % 4 != 0 || len / 4 * 3 >= sizeof text) {
        return;
    }
    int n = EVP_DecodeBlock((unsigned char *)text, (const unsigned char *)header + 6, (int)len);
    char *colon = n > 0 ? memchr(text, ':', (size_t)n) : NULL;
    if (colon) {
        (void)snprintf(names->client, sizeof names->client, "%.*s", (int)(colon - text), text);
    }
}

static void read_client(const struct http_request *request, struct fault_names *names)
{
    const char *id = http_params_get(&request->form, "client_id");
    id = id ? id : http_params_get(&request->query, "client_id");
    names->client[0] = '\0';
    if (id) {
        (void)snprintf(names->client, sizeof names->client, "%s", id);
    } else {
        read_basic(http_request_header(request, "Authorization"), names);
    }
}

void fault_facts_gather(const char *endpoint, const struct http_request *request,
                        const struct directory *directory, struct fault_names *names,
                        struct fault_facts *facts)
{
    const char *segment = http_request_capture(request, "tenant");
    const struct directory_tenant *tenant = directory_tenant(directory, segment);
    read_client(request, names);
    *facts = (struct fault_facts){.endpoint = endpoint,
                                  .grant = http_params_get(&request->form, "grant_type")};
    facts->tenants[0] = segment;
    if (tenant) {
        facts->tenants[1] = tenant->id;
        facts->tenants[2] = tenant->alias;
        facts->tenants[3] = json_string_value(json_array_get(tenant->domains, 0));
    }
    const struct directory_app *app =
        tenant && names->client[0] ? directory_app(tenant, names->client) : NULL;
    facts->clients[0] = names->client[0] ? names->client : NULL;
    facts->clients[1] = app ? app->alias : NULL;
}
