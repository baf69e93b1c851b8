/* conform init: a target file for an API, and what to set in the API so that it trusts the mock. */
#include "conformance/commands.h"
#include "conformance/profile.h"
#include "conformance/world/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_CAP 128

struct init {
    const char *url;
    const char *file;
    const char *listen;
    const char *listen_tls; /* NULL: none */
    char name[NAME_CAP];
    char state[512]; /* where the mock keeps its CA, so that it can be trusted before a run */
};

static int refuse(const char *what, const char *why)
{
    (void)fprintf(stderr, "conform: init: %s: %s\n", what, why);
    return CONFORM_USAGE;
}

/* http://HOST/PATH → HOST/PATH, as far as it fits. */
static int read_words(const struct conform_options *o, struct init *init)
{
    init->url = o->words[0];
    init->file = o->word_count > 1 ? o->words[1] : "conform.json";
    init->listen = o->idp_listen ? o->idp_listen : "127.0.0.1:8080";
    init->listen_tls = o->idp_listen_tls ? o->idp_listen_tls : "localhost:8443";
    if (strcmp(init->listen_tls, "off") == 0) {
        init->listen_tls = NULL;
    }
    size_t scheme = strncmp(init->url, "http://", 7) == 0    ? 7
                    : strncmp(init->url, "https://", 8) == 0 ? 8
                                                             : 0;
    if (scheme == 0 || !init->url[scheme]) {
        return refuse(init->url, "the http(s) URL of a protected resource is needed");
    }
    (void)snprintf(init->name, sizeof init->name, "%.*s", (int)strcspn(init->url + scheme, "/?#"),
                   init->url + scheme);
    size_t stem = strlen(init->file);
    stem -= stem > 5 && strcmp(init->file + stem - 5, ".json") == 0 ? 5 : 0;
    (void)snprintf(init->state, sizeof init->state, "%s", o->idp_state ? o->idp_state : init->file);
    if (!o->idp_state && stem + sizeof ".state" < sizeof init->state) {
        (void)snprintf(init->state + stem, sizeof init->state - stem, ".state");
    }
    return CONFORM_OK;
}

static json_t *target_of(const struct init *init)
{
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:[s], s:{}}", "name", init->name, "comment",
        "An API that runs already. To let the suite start a fresh one where a case needs it, add "
        "start (program and arguments), ready (a URL that answers 200), and say {port} in both "
        "and in url. Capabilities: rollover (it fetches keys anew for an unknown kid), v1, "
        "app-only, codes (its error is the suite's name of the reason, or error_map translates "
        "it). In disabled stand patterns of ids with the reason why they are not played.",
        "adapter", "http", "url", init->url, "idp", "comment",
        "Where the mock Entra listens while the suite runs: the API's settings point there. Its "
        "CA stays in state.",
        "listen", init->listen, "listen_tls", init->listen_tls ? init->listen_tls : "off", "state",
        init->state, "capabilities", "rollover", "disabled");
}

static int write_target(const struct init *init)
{
    json_t *target = target_of(init);
    FILE *out = fopen(init->file, "wxe");
    if (!out) {
        int why = errno;
        json_decref(target);
        return refuse(init->file, why == EEXIST ? "there is such a file already" : strerror(why));
    }
    int status = json_dumpf(target, out, JSON_INDENT(2));
    (void)fputc('\n', out);
    status = fclose(out) == 0 ? status : -1;
    json_decref(target);
    return status == 0 ? CONFORM_OK : refuse(init->file, "it could not be written");
}

static void print_settings(const struct init *init, const char *ca)
{
    char origin[300];
    (void)snprintf(origin, sizeof origin, "%s%s", init->listen_tls ? "https://" : "http://",
                   init->listen_tls ? init->listen_tls : init->listen);
    (void)printf("%s is written: a target file for %s.\n\n"
                 "Settings of the API, as Azure apps read them:\n"
                 "  AzureAd__Instance=%s/\n"
                 "  AzureAd__TenantId=" CF_TENANT_ID "\n"
                 "  AzureAd__ClientId=" CF_CLIENT_ID "\n"
                 "  AzureAd__Audience=" CF_CLIENT_ID "\n"
                 "  AzureAd__Scopes=" CF_SCOPE "\n\n"
                 "or by their common names:\n"
                 "  authority  %s/" CF_TENANT_ID "/v2.0\n"
                 "  issuer     %s/" CF_TENANT_ID "/v2.0\n"
                 "  JWKS URL   %s/" CF_TENANT_ID "/discovery/v2.0/keys\n"
                 "  audience   " CF_CLIENT_ID "\n"
                 "  scope      " CF_SCOPE "\n",
                 init->file, init->url, origin, origin, origin, origin);
    if (ca) {
        (void)printf("  CA file    %s\n             (SSL_CERT_FILE, REQUESTS_CA_BUNDLE or "
                     "NODE_EXTRA_CA_CERTS)\n",
                     ca);
    }
    (void)printf("\nStart the API with them; then: conform run --target %s\n", init->file);
}

/* make_ca lets a mock make its CA where the runs will find it. The path of the file, newly
 * allocated, or NULL with `why`. */
static char *make_ca(const struct init *init, char *why, size_t cap)
{
    const struct cf_world_options options = {.listen_tls = "localhost:0", .state_dir = init->state};
    struct cf_world *world = cf_world_open(&options, why, cap);
    char *path = world ? realpath(cf_world_ca_file(world), NULL) : NULL;
    if (world && !path) {
        (void)snprintf(why, cap, "%s", strerror(errno));
    }
    cf_world_close(world);
    return path;
}

int command_init(const struct conform_options *o)
{
    struct init init = {0};
    struct stat there;
    char why[800] = "";
    char *ca = NULL;
    int status = read_words(o, &init);
    if (status != CONFORM_OK) {
        return status;
    }
    if (stat(init.file, &there) == 0) {
        return refuse(init.file, "there is such a file already");
    }
    if (init.listen_tls && !(ca = make_ca(&init, why, sizeof why))) {
        return refuse(init.state, why);
    }
    status = write_target(&init);
    if (status == CONFORM_OK) {
        print_settings(&init, ca);
    }
    free(ca);
    return status;
}
