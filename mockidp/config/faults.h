/* Collecting the faults of a configuration, each at its JSON pointer. */
#ifndef MOCKIDP_CONFIG_FAULTS_H
#define MOCKIDP_CONFIG_FAULTS_H

#include <jansson.h>
#include <stddef.h>

/* A place in the document: a member `name`, or an `index` when name is NULL, below `parent` (NULL:
 * the root). */
struct config_pointer {
    const struct config_pointer *parent;
    const char *name;
    size_t index;
};

struct config_faults {
    char *why; /* as many as fit */
    size_t cap;
    size_t len;
    size_t count;
};

void config_fault(struct config_faults *faults, const struct config_pointer *at, const char *format,
                  ...) __attribute__((format(printf, 3, 4)));

/* config_check_references checks what members say of each other, in a document whose shapes are
 * right. */
void config_check_references(struct config_faults *faults, const json_t *root);

/* config_check_app checks an app's redirect URIs, and that its scopes fit into a token. */
void config_check_app(struct config_faults *faults, const struct config_pointer *at,
                      const json_t *app);

/* config_check_claims checks the optional claims and the claims of an app, whose templates name
 * attributes of users. */
void config_check_claims(struct config_faults *faults, const struct config_pointer *at,
                         const json_t *app, const json_t *users);

#endif
