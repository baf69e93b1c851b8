/* Starting the API under test. */
#include "conformance/adapters/http_start.h"

#include "conformance/adapters/process.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARGS_MAX 128
#define READY_MS 20000L /* of a program that was started; one that runs has the target's time */
#define PROBE_MS 2000L
#define POLL_MS 2

static size_t drop(char *data, size_t size, size_t count, void *ctx)
{
    (void)data, (void)ctx;
    return size * count;
}

/* A handle for many GETs of one URL, on one connection where that stays; NULL without memory. */
static CURL *make_probe(const char *url, long timeout_ms)
{
    CURL *curl = curl_easy_init();
    if (curl) {
        (void)curl_easy_setopt(curl, CURLOPT_URL, url);
        (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
        (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
        (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    }
    return curl;
}

/* One GET; the status, or 0 with what is wrong. */
static long probe(CURL *curl, const char **fault)
{
    long status = 0;
    *fault = curl_easy_strerror(curl_easy_perform(curl));
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int cf_wait_url(const char *url, bool any, pid_t pid, long timeout_ms, char *why, size_t cap)
{
    const struct timespec pause = {0, POLL_MS * 1000000L};
    int64_t end = monotonic_ms() + timeout_ms;
    long status = 0;
    const char *fault = "out of memory";
    bool ready = false;
    bool ended = false;
    CURL *curl = make_probe(url, timeout_ms < PROBE_MS ? timeout_ms : PROBE_MS);
    while (curl && !ready && !ended && monotonic_ms() < end) {
        status = probe(curl, &fault);
        ready = status == 200 || (any && status > 0);
        ended = !ready && pid > 0 && !cf_process_running(pid);
        if (!ready && !ended) {
            (void)nanosleep(&pause, NULL);
        }
    }
    curl_easy_cleanup(curl);
    if (ended) {
        (void)snprintf(why, cap, "the program ended before %s answered", url);
    } else if (!ready && status > 0) {
        (void)snprintf(why, cap, "%s still answered %ld after %ld ms", url, status, timeout_ms);
    } else if (!ready) {
        (void)snprintf(why, cap, "%s did not answer: %s (%ld ms)", url, fault, timeout_ms);
    }
    return ready ? 0 : -1;
}

/* The folder of this program. */
static void program_folder(char out[PATH_MAX])
{
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash) {
        *slash = '\0';
    }
}

/* `text` with {port}, {build}, {ca}, {clock} and {here} replaced, newly allocated. */
static char *expand(const struct cf_started *s, const char *text)
{
    char folder[PATH_MAX];
    char port[16];
    char *result = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&result, &len);
    program_folder(folder);
    (void)snprintf(port, sizeof port, "%d", s->port);
    const char *const words[][2] = {{"{port}", port},
                                    {"{here}", s->folder ? s->folder : "."},
                                    {"{build}", folder},
                                    {"{ca}", s->ca_file ? s->ca_file : ""},
                                    {"{clock}", s->clock_file ? s->clock_file : ""}};
    while (out && *text) {
        size_t i = 0;
        while (i < sizeof words / sizeof words[0] &&
               strncmp(text, words[i][0], strlen(words[i][0])) != 0) {
            i++;
        }
        if (i < sizeof words / sizeof words[0]) {
            (void)fputs(words[i][1], out);
            text += strlen(words[i][0]);
        } else {
            (void)fputc(*text++, out);
        }
    }
    return out && fclose(out) == 0 ? result : NULL;
}

__attribute__((format(printf, 2, 3))) static void export(struct cf_started *s, const char *format,
                                                         ...)
{
    size_t i = 0;
    va_list args;
    while (s->environment[i]) {
        i++;
    }
    va_start(args, format);
    if (i + 1 < CF_START_ENV_MAX && vasprintf(&s->environment[i], format, args) < 0) {
        s->environment[i] = NULL;
    }
    va_end(args);
}

static void make_environment(struct cf_started *s, const struct cf_world *world,
                             const struct cf_profile *profile)
{
    bool scoped = strcmp(profile->settings[0][0], "scopes") == 0;
    const char *origin = cf_world_origin(world);
    const char *ca = cf_world_ca_file(world);
    export(s, "AzureAd__Instance=%s/", origin);
    export(s, "AzureAd__TenantId=" CF_TENANT_ID);
    export(s, "AzureAd__ClientId=" CF_CLIENT_ID);
    if (scoped) {
        export(s, "AzureAd__Scopes=" CF_SCOPE);
    }
    export(s, "CONFORM_AUTHORITY=%s/" CF_TENANT_ID "/v2.0", origin);
    export(s, "CONFORM_JWKS=%s/" CF_TENANT_ID "/discovery/v2.0/keys", origin);
    export(s, "CONFORM_ISSUER=%s/" CF_TENANT_ID "/v2.0", origin);
    export(s, "CONFORM_AUDIENCE=" CF_CLIENT_ID);
    export(s, "CONFORM_SCOPE=" CF_SCOPE);
    export(s, "CONFORM_INSTANCE=%s", origin);
    export(s, "CONFORM_TENANT=" CF_TENANT_ID);
    export(s, "CONFORM_PORT=%d", s->port);
    if (ca) {
        export(s, "CONFORM_CA_FILE=%s", ca);
        export(s, "SSL_CERT_FILE=%s", ca);
        export(s, "REQUESTS_CA_BUNDLE=%s", ca);
        export(s, "NODE_EXTRA_CA_CERTS=%s", ca);
    }
}

/* The arguments, with {profile} as the options of the profile. */
static int make_arguments(struct cf_started *s, const json_t *start,
                          const struct cf_profile *profile)
{
    const json_t *item = NULL;
    size_t i = 0;
    size_t n = 0;
    s->argv = calloc(ARGS_MAX + 1, sizeof *s->argv);
    json_array_foreach(start, i, item)
    {
        const char *text = json_string_value(item);
        bool options = strcmp(text, "{profile}") == 0;
        if (!s->argv || n + (size_t)2 * CF_PROFILE_SETTINGS > ARGS_MAX) {
            return -1;
        }
        for (size_t k = 0; options && k < CF_PROFILE_SETTINGS && profile->settings[k][0]; k++) {
            if (asprintf(&s->argv[n], "--%s", profile->settings[k][0]) < 0) {
                return -1;
            }
            for (char *p = s->argv[n]; *p; p++) {
                *p = *p == '_' ? '-' : *p;
            }
            s->argv[n + 1] = strdup(profile->settings[k][1]);
            n += 2;
        }
        if (!options) {
            s->argv[n++] = expand(s, text);
        }
    }
    return 0;
}

int cf_started_prepare(struct cf_started *s, const struct cf_target *target,
                       const struct cf_world *world, const struct cf_profile *profile, char *why,
                       size_t cap)
{
    s->ca_file = cf_world_ca_file(world);
    s->clock_file = cf_world_clock_file(world);
    s->folder = target->folder;
    make_environment(s, world, profile);
    if (make_arguments(s, target->start, profile) != 0) {
        (void)snprintf(why, cap, "out of memory, or too many arguments");
        return -1;
    }
    return 0;
}

static int start(struct cf_started *s, const struct cf_target *target, struct cf_world *world,
                 const struct cf_profile *profile, char *why, size_t cap)
{
    (void)snprintf(s->log, sizeof s->log, "/tmp/conform-XXXXXX");
    int fd = mkstemp(s->log);
    if (fd < 0) {
        (void)snprintf(why, cap, "there is no place for the log");
        return -1;
    }
    (void)close(fd);
    if (cf_started_prepare(s, target, world, profile, why, cap) != 0) {
        return -1;
    }
    s->pid = cf_process_start(s->argv, s->environment, s->log, why, cap);
    return s->pid > 0 ? 0 : -1;
}

/* What the program said last, behind the reason. */
static void append_log(const struct cf_started *s, char *why, size_t cap)
{
    char text[1024];
    FILE *file = s->pid > 0 ? fopen(s->log, "re") : NULL;
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    size_t used = strlen(why);
    text[len] = '\0';
    if (len > 0) {
        (void)snprintf(why + used, cap - used, "; it said: %s", text);
    }
    if (file) {
        (void)fclose(file);
    }
}

int cf_started_open(struct cf_started *s, const struct cf_target *target, struct cf_world *world,
                    const struct cf_profile *profile, bool cold, char *why, size_t cap)
{
    s->port = target->start ? cf_free_port() : 0;
    s->ca_file = cf_world_ca_file(world);
    s->url = expand(s, target->url);
    s->ready = expand(s, target->ready ? target->ready : target->url);
    if (!s->url || !s->ready || s->port < 0) {
        (void)snprintf(why, cap, "out of memory, or no free port");
        return -1;
    }
    if (target->start && start(s, target, world, profile, why, cap) != 0) {
        return -1;
    }
    long wait_ms = target->start ? READY_MS : target->timeout_ms;
    if (cf_wait_url(s->ready, cold || !target->ready, s->pid, wait_ms, why, cap) != 0) {
        append_log(s, why, cap);
        return -1;
    }
    return 0;
}

void cf_started_stop(struct cf_started *s)
{
    cf_process_stop(s->pid);
    for (size_t i = 0; s->argv && s->argv[i]; i++) {
        free(s->argv[i]);
    }
    free(s->argv);
    for (size_t i = 0; i < CF_START_ENV_MAX; i++) {
        free(s->environment[i]);
    }
    if (s->log[0]) {
        (void)unlink(s->log);
    }
    free(s->url);
    free(s->ready);
    *s = (struct cf_started){0};
}
