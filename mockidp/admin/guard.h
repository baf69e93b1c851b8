/* Who may steer the mock over HTTP: it bakes any token, so a page in somebody's browser must not
 * reach it. */
#ifndef MOCKIDP_ADMIN_GUARD_H
#define MOCKIDP_ADMIN_GUARD_H

#include "mockidp/http/request.h"

#include <stdbool.h>
#include <stddef.h>

enum admin_mode { ADMIN_ON, ADMIN_OFF, ADMIN_TOKEN };

enum { ADMIN_TOKEN_CAP = 48 };

/* struct admin_policy is set at the start and then only read. */
struct admin_policy {
    enum admin_mode mode;
    char token[ADMIN_TOKEN_CAP]; /* with ADMIN_TOKEN: what must come as Bearer */
    const char *public_url;      /* its host is one of ours; or NULL */
};

/* admin_mode_parse reads "on", "off" or "token" (NULL: on); false on anything else. */
bool admin_mode_parse(const char *name, enum admin_mode *mode);

/*
 * admin_guard returns 0 when the request may steer the mock, else the status of the refusal and its
 * reason in `why`.
 *
 * Without a token: the peer is on loopback and the Host is a loopback name or the public URL's
 * (else a page of a foreign name that resolves to 127.0.0.1, "DNS rebinding", could steer it). With
 * a token: the token. In both cases what a browser sent on behalf of a page (Origin,
 * Sec-Fetch-Site: Fetch Metadata §2.3) is refused.
 */
int admin_guard(const struct admin_policy *policy, const struct http_request *request, char *why,
                size_t cap);

#endif
