/* OpenID Connect Discovery 1.0 §3: the facts that the validator needs of a metadata document. */
#ifndef VALIDATOR_KEYS_DISCOVERY_H
#define VALIDATOR_KEYS_DISCOVERY_H

#include "validator/jose/span.h"

#define BTV_URL_CAP 1024
#define BTV_CLOUD_CAP 64

struct btv_discovery {
    char issuer[BTV_URL_CAP];
    char jwks_uri[BTV_URL_CAP];
    char cloud[BTV_CLOUD_CAP]; /* Entra's cloud_instance_name, "" when absent */
};

/*
 * btv_discovery_parse reads a document. Returns NULL on success, else what is wrong with it, a
 * static sentence: not a strict JSON object, a member missing (but for the cloud) or no string or
 * too long, a jwks_uri that keys may not come from.
 */
const char *btv_discovery_parse(struct jose_span json, struct btv_discovery *out);

#endif
