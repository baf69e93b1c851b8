/* Reading target files. */
#include "conformance/target.h"

#include "conformance/adapters/adapter.h"
#include "conformance/document.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int check_members(const json_t *json, char *why, size_t cap)
{
    static const char *const known[] = {
        "name",     "adapter", "url",   "tenant",       "client_id", "scope",    "skew_s",
        "idp",      "start",   "ready", "capabilities", "error_map", "disabled", "comment",
        "protocol", "paths",   NULL};
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], name) != 0) {
            i++;
        }
        if (!known[i]) {
            (void)snprintf(why, cap, "/%s: there is no such member", name);
            return -1;
        }
    }
    return 0;
}

static const char *refuse_start(const json_t *start)
{
    const json_t *item = NULL;
    size_t i = 0;
    if (start && json_array_size(start) == 0) {
        return "/start: a program and its arguments are needed";
    }
    json_array_foreach(start, i, item)
    {
        if (!json_is_string(item)) {
            return "/start: texts are needed";
        }
    }
    return NULL;
}

static bool paths_are_good(const json_t *paths)
{
    const char *name = NULL;
    json_t *path = NULL;
    bool good = json_object_size(paths) > 0;
    json_object_foreach((json_t *)(uintptr_t)paths, name, path)
    {
        good = good && (strcmp(name, "second") == 0 || strcmp(name, "optional") == 0) &&
               json_is_string(path) && *json_string_value(path) == '/';
    }
    return good;
}

/* What is wrong with the target, or NULL. */
static const char *refuse(const struct cf_target *t)
{
    bool exec = strcmp(t->adapter, "exec") == 0;
    if (!exec && strcmp(t->adapter, "inproc") != 0 && strcmp(t->adapter, "http") != 0) {
        return "/adapter: inproc, http or exec is needed";
    }
    if (exec && !t->start) {
        return "/start: exec needs the program and its arguments";
    }
    if (strcmp(t->protocol, "lines") != 0 && strcmp(t->protocol, "shim") != 0) {
        return "/protocol: lines or shim is needed";
    }
    if (cf_has(t->capabilities, "clock") && !t->clock_file &&
        (!exec || strcmp(t->protocol, "lines") != 0)) {
        return "/capabilities: only exec with lines is told the time, and what is started with "
               "{clock} reads it, so nothing else has a clock";
    }
    if ((cf_has(t->capabilities, "memory") || cf_has(t->capabilities, "log")) &&
        (!t->start || exec)) {
        return "/capabilities: memory and log are seen of what the suite starts, asked over HTTP";
    }
    if (strcmp(t->adapter, "http") == 0 && (!t->url || strncmp(t->url, "http", 4) != 0)) {
        return "/url: the URL of the protected resource is needed";
    }
    if (t->url && strstr(t->url, "{port}") && !t->start) {
        return "/url: {port} needs start";
    }
    if (t->paths && (strcmp(t->adapter, "http") != 0 || !paths_are_good(t->paths))) {
        return "/paths: for http, 'second' and 'optional' with paths that begin with /";
    }
    if (t->disabled && !json_is_object(t->disabled)) {
        return "/disabled: an object of reasons is needed";
    }
    return refuse_start(t->start);
}

/* Words of the list, and what follows from the rest; newly allocated. */
static char *capability_words(const json_t *list, const struct cf_target *t)
{
    char words[1024] = "";
    const json_t *item = NULL;
    size_t i = 0;
    size_t len = 0;
    json_array_foreach(list, i, item)
    {
        const char *word = json_string_value(item);
        if (word && len + strlen(word) + 80 < sizeof words) {
            len += (size_t)snprintf(words + len, sizeof words - len, "%s ", word);
        }
    }
    (void)snprintf(words + len, sizeof words - len, "%s%s%s%s%s",
                   strcmp(t->adapter, "exec") == 0 ? "" : "http raw-socket",
                   t->start ? " restart" : "", t->clock_file ? " clock" : "",
                   json_object_get(t->paths, "second") ? " second-route" : "",
                   json_object_get(t->paths, "optional") ? " optional-auth" : "");
    return strdup(words);
}

/* Whether an argument of the program is, or holds, `word`. */
static bool start_has(const json_t *start, const char *word)
{
    const json_t *item = NULL;
    size_t i = 0;
    json_array_foreach(start, i, item)
    {
        if (json_is_string(item) && strstr(json_string_value(item), word)) {
            return true;
        }
    }
    return false;
}

static struct cf_target *make(json_t *json, char *why, size_t cap)
{
    struct cf_target *t = calloc(1, sizeof *t);
    const json_t *idp = json_object_get(json, "idp");
    const char *adapter = text(json, "adapter");
    if (!t || check_members(json, why, cap) != 0) {
        json_decref(json);
        free(t);
        return NULL;
    }
    t->json = json;
    t->name = text(json, "name");
    t->adapter = adapter ? adapter : "http";
    t->url = text(json, "url");
    t->protocol = text(json, "protocol");
    t->protocol = t->protocol ? t->protocol : "lines";
    t->ready = text(json, "ready");
    t->start = json_object_get(json, "start");
    t->clock_file = start_has(t->start, "{clock}");
    t->listen = text(idp, "listen");
    t->listen_tls = text(idp, "listen_tls");
    t->public_url = text(idp, "public_url");
    t->paths = json_object_get(json, "paths");
    t->error_map = json_object_get(json, "error_map");
    t->disabled = json_object_get(json, "disabled");
    t->name = t->name ? t->name : t->url ? t->url : "target";
    t->listen = t->listen ? t->listen : "127.0.0.1:8080";
    t->listen_tls = t->listen_tls ? t->listen_tls : "localhost:8443";
    t->capabilities = capability_words(json_object_get(json, "capabilities"), t);
    t->timeout_ms = TIMEOUT_MS;
    const char *fault = t->capabilities ? refuse(t) : "out of memory";
    if (fault) {
        (void)snprintf(why, cap, "%s", fault);
        cf_target_free(t);
        return NULL;
    }
    return t;
}

/* The folder of a file, newly allocated; "." where its name says none. */
static char *folder_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? strndup(file, slash == file ? 1 : (size_t)(slash - file)) : strdup(".");
}

/* A target of `json`, which is taken over, in the folder of `file`; NULL with what is wrong with
 * `name`, or without it, where `why` says so already. */
static struct cf_target *named(json_t *json, const char *name, const char *file, char *why,
                               size_t cap)
{
    char fault[256] = "";
    if (!json) {
        return NULL;
    }
    struct cf_target *t = make(json, fault, sizeof fault);
    if (t && !(t->folder = folder_of(file))) {
        (void)snprintf(fault, sizeof fault, "out of memory");
        cf_target_free(t);
        t = NULL;
    }
    if (!t) {
        (void)snprintf(why, cap, "%s: %s", name, fault);
    }
    return t;
}

struct cf_target *cf_target_load(const char *file_or_url, char *why, size_t cap)
{
    bool is_url =
        strncmp(file_or_url, "http://", 7) == 0 || strncmp(file_or_url, "https://", 8) == 0;
    json_t *json = is_url
                       ? json_pack("{s:s, s:[s]}", "url", file_or_url, "capabilities", "rollover")
                       : cf_document_load(file_or_url, why, cap);
    return named(json, file_or_url, is_url ? "" : file_or_url, why, cap);
}

struct cf_target *cf_target_read(const char *json, size_t len, const char *name, char *why,
                                 size_t cap)
{
    return named(cf_document_read(json, len, name, why, cap), name, "", why, cap);
}

void cf_target_free(struct cf_target *t)
{
    if (t) {
        json_decref(t->json);
        free(t->folder);
        free(t->capabilities);
        free(t);
    }
}
