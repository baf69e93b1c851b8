/* Who agreed to what ("Permissions and consent overview"): the directory says it, or a user or an
 * administrator did on a page. An app of the directory without "consented" may have everything. */
#ifndef MOCKIDP_GRANTS_CONSENT_H
#define MOCKIDP_GRANTS_CONSENT_H

#include "mockidp/grants/grant.h"

/*
 * consent_check holds what the grant asked for against what was agreed to. Of .default what was
 * agreed to is left in scp and scope. 0, or -1 with the refusal 65001.
 */
int consent_check(struct grant *grant);

/* consent_is_needed says whether something of `asked` (scopes; of the v1 endpoint the resource) was
 * not agreed to yet. */
bool consent_is_needed(const struct grant *grant, const char *asked, bool v1);

/* consent_give notes that the grant's user agreed to it, or with `everyone` an administrator for
 * all; `asked` NULL: to everything that the client may ever ask for. */
void consent_give(const struct grant *grant, const char *asked, bool v1, bool everyone);

/*
 * consent_give_roles notes that an administrator granted the client the app roles that its
 * registration requests: of the resources whose .default was `asked` for, or with NULL of all.
 */
void consent_give_roles(const struct grant *grant, const char *asked);

/* consent_roles returns the app roles of the grant's resource that its client has for itself, with
 * those that an administrator granted, a new reference; NULL when none did: then those of the
 * directory are all. */
json_t *consent_roles(const struct grant *grant);

#endif
