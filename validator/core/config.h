/* A configuration as text, setting by setting; btv_validator_new compiles it. */
#ifndef VALIDATOR_CORE_CONFIG_H
#define VALIDATOR_CORE_CONFIG_H

#include "btv/validator.h"

enum btv_setting {
#define BTV_SETTING(symbol, name, type, text, min, max, meaning) BTV_SET_##symbol,
#include "validator/core/config.def"
#undef BTV_SETTING
    BTV_SETTING_COUNT
};

struct btv_config {
    char *text[BTV_SETTING_COUNT]; /* NULL: the default */
    btv_clock_fn clock;
    void *clock_ctx;
    btv_fetch_fn fetch;
    void *fetch_ctx;
    btv_event_fn event;
    void *event_ctx;
};

/* btv_config_text returns the setting's text or its default, NULL when it has neither. */
const char *btv_config_text(const struct btv_config *c, enum btv_setting setting);

/* btv_config_number returns a NUMBER setting, which was checked when it was set. */
int64_t btv_config_number(const struct btv_config *c, enum btv_setting setting);

/* btv_setting_find returns the setting of that name, or BTV_SETTING_COUNT. */
enum btv_setting btv_setting_find(const char *name, size_t len);

const char *btv_setting_name(enum btv_setting setting);

/* btv_config_fault writes "NAME: fault" to `why` and returns -1. */
int btv_config_fault(const char *name, const char *fault, char *why, size_t cap);

#endif
