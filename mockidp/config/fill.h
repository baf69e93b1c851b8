/* From a checked document to the structs that everything else reads. */
#ifndef MOCKIDP_CONFIG_FILL_H
#define MOCKIDP_CONFIG_FILL_H

#include "mockidp/config/directory.h"

/* config_fill fills a directory from its root, whose shapes config_check found right. 0, or -1
 * without memory. */
int config_fill(struct directory *directory);

/* config_group_claims reads "SecurityGroup, DirectoryRole" as a manifest writes it; false on any
 * other word. */
bool config_group_claims(const char *text, unsigned *out);

#endif
