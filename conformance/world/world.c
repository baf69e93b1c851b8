/* The mock, steered by its admin calls as anyone else would steer it. */
#include "conformance/world/world.h"

#include "mockidp/idp.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CANARY_CAP 32
/* As if TZ were not set (tzset(3)). */
#define TZ_OF_THE_SYSTEM ":/etc/localtime"

struct cf_world {
    struct idp *idp;
    bool stopped_clock;
    int64_t began;
    char canary[CANARY_CAP];
    char timezone[256];  /* of the process, as it was */
    char clock_file[64]; /* "" without */
};

/* admin does one admin call; the answer is a new reference, NULL with `why`. */
static json_t *admin(struct cf_world *w, const char *method, const char *path, const json_t *body,
                     char *why, size_t cap)
{
    int status = 0;
    json_t *answer = idp_admin(w->idp, method, path, body, &status);
    if (answer && status < 400) {
        return answer;
    }
    const char *sentence = json_string_value(json_object_get(answer, "error_description"));
    (void)snprintf(why, cap, "%s %s: %s", method, path, sentence ? sentence : "no answer");
    json_decref(answer);
    return NULL;
}

/* done does a call whose answer does not matter. */
static int done(struct cf_world *w, const char *method, const char *path, json_t *body, char *why,
                size_t cap)
{
    json_t *answer = admin(w, method, path, body, why, cap);
    json_decref(body);
    json_decref(answer);
    return answer ? 0 : -1;
}

/* Written beside and renamed, so that a subject never reads half of a time. */
static int write_clock(const struct cf_world *w, char *why, size_t cap)
{
    char beside[sizeof w->clock_file + 4];
    if (!*w->clock_file) {
        return 0;
    }
    (void)snprintf(beside, sizeof beside, "%s.new", w->clock_file);
    FILE *file = fopen(beside, "we");
    bool written = file && fprintf(file, "%lld\n", (long long)idp_now(w->idp)) > 0;
    if ((file && fclose(file) != 0) || !written || rename(beside, w->clock_file) != 0) {
        (void)snprintf(why, cap, "%s: %s", w->clock_file, strerror(errno));
        return -1;
    }
    return 0;
}

static int stop_clock(struct cf_world *w, char *why, size_t cap)
{
    if (!w->stopped_clock) {
        return 0;
    }
    json_t *frozen = json_pack("{s:s, s:I}", "mode", "frozen", "now", (json_int_t)w->began);
    return done(w, "PUT", "/_admin/clock", frozen, why, cap) == 0 ? write_clock(w, why, cap) : -1;
}

static int make_clock_file(struct cf_world *w, char *why, size_t cap)
{
    (void)snprintf(w->clock_file, sizeof w->clock_file, "/tmp/conform-clock-XXXXXX");
    int fd = mkstemp(w->clock_file);
    if (fd < 0) {
        (void)snprintf(why, cap, "there is no place for the clock: %s", strerror(errno));
        w->clock_file[0] = '\0';
        return -1;
    }
    (void)close(fd);
    return 0;
}

/* With a seed the same word each time, or no token of a run would be that of another. */
static void name_canary(struct cf_world *w, const char *seed)
{
    unsigned char word[EVP_MAX_MD_SIZE] = {0};
    if (!seed || EVP_Digest(seed, strlen(seed), word, NULL, EVP_sha256(), NULL) != 1) {
        (void)RAND_bytes(word, 6);
    }
    (void)snprintf(w->canary, sizeof w->canary, "Canary %02x%02x%02x%02x%02x%02x", word[0], word[1],
                   word[2], word[3], word[4], word[5]);
}

struct cf_world *cf_world_open(const struct cf_world_options *options, char *why, size_t cap)
{
    struct idp_options idp = {.listen = options->listen ? options->listen : "127.0.0.1:0",
                              .listen_tls = options->listen_tls,
                              .public_url = options->public_url,
                              .state_dir = options->state_dir,
                              .seed = options->seed};
    struct cf_world *w = calloc(1, sizeof *w);
    if (!w) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    const char *tz = getenv("TZ");
    (void)snprintf(w->timezone, sizeof w->timezone, "%s", tz ? tz : TZ_OF_THE_SYSTEM);
    (void)setenv("TZ", w->timezone, 0); /* a second world leaves it alone, for others read it */
    w->idp = idp_start(&idp, why, cap);
    if (!w->idp) {
        free(w);
        return NULL;
    }
    w->stopped_clock = options->stopped_clock;
    w->began = idp_now(w->idp);
    name_canary(w, options->seed);
    if ((options->clock_file && make_clock_file(w, why, cap) != 0) ||
        stop_clock(w, why, cap) != 0) {
        cf_world_close(w);
        return NULL;
    }
    return w;
}

void cf_world_close(struct cf_world *w)
{
    if (w) {
        idp_stop(w->idp);
        if (*w->clock_file) {
            (void)unlink(w->clock_file);
        }
        free(w);
    }
}

const char *cf_world_http(const struct cf_world *w)
{
    return idp_http_url(w->idp);
}

const char *cf_world_https(const struct cf_world *w)
{
    return idp_https_url(w->idp);
}

const char *cf_world_origin(const struct cf_world *w)
{
    const char *https = idp_https_url(w->idp);
    return https ? https : idp_http_url(w->idp);
}

const char *cf_world_ca_file(const struct cf_world *w)
{
    return idp_ca_file(w->idp);
}

const char *cf_world_clock_file(const struct cf_world *w)
{
    return *w->clock_file ? w->clock_file : NULL;
}

const char *cf_world_canary(const struct cf_world *w)
{
    return w->canary;
}

int64_t cf_world_now(void *world)
{
    return idp_now(((struct cf_world *)world)->idp);
}

int cf_world_begin(struct cf_world *w, bool keep_keys, char *why, size_t cap)
{
    int status = keep_keys ? done(w, "DELETE", "/_admin/faults", NULL, why, cap)
                           : done(w, "POST", "/_admin/reset", NULL, why, cap);
    if (status == 0 && keep_keys) {
        status = cf_world_forget(w, why, cap);
    }
    return status == 0 ? stop_clock(w, why, cap) : status;
}

static bool removes_name(const json_t *claims)
{
    const json_t *name = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(claims, "remove"), i, name)
    {
        if (json_is_string(name) && strcmp(json_string_value(name), "name") == 0) {
            return true;
        }
    }
    return false;
}

/* with_canary returns a copy of the recipe whose user is the canary, unless it says something of
 * the name itself. */
static json_t *with_canary(const struct cf_world *w, const json_t *recipe)
{
    json_t *copy = json_deep_copy(recipe);
    const char *base = json_string_value(json_object_get(copy, "base"));
    json_t *claims = json_object_get(copy, "claims");
    json_t *set = json_object_get(claims, "set");
    bool user = !base || strncmp(base, "delegated", 9) == 0;
    if (!user || json_object_get(claims, "raw") || json_object_get(set, "name") ||
        removes_name(claims)) {
        return copy;
    }
    if (!claims) {
        claims = json_object();
        json_object_set_new(copy, "claims", claims);
    }
    if (!set) {
        set = json_object();
        json_object_set_new(claims, "set", set);
    }
    json_object_set_new(set, "name", json_string(w->canary));
    return copy;
}

json_t *cf_world_bake(struct cf_world *w, const json_t *recipe, char *why, size_t cap)
{
    json_t *copy = with_canary(w, recipe);
    json_t *token = admin(w, "POST", "/_admin/tokens", copy, why, cap);
    json_decref(copy);
    return token;
}

/* The text of a value of the recipe language, a new reference: a recipe whose whole token it is. */
static json_t *evaluate(struct cf_world *w, json_t *value, char *why, size_t cap)
{
    json_t *recipe = json_pack("{s:s, s:n, s:[{s:{s:s, s:O}}]}", "base", "empty", "wrap", "mutate",
                               "replace_part", "part", "token", "with", value);
    json_t *baked = admin(w, "POST", "/_admin/tokens", recipe, why, cap);
    json_t *text = json_incref(json_object_get(baked, "token"));
    json_decref(recipe);
    json_decref(baked);
    return text;
}

static int put_faults(struct cf_world *w, const json_t *faults, char *why, size_t cap)
{
    json_t *copy = json_deep_copy(faults);
    json_t *rule = NULL;
    size_t i = 0;
    json_array_foreach(copy, i, rule)
    {
        json_t *act = json_object_get(rule, "act");
        json_t *body = json_object_get(act, "body");
        json_t *text = json_is_object(body) ? evaluate(w, body, why, cap) : NULL;
        if (json_is_object(body) && (!text || json_object_set_new(act, "body", text) != 0)) {
            json_decref(copy);
            return -1;
        }
    }
    return done(w, "PUT", "/_admin/faults", copy, why, cap);
}

int cf_world_idp(struct cf_world *w, const json_t *act, char *why, size_t cap)
{
    static const char *const verbs[] = {"rotate", "publish", "retire", "remove"};
    char path[64];
    json_t *faults = json_object_get(act, "faults");
    if (faults) {
        return put_faults(w, faults, why, cap);
    }
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        json_t *body = json_object_get(act, verbs[i]);
        if (body) {
            (void)snprintf(path, sizeof path, "/_admin/keys/%s", verbs[i]);
            return done(w, "POST", path, json_incref(body), why, cap);
        }
    }
    (void)snprintf(why, cap,
                   "a step of the identity provider is rotate, publish, retire, remove or faults");
    return -1;
}

int cf_world_advance(struct cf_world *w, int64_t seconds, char *why, size_t cap)
{
    if (!w->stopped_clock) {
        (void)snprintf(why, cap, "the clock of this run cannot be moved");
        return -1;
    }
    json_t *body = json_pack("{s:I}", "seconds", (json_int_t)seconds);
    return done(w, "POST", "/_admin/clock/advance", body, why, cap) == 0 ? write_clock(w, why, cap)
                                                                         : -1;
}

void cf_world_timezone(struct cf_world *w, const char *tz)
{
    (void)setenv("TZ", tz ? tz : w->timezone, 1);
    tzset();
}

int cf_world_forget(struct cf_world *w, char *why, size_t cap)
{
    return done(w, "DELETE", "/_admin/journal", NULL, why, cap);
}

int64_t cf_world_requests(struct cf_world *w, const char *endpoint)
{
    char path[128];
    char why[256];
    (void)snprintf(path, sizeof path, "/_admin/journal?endpoint=%s", endpoint);
    json_t *journal = admin(w, "GET", path, NULL, why, sizeof why);
    int64_t count =
        journal ? json_integer_value(json_object_get(json_object_get(journal, "counts"), endpoint))
                : -1;
    json_decref(journal);
    return count;
}
