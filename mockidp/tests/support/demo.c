/* Editing the demo directory as JSON. */
#include "mockidp/tests/support/demo.h"

#include "mockidp/config/embedded.h"
#include "mockidp/tests/support/kitchen.h"
#include "mockidp/tests/support/mock.h"
#include "mockidp/tests/support/scratch.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void make_absolute(json_t *files)
{
    char folder[PATH_MAX];
    json_t *file = NULL;
    size_t i = 0;
    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder));
    json_array_foreach(files, i, file)
    {
        json_array_set_new(files, i, json_sprintf("%s/%s", folder, json_string_value(file)));
    }
}

json_t *demo_json(void)
{
    const struct embedded_file *file = embedded_find("fixtures/idp/demo.json");
    json_t *demo = json_loadb((const char *)file->data, file->len, 0, NULL);
    json_t *tenant = NULL;
    json_t *app = NULL;
    size_t i = 0;
    size_t k = 0;
    ck_assert_ptr_nonnull(demo);
    json_array_foreach(json_object_get(demo, "tenants"), i, tenant)
    {
        make_absolute(json_object_get(tenant, "keys"));
        json_array_foreach(json_object_get(tenant, "apps"), k, app)
        {
            make_absolute(json_object_get(app, "certificates"));
        }
    }
    return demo;
}

json_t *demo_contoso(json_t *demo)
{
    return json_array_get(json_object_get(demo, "tenants"), 0);
}

json_t *demo_app(json_t *demo, const char *alias)
{
    json_t *contoso = demo_contoso(demo);
    json_t *app = NULL;
    size_t i = 0;
    json_array_foreach(json_object_get(contoso, "apps"), i, app)
    {
        if (strcmp(text_at(app, "alias"), alias) == 0) {
            return app;
        }
    }
    ck_abort_msg("the demo directory has no app %s", alias);
    return NULL;
}

void demo_set(json_t *object, const char *name, const char *text)
{
    ck_assert_int_eq(json_object_set_new(object, name, kitchen_json(text)), 0);
}

struct idp *demo_start(json_t *demo, const char *dir, const struct idp_options *options)
{
    struct idp_options with_config = *options;
    char *text = json_dumps(demo, 0);
    char *file = scratch_write(dir, "directory.json", text);
    with_config.config_file = file;
    struct idp *idp = mock_start_with(&with_config);
    free(file);
    free(text);
    json_decref(demo);
    return idp;
}

struct idp *demo_open_in(json_t *demo, const char *sign_in, const char *dir)
{
    const struct idp_options options = {
        .listen = "127.0.0.1:0", .clock = KITCHEN_TIME, .seed = "mock", .sign_in = sign_in};
    return demo_start(demo, dir, &options);
}

struct idp *demo_open(json_t *demo, const char *sign_in, char **dir)
{
    *dir = scratch_make();
    return demo_open_in(demo, sign_in, *dir);
}

void demo_close(struct idp *idp, char *dir)
{
    idp_stop(idp);
    scratch_remove(dir);
}

void demo_refused(json_t *demo, const char *says)
{
    char why[600] = "";
    char *text = json_dumps(demo, 0);
    char *dir = scratch_make();
    char *file = scratch_write(dir, "directory.json", text);
    const struct idp_options options = {.listen = "127.0.0.1:0", .config_file = file};
    ck_assert_ptr_null(idp_start(&options, why, sizeof why));
    ck_assert_msg(strstr(why, says) != NULL, "it must say \"%s\", and says \"%s\"", says, why);
    free(file);
    scratch_remove(dir);
    free(text);
    json_decref(demo);
}
