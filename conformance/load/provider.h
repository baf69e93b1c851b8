/* An identity provider under load: how fast it issues tokens beside OpenSSL's own signing loop, and
 * how fast it serves its key set beside another server with the same bytes. */
#ifndef CONFORMANCE_LOAD_PROVIDER_H
#define CONFORMANCE_LOAD_PROVIDER_H

#include "conformance/load/processor.h"
#include "conformance/load/run.h"

#include <stdio.h>

/* What the mock is to reach: of S in tokens, of a peer's rate in key sets. */
#define LOAD_GOAL_TOKENS 0.85
#define LOAD_GOAL_KEYS 0.8

/* Answers, or signatures, of all threads together in one unit of time; medians over the rounds. */
struct load_provider_rates {
    double sign; /* S: EVP_PKEY_sign of RSA-2048, one loop a thread */
    double tokens;
    double tokens_to_sign;
    double keys;
    double peer; /* 0 without a peer */
    double keys_to_peer;
};

struct load_provider_report {
    unsigned rounds;
    struct load_provider_rates a_second; /* by the clock on the wall: what a caller sees. Servers
                                          * share the machine with this client */
    /* By the time that processors worked for whoever is measured: the mock, the peer, for S this
     * process. The client costs nothing here. 0 for those whose processes are not known. */
    struct load_provider_rates a_processor_second;
    uint64_t errors; /* answers other than 200, or none */
};

/* struct load_provider_servers says whose time is counted, and what the mock stands beside. */
struct load_provider_servers {
    const char *peer; /* the http URL of the same bytes, of another server; NULL: none */
    struct load_processes idp_processes;
    struct load_processes peer_processes;
};

/*
 * load_run_provider drives the demo directory's mock at `o->idp`: tokens by client_credentials, and
 * its key set, in slots that alternate with S and, if there is a peer, with GET of its URL. Each of
 * `o->threads` has its share of `o->connections` in every slot. Returns 0, or -1 with `why`.
 */
int load_run_provider(const struct load_options *o, const struct load_provider_servers *servers,
                      struct load_provider_report *report, char *why, size_t cap);

/* load_provider_json returns the report, a new reference; load_provider_print writes it to `out`
 * for a person, with the goal beside each ratio and "below" where it is missed. */
json_t *load_provider_json(const struct load_options *o, const struct load_provider_report *report);
void load_provider_print(FILE *out, const struct load_options *o,
                         const struct load_provider_report *report);

#endif
