/* Texts with names in them. */
#include "conformance/provider/values.h"

#include "conformance/provider/encode.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HALF_DIGEST 16

/* A random word of `octets` octets, in base64url. */
static json_t *random_word(size_t octets)
{
    unsigned char bytes[64];
    if (octets > sizeof bytes || RAND_bytes(bytes, (int)octets) != 1) {
        return NULL;
    }
    char *text = cf_base64url(bytes, octets);
    json_t *word = text ? json_string(text) : NULL;
    free(text);
    return word;
}

/* RFC 9562 §5.4. */
static json_t *random_guid(void)
{
    unsigned char b[16] = {0};
    (void)RAND_bytes(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0FU) | 0x40U);
    b[8] = (unsigned char)((b[8] & 0x3FU) | 0x80U);
    return json_sprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                        b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                        b[12], b[13], b[14], b[15]);
}

int cf_values_begin(struct cf_values *v, const json_t *profile, int64_t now)
{
    *v = (struct cf_values){.profile = profile, .now = now};
    v->words = json_pack("{s:o, s:o, s:o, s:o}", "state", random_word(24), "nonce", random_word(24),
                         "verifier", random_word(48), "guid", random_guid());
    return v->words ? 0 : -1;
}

void cf_values_end(struct cf_values *v)
{
    json_decref(v->words);
    *v = (struct cf_values){0};
}

void cf_values_set(struct cf_values *v, const char *name, json_t *value)
{
    (void)json_object_set_new(v->words, name, value);
}

/* A member of `root`, or of its objects where the name has dots. Borrowed. */
static const json_t *find_member(const json_t *root, const char *name)
{
    char part[CF_NAME_CAP];
    const json_t *at = root;
    while (at && *name) {
        size_t len = strcspn(name, ".");
        if (len >= sizeof part) {
            return NULL;
        }
        memcpy(part, name, len);
        part[len] = '\0';
        at = json_object_get(at, part);
        name += len + (name[len] == '.');
    }
    return at;
}

static char *text_of(const json_t *value)
{
    char *text = NULL;
    if (json_is_string(value)) {
        return strdup(json_string_value(value));
    }
    if (json_is_integer(value) &&
        asprintf(&text, "%lld", (long long)json_integer_value(value)) >= 0) {
        return text;
    }
    return NULL;
}

/* "now", "now+300", "now-5"; NULL when the name is none of these. */
static char *time_of(const struct cf_values *v, const char *name)
{
    char *end = NULL;
    char *text = NULL;
    if (strncmp(name, "now", 3) != 0 || (name[3] && !strchr("+-", name[3]))) {
        return NULL;
    }
    long long offset = name[3] ? strtoll(name + 3, &end, 10) : 0;
    if ((end && (*end || end == name + 4)) ||
        asprintf(&text, "%lld", (long long)v->now + offset) < 0) {
        return NULL;
    }
    return text;
}

static char *digest(const char *text, size_t octets)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_Digest(text, strlen(text), out, &len, EVP_sha256(), NULL) != 1) {
        return NULL;
    }
    return cf_base64url(out, octets < len ? octets : len);
}

static char *recase(const char *text, int (*change)(int c))
{
    char *out = strdup(text);
    for (size_t i = 0; out && out[i]; i++) {
        out[i] = (char)change((unsigned char)out[i]);
    }
    return out;
}

/* host:port of a URL. */
static char *host(const char *url)
{
    const char *at = strstr(url, "://");
    return at ? strndup(at + 3, strcspn(at + 3, "/?#")) : NULL;
}

static char *look_up(struct cf_values *v, const char *name);

/* sha256:NAME and the like; NULL when the name has no such function. */
static char *apply(struct cf_values *v, const char *name)
{
    const char *colon = strchr(name, ':');
    char *argument = colon ? look_up(v, colon + 1) : NULL;
    size_t len = colon ? (size_t)(colon - name) : 0;
    char *out = NULL;
    if (!argument) {
        return NULL;
    }
    if (len == 6 && strncmp(name, "sha256", len) == 0) {
        out = digest(argument, EVP_MAX_MD_SIZE);
    } else if (len == 4 && strncmp(name, "half", len) == 0) {
        out = digest(argument, HALF_DIGEST);
    } else if (len == 5 && strncmp(name, "upper", len) == 0) {
        out = recase(argument, toupper);
    } else if (len == 5 && strncmp(name, "lower", len) == 0) {
        out = recase(argument, tolower);
    } else if (len == 4 && strncmp(name, "host", len) == 0) {
        out = host(argument);
    }
    OPENSSL_cleanse(argument, strlen(argument));
    free(argument);
    return out;
}

static char *look_up(struct cf_values *v, const char *name)
{
    char *text = NULL;
    if (strchr(name, ':')) {
        return apply(v, name);
    }
    const json_t *value = find_member(v->words, name);
    text = text_of(value ? value : find_member(v->profile, name));
    text = text ? text : time_of(v, name);
    if (!text) {
        (void)snprintf(v->lacking, sizeof v->lacking, "%s", name);
    }
    return text;
}

static void write_value(FILE *out, const char *text, bool escape)
{
    for (; *text; text++) {
        if (escape && strchr("\\^$.[]|()*+?{}", *text)) {
            (void)fputc('\\', out);
        }
        (void)fputc(*text, out);
    }
}

/* One ${NAME} at `text`; the length that it takes, 0 when it cannot be resolved. */
static size_t write_name(struct cf_values *v, FILE *out, const char *text, bool escape)
{
    char name[CF_NAME_CAP];
    size_t len = strcspn(text + 2, "}");
    if (text[2 + len] != '}' || len == 0 || len >= sizeof name) {
        (void)snprintf(v->lacking, sizeof v->lacking, "%.100s", text);
        return 0;
    }
    memcpy(name, text + 2, len);
    name[len] = '\0';
    char *value = look_up(v, name);
    if (!value) {
        return 0;
    }
    write_value(out, value, escape);
    free(value);
    return len + 3;
}

char *cf_values_expand(struct cf_values *v, const char *text, bool escape)
{
    char *expanded = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&expanded, &size);
    bool good = out != NULL;
    v->lacking[0] = '\0';
    while (good && *text) {
        if (text[0] == '$' && text[1] == '{') {
            size_t taken = write_name(v, out, text, escape);
            good = taken > 0;
            text += taken;
        } else {
            (void)fputc(*text++, out);
        }
    }
    if (out) {
        (void)fclose(out);
    }
    if (!good) {
        free(expanded);
        return NULL;
    }
    return expanded;
}
