/* Putting the mock together and taking it apart; what one request does is in serve.c. */
#include "mockidp/idp.h"

#include "mockidp/admin/journal.h"
#include "mockidp/ask.h"
#include "mockidp/config/config.h"
#include "mockidp/edition.h"
#include "mockidp/faults/ruleset.h"
#include "mockidp/guise.h"
#include "mockidp/http/tls.h"
#include "mockidp/keyring/keyring.h"
#include "mockidp/listeners.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"
#include "mockidp/serve.h"
#include "mockidp/state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOURNAL_ENTRIES = 10000, THREADS = 2, NAMES_MAX = 64 };

struct idp {
    struct serve_parts parts;
    struct listeners listeners;
    struct tls_files tls;
    struct guise guise;
    char *config_file;
    char *public_url;
    char *sign_in;
    pthread_mutex_t reload_lock; /* one reload at a time; guards pems */
    char **pems;                 /* key files, which the keyring borrows */
    size_t pem_count;
};

/* ---- the parts ---- */

static int copy_text(char **out, const char *text)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out ? 0 : -1;
}

/* option puts the option's name before a sentence. */
static bool option(bool ok, const char *name, char *why, size_t cap)
{
    char sentence[400];
    if (!ok) {
        (void)snprintf(sentence, sizeof sentence, "%s", why);
        (void)snprintf(why, cap, "%s: %s", name, sentence);
    }
    return ok;
}

static bool is_one_of(const char *value, const char *a, const char *b, char *why, size_t cap)
{
    bool ok = !value || strcmp(value, a) == 0 || strcmp(value, b) == 0 ||
              (strncmp(value, "auto:", 5) == 0 && value[5]);
    if (!ok) {
        (void)snprintf(why, cap, "'%s' is neither %s nor %s (nor auto:USER)", value, a, b);
    }
    return ok;
}

static bool check_words(struct idp *idp, const struct idp_options *o, char *why, size_t cap)
{
    (void)snprintf(why, cap, "'%s' is not one of the words that --help lists",
                   !log_format_parse(o->log, &idp->parts.log) ? o->log
                   : o->admin                                 ? o->admin
                                                              : "");
    return option(log_format_parse(o->log, &idp->parts.log), "--log", why, cap) &&
           option(admin_mode_parse(o->admin, &idp->parts.admin.mode), "--admin", why, cap) &&
           option(is_one_of(o->sign_in, "page", "auto", why, cap), "--sign-in", why, cap);
}

static bool check_public_url(const char *url, char *why, size_t cap)
{
    bool ok = !url || strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    ok = ok && (!url || url[strlen(url) - 1] != '/');
    if (!ok) {
        (void)snprintf(why, cap, "'%s' is not an http(s) URL without a final slash", url);
    }
    return option(ok, "--public-url", why, cap);
}

/* take_guise: who goes by another name speaks of it, too, unless a public URL says otherwise. */
static bool take_guise(struct idp *idp, const struct idp_options *o, char *why, size_t cap)
{
    if (o->as && !o->listen_tls) {
        (void)snprintf(why, cap, "'%s' is served over HTTPS, and --listen-tls is off", o->as);
        return option(false, "--as", why, cap);
    }
    return option(guise_parse(o->as, &idp->guise, why, cap), "--as", why, cap);
}

static bool make_parts(struct idp *idp, const struct idp_options *o, char *why, size_t cap)
{
    struct serve_parts *p = &idp->parts;
    (void)snprintf(why, cap, "out of memory");
    return copy_text(&idp->config_file, o->config_file) == 0 &&
           copy_text(&idp->public_url, o->public_url ? o->public_url : idp->guise.url) == 0 &&
           copy_text(&idp->sign_in, o->sign_in ? o->sign_in : "page") == 0 &&
           (p->rng = rng_new(o->seed)) && (p->faults = ruleset_new(o->seed)) &&
           (p->history = journal_new(JOURNAL_ENTRIES)) &&
           option((p->clock = clock_new(o->clock, why, cap)) != NULL, "--clock", why, cap) &&
           (p->state = state_new(p->clock, p->rng)) &&
           option((p->keyring = keyring_new(p->clock, o->state_dir, o->rotate, why, cap)) != NULL,
                  "--rotate", why, cap) &&
           keyring_seed(p->keyring, o->seed) == 0;
}

static void make_admin_token(struct idp *idp)
{
    unsigned char random[20];
    if (idp->parts.admin.mode != ADMIN_TOKEN) {
        return;
    }
    rng_bytes(idp->parts.rng, random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) {
        (void)snprintf(idp->parts.admin.token + 2 * i, 3, "%02x", random[i]);
    }
}

/* ---- the directory ---- */

/* keep_pem takes a key file over for the life of the mock: the keyring borrows it. */
static bool keep_pem(struct idp *idp, char *pem)
{
    char **grown = realloc(idp->pems, (idp->pem_count + 1) * sizeof(char *));
    if (!grown) {
        free(pem);
        return false;
    }
    idp->pems = grown;
    idp->pems[idp->pem_count++] = pem;
    return true;
}

static int add_tenant(struct idp *idp, const struct directory *d, const struct directory_tenant *t,
                      char *why, size_t cap)
{
    size_t count = json_array_size(t->keys);
    struct keyring_pem *pems = calloc(count + 1, sizeof *pems);
    int status = pems ? 0 : -1;
    for (size_t i = 0; i < count && status == 0; i++) {
        char *pem = config_read_file(d, json_string_value(json_array_get(t->keys, i)), &pems[i].len,
                                     why, cap);
        pems[i].data = pem;
        status = pem && keep_pem(idp, pem) ? 0 : -1;
    }
    if (status == 0) {
        status = keyring_add(idp->parts.keyring, t->id, pems, count);
    }
    free(pems);
    return status;
}

static int add_tenants(struct idp *idp, const struct directory *d, char *why, size_t cap)
{
    for (size_t i = 0; i < d->tenant_count; i++) {
        if (add_tenant(idp, d, &d->tenants[i], why, cap) != 0) {
            return -1;
        }
    }
    return 0;
}

/* check_sign_in: whom the command line names must be there, or every /authorize would fail. */
static bool check_sign_in(const struct idp *idp, const struct directory *d, char *why, size_t cap)
{
    const char *user = strncmp(idp->sign_in, "auto:", 5) == 0 ? idp->sign_in + 5 : NULL;
    bool ok = !user || directory_has_user(d, user);
    if (!ok) {
        (void)snprintf(why, cap, "the directory has no user '%s'", user);
    }
    return option(ok, "--sign-in", why, cap);
}

static bool open_directory(struct idp *idp, char *why, size_t cap)
{
    struct directory *d = config_load(idp->config_file, why, cap);
    if (!d) {
        return option(false, "--config", why, cap);
    }
    if (!check_sign_in(idp, d, why, cap) || add_tenants(idp, d, why, cap) != 0) {
        directory_free(d);
        return false;
    }
    idp->parts.shelf = shelf_new(d);
    return idp->parts.shelf != NULL;
}

int idp_reload(struct idp *idp, char *why, size_t cap)
{
    pthread_mutex_lock(&idp->reload_lock);
    struct directory *d = config_load(idp->config_file, why, cap);
    bool fits = d && check_sign_in(idp, d, why, cap);
    int status = fits ? add_tenants(idp, d, why, cap) : -1;
    if (status == 0) {
        status = shelf_replace(idp->parts.shelf, d);
    } else {
        directory_free(d);
    }
    pthread_mutex_unlock(&idp->reload_lock);
    return status;
}

static bool load_faults(struct idp *idp, const char *file, char *why, size_t cap)
{
    json_error_t error;
    if (!file) {
        return true;
    }
    json_t *rules = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    bool ok = rules && ruleset_load(idp->parts.faults, rules, false,
                                    clock_now(idp->parts.clock) * 1000, why, cap);
    if (!rules) {
        if (error.line < 0) { /* it was not even opened */
            (void)snprintf(why, cap, "%s: %s", file, strerror(errno));
        } else {
            (void)snprintf(why, cap, "%s: line %d: %s", file, error.line, error.text);
        }
    }
    json_decref(rules);
    return option(ok, "--faults", why, cap);
}

/* ---- listening ---- */

static bool make_tls(struct idp *idp, const struct idp_options *o, char *why, size_t cap)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    if (!o->listen_tls) {
        return true;
    }
    if (!o->tls_cert != !o->tls_key) {
        (void)snprintf(why, cap, "%s: goes with %s alone", o->tls_cert ? "--tls-cert" : "--tls-key",
                       o->tls_cert ? "--tls-key" : "--tls-cert");
        return false;
    }
    if (o->tls_cert) {
        return tls_files_read(&idp->tls, o->tls_cert, o->tls_key, why, cap);
    }
    struct edition *edition = shelf_take(idp->parts.shelf);
    const json_t *list = edition->directory->tls_names;
    for (size_t i = 0; i < json_array_size(list) && i < NAMES_MAX; i++) {
        names[i] = json_string_value(json_array_get(list, i));
    }
    bool ok = tls_files_make(&idp->tls, o->state_dir, names, idp->guise.names, why, cap);
    shelf_return(idp->parts.shelf, edition);
    return ok;
}

static bool open_listeners(struct idp *idp, const struct idp_options *o, char *why, size_t cap)
{
    struct serve_parts *p = &idp->parts;
    struct server_owner owner = {p, serve_begin, serve_answer, serve_end, serve_greet};
    if (!make_tls(idp, o, why, cap) ||
        !listeners_open(&idp->listeners, o->listen, o->listen_tls, o->allow_remote, why, cap)) {
        return false;
    }
    p->public_url = idp->public_url;
    p->admin.public_url = idp->public_url;
    p->sign_in = idp->sign_in;
    p->ca_pem = idp->tls.ca_pem;
    p->http_origin = idp->listeners.http_url;
    p->https_origin = idp->listeners.https_url;
    p->names = idp->guise.names;
    p->default_origin = idp->public_url            ? idp->public_url
                        : idp->listeners.https_url ? idp->listeners.https_url
                                                   : idp->listeners.http_url;
    return listeners_start(&idp->listeners, &owner, &idp->tls, o->threads ? o->threads : THREADS,
                           why, cap);
}

struct idp *idp_start(const struct idp_options *options, char *why, size_t cap)
{
    struct idp *idp = calloc(1, sizeof *idp);
    if (!idp) {
        (void)snprintf(why, cap, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&idp->reload_lock, NULL);
    if (!check_words(idp, options, why, cap) || !check_public_url(options->public_url, why, cap) ||
        !take_guise(idp, options, why, cap) || !make_parts(idp, options, why, cap) ||
        !open_directory(idp, why, cap) || !load_faults(idp, options->faults_file, why, cap)) {
        idp_stop(idp);
        return NULL;
    }
    make_admin_token(idp);
    if (!open_listeners(idp, options, why, cap)) {
        idp_stop(idp);
        return NULL;
    }
    return idp;
}

void idp_stop(struct idp *idp)
{
    if (!idp) {
        return;
    }
    listeners_stop(&idp->listeners);
    shelf_free(idp->parts.shelf);
    keyring_free(idp->parts.keyring);
    state_free(idp->parts.state);
    clock_free(idp->parts.clock);
    rng_free(idp->parts.rng);
    ruleset_free(idp->parts.faults);
    journal_free(idp->parts.history);
    tls_files_cleanup(&idp->tls);
    for (size_t i = 0; i < idp->pem_count; i++) {
        free(idp->pems[i]);
    }
    free(idp->pems);
    guise_clear(&idp->guise);
    free(idp->config_file);
    free(idp->public_url);
    free(idp->sign_in);
    pthread_mutex_destroy(&idp->reload_lock);
    free(idp);
}

/* ---- what it says of itself ---- */

const char *idp_http_url(const struct idp *idp)
{
    return idp->listeners.http_url;
}

const char *idp_https_url(const struct idp *idp)
{
    return idp->listeners.https_url;
}

const char *idp_as_url(const struct idp *idp)
{
    return idp->guise.url;
}

const char *idp_ca_file(const struct idp *idp)
{
    return idp->tls.ca_path;
}

int64_t idp_now(const struct idp *idp)
{
    return clock_now(idp->parts.clock);
}

int idp_write_ready_file(const struct idp *idp, const char *path)
{
    char *partial = NULL;
    json_t *json =
        json_pack("{s:s?, s:s?, s:s?, s:i}", "http", idp->listeners.http_url, "https",
                  idp->listeners.https_url, "ca", idp->tls.ca_path, "pid", (int)getpid());
    if (idp->guise.url) {
        json_object_set_new(json, "as", json_string(idp->guise.url));
    }
    if (idp->parts.admin.mode == ADMIN_TOKEN) {
        json_object_set_new(json, "admin_token", json_string(idp->parts.admin.token));
    }
    /* an admin token is its reader's permission */
    mode_t mode = idp->parts.admin.mode == ADMIN_TOKEN ? 0600 : 0644;
    if (asprintf(&partial, "%s.new", path) < 0) {
        partial = NULL;
    }
    int fd = partial ? open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode) : -1;
    int status = fd < 0 ? -1 : json_dumpfd(json, fd, JSON_COMPACT);
    status = fd >= 0 && close(fd) != 0 ? -1 : status;
    status = status == 0 ? rename(partial, path) : -1;
    if (status != 0 && fd >= 0) {
        int error = errno;
        (void)unlink(partial);
        errno = error;
    }
    free(partial);
    json_decref(json);
    return status;
}

json_t *idp_admin(struct idp *idp, const char *method, const char *path, const json_t *body,
                  int *status)
{
    return serve_admin(&idp->parts, method, path, (json_t *)(uintptr_t)body, status);
}

void idp_ask(struct idp *idp, const struct ask *ask, struct http_response *response)
{
    ask_answer(&idp->parts, ask, response);
}
