/* Options in, a configuration out; the table of settings is the table of options. */
#include "validator/core/command_line.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OWN_MAX = 16,
    FIXED = 3, /* config, help, version */
    OPTIONS_MAX = OWN_MAX + BTV_SETTING_COUNT + FIXED,
    NAME_CAP = 32,
    CONFIG_BYTES_MAX = 65536
};

/* What --help says of each setting; its option's name is made from the setting's. */
static const struct {
    const char *name;
    const char *argument;
    const char *text;
    const char *meaning;
} settings[] = {
#define BTV_SETTING(symbol, name, type, text, min, max, meaning) {name, #type, text, meaning},
#include "validator/core/config.def"
#undef BTV_SETTING
};

enum { OPT_CONFIG = OPTIONS_MAX, OPT_HELP, OPT_VERSION };

static void option_name(enum btv_setting setting, char *out)
{
    size_t len = (size_t)snprintf(out, NAME_CAP, "%s", settings[setting].name);
    for (char *p = out; *p; p++) {
        *p = *p == '_' ? '-' : *p;
    }
    if (len > 2 && strcmp(out + len - 2, "-s") == 0) {
        out[len - 2] = '\0';
    }
}

int btv_usage(const char *program, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", program);
    vfprintf(stderr, format, args);
    fprintf(stderr, " (--help lists the options)\n");
    va_end(args);
    return BTV_EXIT_USAGE;
}

int btv_refused(const char *program, const char *why)
{
    char name[NAME_CAP];
    for (enum btv_setting i = 0; i < BTV_SETTING_COUNT; i++) {
        size_t len = strlen(settings[i].name);
        if (strncmp(why, settings[i].name, len) == 0 && why[len] == ':') {
            option_name(i, name);
            return btv_usage(program, "--%s%s", name, why + len);
        }
    }
    fprintf(stderr, "%s: %s\n", program, why);
    return BTV_EXIT_FAILURE;
}

static void print_option(const char *name, const char *argument, const char *help,
                         const char *standard)
{
    char left[48];
    snprintf(left, sizeof left, "--%s%s%s", name, argument ? " " : "", argument ? argument : "");
    printf("  %-28s %s%s%s%s\n", left, help, standard ? " (default " : "", standard ? standard : "",
           standard ? ")" : "");
}

static void print_settings(void)
{
    char name[NAME_CAP];
    printf(
        "\nSettings; options win over the environment (AzureAd__Instance, __TenantId, __Tenants,\n"
        "__ClientId, __Audience, __Scopes, __Roles, __Clients, __Issuers, __MetadataUrls), which\n"
        "wins over --config:\n");
    for (enum btv_setting i = 0; i < BTV_SETTING_COUNT; i++) {
        option_name(i, name);
        print_option(name, settings[i].argument, settings[i].meaning, settings[i].text);
    }
    printf("Without --scopes and --roles the scope access_as_user is needed.\n");
}

static void print_help(const struct btv_command_line *line)
{
    printf("Usage: %s\n", line->synopsis);
    for (size_t i = 0; i < line->own_count; i++) {
        print_option(line->own[i].name, line->own[i].argument, line->own[i].help, NULL);
    }
    if (!line->own_only) {
        print_option("config", "FILE", "JSON object of settings, by the names below with _ for -",
                     NULL);
    }
    print_option("help", NULL, "shows this", NULL);
    print_option("version", NULL, "shows the version", NULL);
    if (!line->own_only) {
        print_settings();
    }
}

/* Stores one option; BTV_GO_ON, or the exit status of --help and --version. */
static int take(struct btv_command_line *line, int found, const char *argument)
{
    size_t index = (size_t)found;
    if (found == OPT_HELP) {
        print_help(line);
        return EXIT_SUCCESS;
    }
    if (found == OPT_VERSION) {
        printf("%s %s\n", line->program, ETB_VERSION);
        return EXIT_SUCCESS;
    }
    if (found == OPT_CONFIG) {
        line->config_file = argument;
    } else if (index < BTV_SETTING_COUNT) {
        line->settings[index] = argument;
    } else {
        *line->own[index - BTV_SETTING_COUNT].value = argument ? argument : "";
    }
    return BTV_GO_ON;
}

/* Values of `val` start at 1, since getopt_long's own answers are '?' and ':' and 0 means "flag".
 */
enum { VAL_BASE = 1000 };

static void make_options(const struct btv_command_line *line, struct option *out,
                         char (*names)[NAME_CAP])
{
    size_t n = 0;
    for (enum btv_setting i = 0; !line->own_only && i < BTV_SETTING_COUNT; i++, n++) {
        option_name(i, names[i]);
        out[n] = (struct option){names[i], required_argument, NULL, VAL_BASE + (int)i};
    }
    for (size_t i = 0; i < line->own_count && i < OWN_MAX; i++, n++) {
        out[n] = (struct option){line->own[i].name, line->own[i].argument != NULL, NULL,
                                 VAL_BASE + BTV_SETTING_COUNT + (int)i};
    }
    if (!line->own_only) {
        out[n++] = (struct option){"config", required_argument, NULL, VAL_BASE + OPT_CONFIG};
    }
    out[n++] = (struct option){"help", no_argument, NULL, VAL_BASE + OPT_HELP};
    out[n++] = (struct option){"version", no_argument, NULL, VAL_BASE + OPT_VERSION};
    out[n] = (struct option){NULL, 0, NULL, 0};
}

int btv_command_line_read(struct btv_command_line *line, int argc, char **argv)
{
    struct option options[OPTIONS_MAX + 1];
    char names[BTV_SETTING_COUNT][NAME_CAP];
    int found = 0;
    make_options(line, options, names);
    opterr = 0;
    optind = 0; /* anew, also inside a word of short options (getopt(3), glibc) */
    while ((found = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (found == ':') {
            return btv_usage(line->program, "option '%s' needs an argument", argv[optind - 1]);
        }
        if (found < VAL_BASE) {
            return btv_usage(line->program, "unknown option '%s'", argv[optind - 1]);
        }
        int status = take(line, found - VAL_BASE, optarg);
        if (status != BTV_GO_ON) {
            return status;
        }
    }
    line->first_operand = optind;
    return BTV_GO_ON;
}

char *btv_read_file(const char *path, size_t max, size_t *len, char *why, size_t cap)
{
    FILE *f = fopen(path, "rb");
    char *text = f ? malloc(max + 2) : NULL;
    if (!text) {
        snprintf(why, cap, "%s: %s", path, strerror(errno));
        goto fail;
    }
    *len = fread(text, 1, max + 1, f);
    if (ferror(f) || *len > max) {
        snprintf(why, cap, "%s: %s", path, ferror(f) ? "cannot be read" : "the file is too large");
        goto fail;
    }
    text[*len] = '\0';
    fclose(f);
    return text;
fail:
    free(text);
    if (f) {
        fclose(f);
    }
    return NULL;
}

static int load_file(const struct btv_command_line *line, struct btv_config *c)
{
    char why[512] = "";
    char fault[400] = "";
    size_t len = 0;
    char *json = btv_read_file(line->config_file, CONFIG_BYTES_MAX, &len, why, sizeof why);
    if (json && btv_config_load_json(c, json, len, fault, sizeof fault) != 0) {
        snprintf(why, sizeof why, "%.100s: %s", line->config_file, fault);
    }
    free(json);
    if (why[0]) {
        fprintf(stderr, "%s: --config %s\n", line->program, why);
        return BTV_EXIT_USAGE;
    }
    return BTV_GO_ON;
}

static const char *environment(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

static int apply_options(const struct btv_command_line *line, struct btv_config *c)
{
    char why[512];
    for (enum btv_setting i = 0; i < BTV_SETTING_COUNT; i++) {
        if (line->settings[i] &&
            btv_config_set(c, settings[i].name, line->settings[i], why, sizeof why) != 0) {
            return btv_refused(line->program, why);
        }
    }
    return BTV_GO_ON;
}

int btv_command_line_config(const struct btv_command_line *line, struct btv_config *c)
{
    char why[512];
    int status = line->config_file ? load_file(line, c) : BTV_GO_ON;
    if (status != BTV_GO_ON) {
        return status;
    }
    if (btv_config_load_env(c, environment, NULL, why, sizeof why) != 0) {
        fprintf(stderr, "%s: %s\n", line->program, why);
        return BTV_EXIT_USAGE;
    }
    if ((status = apply_options(line, c)) != BTV_GO_ON) {
        return status;
    }
    if (!btv_config_text(c, BTV_SET_SCOPES) && !btv_config_text(c, BTV_SET_ROLES) &&
        btv_config_set(c, "scopes", "access_as_user", why, sizeof why) != 0) {
        fprintf(stderr, "%s: %s\n", line->program, why);
        return BTV_EXIT_FAILURE;
    }
    return BTV_GO_ON;
}
