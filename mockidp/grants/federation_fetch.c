/* Two requests: the discovery document, then the key set. Only issuers that the directory trusts
 * are ever asked. */
#include "mockidp/grants/federation_fetch.h"

#include "validator/keys/discovery.h"
#include "validator/keys/fetch_curl.h"
#include "validator/keys/origin.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEADLINE_MS = 5000, DOCUMENT_MAX = 1 << 20 };

static int get(const char *url, const char *ca_file, struct btv_fetch_response *out, char *why,
               size_t cap)
{
    const struct btv_fetch_request request = {
        .url = url, .max_body = DOCUMENT_MAX, .timeout_ms = DEADLINE_MS};
    *out = (struct btv_fetch_response){.status = 0};
    if (btv_fetch_curl((char *)(uintptr_t)ca_file, &request, out, why, cap) != 0) {
        return -1;
    }
    if (out->status == 200 && out->body) {
        return 0;
    }
    (void)snprintf(why, cap, "%s: answered %d", url, out->status);
    free(out->body);
    out->body = NULL;
    return -1;
}

static int read_discovery(const char *issuer, const char *ca_file, struct btv_discovery *d,
                          char *why, size_t cap)
{
    char url[BTV_URL_CAP + 64];
    struct btv_fetch_response response;
    size_t len = strlen(issuer);
    len -= len > 0 && issuer[len - 1] == '/';
    (void)snprintf(url, sizeof url, "%.*s/.well-known/openid-configuration", (int)len, issuer);
    if (get(url, ca_file, &response, why, cap) != 0) {
        return -1;
    }
    const char *fault = btv_discovery_parse(jose_span(response.body, response.body_len), d);
    free(response.body);
    if (!fault && strcmp(d->issuer, issuer) != 0) {
        fault = "the document names another issuer";
    }
    if (!fault && !btv_url_may_lead_to(issuer, d->jwks_uri)) {
        fault = "the jwks_uri is less protected than the issuer";
    }
    if (fault) {
        (void)snprintf(why, cap, "%s: %s", url, fault);
    }
    return fault ? -1 : 0;
}

int federation_fetch(const char *issuer, const char *ca_file, struct jose_jwks *out, char *why,
                     size_t cap)
{
    struct btv_discovery d;
    struct btv_fetch_response response;
    if (!btv_url_is_trustworthy(issuer, true)) {
        (void)snprintf(why, cap, "%s: neither https, nor http on loopback", issuer);
        return -1;
    }
    if (read_discovery(issuer, ca_file, &d, why, cap) != 0 ||
        get(d.jwks_uri, ca_file, &response, why, cap) != 0) {
        return -1;
    }
    int status = jose_jwks_parse(jose_span(response.body, response.body_len), out, NULL, NULL);
    if (status != 0) {
        (void)snprintf(why, cap, "%s: is no key set", d.jwks_uri);
    }
    free(response.body);
    return status;
}
