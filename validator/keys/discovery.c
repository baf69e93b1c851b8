/* Everything else in the document is for clients. */
#include "validator/keys/discovery.h"

#include "validator/jose/json.h"
#include "validator/keys/origin.h"

#define DISCOVERY_MEMBERS 128

static bool read_text(const struct jose_json_member *members, size_t count, const char *name,
                      char *out, size_t cap)
{
    size_t len = 0;
    const struct jose_json_value *v = jose_json_find(members, count, name);
    return v && jose_json_copy(v, out, cap, &len) && len > 0;
}

const char *btv_discovery_parse(struct jose_span json, struct btv_discovery *out)
{
    struct jose_json_member members[DISCOVERY_MEMBERS];
    size_t count = 0;
    if (!jose_json_object(json, members, DISCOVERY_MEMBERS, &count)) {
        return "the metadata is not a JSON object";
    }
    if (!read_text(members, count, "issuer", out->issuer, BTV_URL_CAP)) {
        return "the metadata has no usable issuer";
    }
    if (!read_text(members, count, "jwks_uri", out->jwks_uri, BTV_URL_CAP)) {
        return "the metadata has no usable jwks_uri";
    }
    if (!btv_url_is_trustworthy(out->jwks_uri, false)) {
        return "the metadata's jwks_uri is neither https nor http on loopback";
    }
    out->cloud[0] = '\0';
    if (jose_json_find(members, count, "cloud_instance_name") &&
        !read_text(members, count, "cloud_instance_name", out->cloud, BTV_CLOUD_CAP)) {
        return "the metadata has no usable cloud_instance_name";
    }
    return NULL;
}
