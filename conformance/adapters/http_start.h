/* From a target to a URL that answers: the process is started when the target says how, and waited
 * for. */
#ifndef CONFORMANCE_ADAPTERS_HTTP_START_H
#define CONFORMANCE_ADAPTERS_HTTP_START_H

#include "conformance/profile.h"
#include "conformance/target.h"
#include "conformance/world/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CF_START_ENV_MAX 32

/* struct cf_started is zeroed at first; release with cf_started_stop. */
struct cf_started {
    char *url;
    char *ready;
    pid_t pid; /* 0: it ran already */
    int port;
    const char *ca_file;    /* borrowed */
    const char *clock_file; /* borrowed */
    const char *folder;     /* of the target file; borrowed */
    char log[64];
    char *environment[CF_START_ENV_MAX]; /* NAME=value, NULL-terminated */
    char **argv;
};

/*
 * cf_started_open starts the target's program, if it names one, and waits until `ready` answers 200
 * (or, without one, until the URL answers anything). In `start`, `url` and `ready`, {port} is a
 * free port, {build} the folder of this program, {ca} the CA file of the mock, {clock} the file
 * that holds its time; {profile} in `start` becomes the options of the profile. With `cold` any
 * answer will do: it may have no keys yet. The program's environment tells it where the mock is:
 * AzureAd__*, CONFORM_*, SSL_CERT_FILE. -1 with `why`.
 */
int cf_started_open(struct cf_started *started, const struct cf_target *target,
                    struct cf_world *world, const struct cf_profile *profile, bool cold, char *why,
                    size_t cap);
void cf_started_stop(struct cf_started *started);

/* cf_started_prepare makes `argv` and `environment` alone, for who starts the program itself; -1
 * with `why`. */
int cf_started_prepare(struct cf_started *started, const struct cf_target *target,
                       const struct cf_world *world, const struct cf_profile *profile, char *why,
                       size_t cap);

/* cf_wait_url waits until a URL answers 200 (or, with `any`, answers at all) or `pid` (0: none)
 * ends; -1 with `why`. */
int cf_wait_url(const char *url, bool any, pid_t pid, long timeout_ms, char *why, size_t cap);

#endif
