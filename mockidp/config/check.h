/* What may stand in a configuration. */
#ifndef MOCKIDP_CONFIG_CHECK_H
#define MOCKIDP_CONFIG_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * config_check examines a whole configuration and writes every fault that fits into `why`, each as
 * "POINTER: sentence" (RFC 6901), separated by "; ". Returns true when there is none.
 */
bool config_check(const json_t *root, char *why, size_t cap);

#endif
