/* Other identity providers whose tokens an app may prove itself with. */
#ifndef MOCKIDP_CONFIG_TRUST_H
#define MOCKIDP_CONFIG_TRUST_H

#include "mockidp/config/directory.h"
#include "mockidp/config/faults.h"

/* trust_check refuses credentials of an app that could never be used: keys must come over https, or
 * over http on loopback. */
void trust_check(struct config_faults *faults, const struct config_pointer *app_at,
                 const json_t *app);

/* trust_load reads the CA files that the credentials name; -1 with a sentence that begins with the
 * JSON pointer of the one that is none. */
int trust_load(const struct directory *directory, char *why, size_t cap);

#endif
