/* The admin calls on the signing keys of a tenant. */
#include "mockidp/admin/admin.h"
#include "mockidp/config/directory.h"
#include "mockidp/keyring/keyring.h"

#include <stdio.h>
#include <string.h>

/* The tenant that body or query names, or the first; NULL with `why`. */
static const struct directory_tenant *choose(struct admin_call *call)
{
    const struct directory *d = call->context->directory;
    const json_t *member = json_object_get(call->body, "tenant");
    const char *name =
        member ? json_string_value(member) : http_params_get(&call->request->query, "tenant");
    const struct directory_tenant *tenant =
        !name && !member ? &d->tenants[0] : directory_tenant(d, name);
    if (!tenant) {
        (void)snprintf(call->why, sizeof call->why, "/tenant: there is no such tenant");
    }
    return tenant;
}

/* Only these members may stand in the body; false with `why`. */
static bool check_body(struct admin_call *call, const char *other)
{
    const char *name = NULL;
    json_t *value = NULL;
    if (call->body && !json_is_object(call->body)) {
        (void)snprintf(call->why, sizeof call->why, "an object is needed");
        return false;
    }
    json_object_foreach(call->body, name, value)
    {
        if (strcmp(name, "tenant") != 0 && (!other || strcmp(name, other) != 0)) {
            (void)snprintf(call->why, sizeof call->why, "/%.100s: there is no such member", name);
            return false;
        }
    }
    return true;
}

static int finish(struct admin_call *call, const struct directory_tenant *tenant, int status)
{
    if (status != 0) {
        return 409;
    }
    call->answer = keyring_json(call->context->keyring, tenant->id);
    return 200;
}

int admin_keys_show(struct admin_call *call)
{
    const struct directory_tenant *tenant = choose(call);
    return tenant ? finish(call, tenant, 0) : 404;
}

int admin_keys_rotate(struct admin_call *call)
{
    const struct directory_tenant *tenant = choose(call);
    const json_t *ahead = json_object_get(call->body, "publish_ahead");
    if (!tenant || !check_body(call, "publish_ahead")) {
        return tenant ? 400 : 404;
    }
    if (ahead && !json_is_boolean(ahead)) {
        (void)snprintf(call->why, sizeof call->why, "/publish_ahead: true or false is needed");
        return 400;
    }
    return finish(call, tenant,
                  keyring_rotate(call->context->keyring, tenant->id, !json_is_false(ahead),
                                 call->why, sizeof call->why));
}

/* The name of a key in the body: 0 (NULL when there is none), or 400 with `why`. */
static int read_key(struct admin_call *call, const char **name)
{
    const json_t *key = json_object_get(call->body, "key");
    *name = json_string_value(key);
    if (key && !*name) {
        (void)snprintf(call->why, sizeof call->why, "/key: the name of a key is needed");
        return 400;
    }
    return check_body(call, "key") ? 0 : 400;
}

typedef int keyring_call(struct keyring *keyring, const char *tenant_id, const char *name,
                         char *why, size_t cap);

/* with_key does one call that may name a key. */
static int with_key(struct admin_call *call, keyring_call *change)
{
    const char *name = NULL;
    const struct directory_tenant *tenant = choose(call);
    if (!tenant || read_key(call, &name) != 0) {
        return tenant ? 400 : 404;
    }
    return finish(call, tenant,
                  change(call->context->keyring, tenant->id, name, call->why, sizeof call->why));
}

int admin_keys_publish(struct admin_call *call)
{
    return with_key(call, keyring_publish);
}

int admin_keys_remove(struct admin_call *call)
{
    return with_key(call, keyring_remove);
}

int admin_keys_retire(struct admin_call *call)
{
    const struct directory_tenant *tenant = choose(call);
    if (!tenant || !check_body(call, NULL)) {
        return tenant ? 400 : 404;
    }
    return finish(call, tenant,
                  keyring_retire(call->context->keyring, tenant->id, call->why, sizeof call->why));
}
