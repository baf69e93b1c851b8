/* The file with which a program proves that it is on the machine ("Authenticate against Azure
 * resources with Azure Arc-enabled servers"). */
#ifndef MOCKIDP_CONFIG_ARC_KEY_H
#define MOCKIDP_CONFIG_ARC_KEY_H

#include "mockidp/config/directory.h"

/* arc_key_load reads the directory's "arc_key_file", if it names one, and where it is. 0, or -1
 * with the fault in `why`. */
int arc_key_load(struct directory *directory, char *why, size_t cap);

#endif
