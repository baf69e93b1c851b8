/* The certificates with which apps prove themselves. */
#ifndef MOCKIDP_CONFIG_CERTIFICATES_H
#define MOCKIDP_CONFIG_CERTIFICATES_H

#include "mockidp/config/directory.h"

/* certificates_load reads those of every app; -1 with a sentence that begins with the JSON pointer
 * of the one that is none. */
int certificates_load(struct directory *directory, char *why, size_t cap);

/* certificates_free frees those of one app. */
void certificates_free(struct directory_app *app);

#endif
