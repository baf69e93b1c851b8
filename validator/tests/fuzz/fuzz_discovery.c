/* Metadata of any shape: a key set's address that is accepted is https, or http on this machine. */
#include "validator/keys/discovery.h"
#include "validator/keys/origin.h"
#include "validator/policy/issuer.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct btv_discovery d;
    if (btv_discovery_parse(jose_span((const char *)data, size), &d) != NULL) {
        return 0;
    }
    if (d.issuer[0] == '\0' || strlen(d.issuer) >= BTV_URL_CAP ||
        strlen(d.jwks_uri) >= BTV_URL_CAP || strpbrk(d.jwks_uri, " \\\r\n\t") ||
        (strncasecmp(d.jwks_uri, "https://", 8) != 0 &&
         (strncasecmp(d.jwks_uri, "http://", 7) != 0 || !btv_url_is_loopback(d.jwks_uri)))) {
        abort();
    }
    if (btv_issuer_matches(d.issuer, "t", "https://a/t/v2.0") &&
        strcmp(d.issuer, "https://a/t/v2.0") != 0 && !strstr(d.issuer, "{tenantid}")) {
        abort();
    }
    return 0;
}
