/* An identity provider under load: how fast it issues tokens beside OpenSSL's own signing loop, and
 * how fast it serves its key set beside another server with the same bytes. */
#ifndef CONFORMANCE_LOAD_PROVIDER_H
#define CONFORMANCE_LOAD_PROVIDER_H

#include "conformance/load/run.h"

/* Rates a second, of all threads together; ratios are medians over the rounds. */
struct load_provider_report {
    unsigned rounds;
    double sign_per_s; /* S: EVP_PKEY_sign of RSA-2048, one loop a thread */
    double tokens_per_s;
    double tokens_to_sign;
    double keys_per_s;
    double peer_per_s; /* 0 without a peer */
    double keys_to_peer;
    uint64_t errors; /* answers other than 200, or none */
};

/*
 * load_run_provider drives the demo directory's mock at `o->idp`: tokens by client_credentials, and
 * its key set, in slots that alternate with S and, unless `peer` is NULL, with GET of that http
 * URL. Each of `o->threads` has its share of `o->connections` in every slot. Returns 0, or -1 with
 * `why`.
 */
int load_run_provider(const struct load_options *o, const char *peer,
                      struct load_provider_report *report, char *why, size_t cap);

/* load_provider_json returns the report, a new reference; load_provider_print writes it for a
 * person. */
json_t *load_provider_json(const struct load_options *o, const struct load_provider_report *report);
void load_provider_print(const struct load_options *o, const struct load_provider_report *report);

#endif
