/*
 * libbtv: is this Authorization header good for this API?
 * (bearer tokens of Microsoft Entra ID; RFC 6750, 7515, 7519)
 *
 *     struct btv_config *c = btv_config_new();
 *     btv_config_set(c, "instance", "https://login.microsoftonline.com/", why, sizeof why);
 *     btv_config_set(c, "tenant_id", "…", why, sizeof why);
 *     btv_config_set(c, "client_id", "…", why, sizeof why);
 *     btv_config_set(c, "scopes", "access_as_user", why, sizeof why);
 *     struct btv_validator *v = btv_validator_new(c, why, sizeof why);
 *     btv_validator_start(v, 5000);
 *     if (btv_validate(v, header, strlen(header), result) == BTV_OK) …
 *
 * Strings returned are borrowed. No function logs, reads the environment or keeps global state;
 * curl_global_init is the program's. `why`/`cap`: on failure a sentence that names the setting and
 * the fault, always terminated; may be NULL/0.
 */
#ifndef BTV_VALIDATOR_H
#define BTV_VALIDATOR_H

#include "btv/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct btv_config;
struct btv_validator;
struct btv_result;

/* ---- configuration: one thread at a time, no I/O ---- */

/* btv_config_new returns a newly allocated configuration of defaults (config.def), or NULL. */
BTV_API struct btv_config *btv_config_new(void);
BTV_API void btv_config_free(struct btv_config *c);

/*
 * btv_config_set sets one setting from text; the names, meanings, units and ranges are the rows of
 * validator/core/config.def (`instance`, `tenant_id`, `client_id`, `scopes`, …). Lists are
 * separated by spaces. Returns -1 and writes `why` when the name is unknown or the value is not
 * valid.
 */
BTV_API int btv_config_set(struct btv_config *c, const char *name, const char *value, char *why,
                           size_t cap);

/* btv_config_load_json applies a JSON object of settings (the same names; lists may be arrays).
 * Unknown names fail. */
BTV_API int btv_config_load_json(struct btv_config *c, const char *json, size_t len, char *why,
                                 size_t cap);

/*
 * btv_config_load_env applies the names that Azure apps use: AzureAd__Instance, __TenantId,
 * __Tenants,
 * __ClientId, __Audience, __Scopes, … (config_env.c). `lookup` answers NULL for a name that is
 * not set (usually it wraps getenv).
 */
typedef const char *(*btv_lookup_fn)(void *ctx, const char *name);
BTV_API int btv_config_load_env(struct btv_config *c, btv_lookup_fn lookup, void *ctx, char *why,
                                size_t cap);

/* ---- what can be injected: called from any thread, must outlive the validator ---- */

/* btv_clock_fn returns Unix seconds. Default: the system's real time. */
typedef int64_t (*btv_clock_fn)(void *ctx);
BTV_API void btv_config_clock(struct btv_config *c, btv_clock_fn clock, void *ctx);

/*
 * btv_fetch_fn does one GET of `request->url` and fills `response` (zeroed by the caller): returns
 * 0 when an HTTP answer was received, whatever its status, else -1. `body` is malloc'ed and becomes
 * the library's; longer than `max_body` is a failure. Runs on the refresh thread only, must end
 * within `timeout_ms`, and must give up soon after `*cancel` is set. Default: libcurl, TLS
 * verified, no redirects to another origin.
 */
struct btv_fetch_request {
    const char *url;
    const char *etag; /* of the copy in hand, for If-None-Match, or NULL */
    size_t max_body;
    int64_t timeout_ms;
    const volatile int *cancel;
};
struct btv_fetch_response {
    int status;
    char *body;
    size_t body_len;
    int64_t max_age_s;     /* of Cache-Control, less Age; -1 when absent */
    int64_t retry_after_s; /* -1 when absent */
    int64_t date_s;        /* Unix seconds; 0 when absent */
    char etag[128];        /* "" when absent */
};
typedef int (*btv_fetch_fn)(void *ctx, const struct btv_fetch_request *request,
                            struct btv_fetch_response *response, char *why, size_t cap);
BTV_API void btv_config_fetch(struct btv_config *c, btv_fetch_fn fetch, void *ctx);

/*
 * btv_event_fn hears what happened: one call a validation (on the caller's thread) and one a
 * refresh (on the refresh thread). It must not call back into the validator. An event never holds a
 * token or a claim that identifies a person.
 */
enum btv_event_kind { BTV_EVENT_VALIDATION, BTV_EVENT_REFRESH, BTV_EVENT_KEY_SKIPPED };
struct btv_event {
    enum btv_event_kind kind;
    enum btv_error error; /* of a validation; BTV_OK when it was accepted; of a refresh, BTV_OK or
                             BTV_KEYS_UNAVAILABLE */
    const char *kid; /* or NULL; from the token's header, so unverified unless `error` is BTV_OK */
    const char *tenant; /* or NULL */
    const char
        *detail; /* what was expected and what was found ("issuer: expected …, found …"), or NULL */
    int64_t latency_us;
};
typedef void (*btv_event_fn)(void *ctx, const struct btv_event *event);
BTV_API void btv_config_event(struct btv_config *c, btv_event_fn event, void *ctx);

/* ---- the validator ---- */

/*
 * btv_validator_new returns a newly allocated validator that holds a copy of `c`, or NULL: a
 * configuration that would accept anything (no audience, no issuer, `none` or HMAC allowed, skew
 * over 600 s) cannot be built. No I/O.
 */
BTV_API struct btv_validator *btv_validator_new(const struct btv_config *c, char *why, size_t cap);

/* btv_validator_free stops the refresh thread and frees `v`. No call on `v` may be running. */
BTV_API void btv_validator_free(struct btv_validator *v);

/*
 * btv_validator_start starts the refresh thread and waits up to `timeout_ms` for the first keys.
 * Returns 0 with keys, -1 without: then the thread keeps trying, and validations answer
 * BTV_KEYS_UNAVAILABLE until it succeeds.
 */
BTV_API int btv_validator_start(struct btv_validator *v, int64_t timeout_ms);

/* btv_validator_ready says whether keys are loaded and not older than last_known_good_s. Any
 * thread. */
BTV_API bool btv_validator_ready(struct btv_validator *v);

/*
 * btv_validate decides on one Authorization header value (NULL with len 0: no header). Any thread;
 * one `r` a thread. May wait up to key_wait_ms for a refresh when the kid is unknown.
 */
BTV_API enum btv_error btv_validate(struct btv_validator *v, const char *authorization, size_t len,
                                    struct btv_result *r);

/* btv_validate_token is btv_validate without the "Bearer " scheme. */
BTV_API enum btv_error btv_validate_token(struct btv_validator *v, const char *token, size_t len,
                                          struct btv_result *r);

/*
 * struct btv_requirement is what one route needs beyond a good token. Each list is space-separated;
 * NULL or "" means no such need. `scopes` and `roles` are each any-of, as RequiredScope of
 * Microsoft.Identity.Web is, all-of with `all`. A token satisfies either delegated (`scopes`) or
 * application (`roles`) needs, whichever kind it is. `clients` is the allow-list of azp/appid,
 * `acrs` one authentication context: without it, clients that can are challenged to step up.
 */
struct btv_requirement {
    const char *scopes;
    const char *roles;
    const char *clients;
    bool all;
    const char *acrs;
};

/* btv_authorize checks what one route needs, after btv_validate accepted into `r`; updates the
 * verdict of `r`, whose validator must be there still. After BTV_SCOPE_MISSING of a validator that
 * needs neither scope nor role itself it refuses again, and names the needs of this route. */
BTV_API enum btv_error btv_authorize(const struct btv_requirement *need, struct btv_result *r);

/* struct btv_stats counts since the validator was made. */
struct btv_stats {
    uint64_t verdicts[BTV_ERROR_COUNT];
    uint64_t fetches; /* HTTP requests for metadata or keys */
    uint64_t refreshes_ok;
    uint64_t refreshes_failed;
    uint64_t kid_misses;
    uint64_t keys;        /* in the present set */
    int64_t last_success; /* Unix seconds; 0 before the first */
};
BTV_API void btv_validator_stats(struct btv_validator *v, struct btv_stats *out);

/* ---- the result: one thread at a time, reused; its strings live until its next use ---- */

BTV_API struct btv_result *btv_result_new(void);
BTV_API void btv_result_free(struct btv_result *r);
BTV_API enum btv_error btv_result_error(const struct btv_result *r);
BTV_API int btv_result_http_status(const struct btv_result *r);

/* btv_result_claim returns a claim, strings decoded and other types as JSON text; NULL when absent
 * or not accepted. */
BTV_API const char *btv_result_claim(const struct btv_result *r, const char *name);

/* btv_result_claims_json returns the payload as it was signed, or NULL unless accepted. */
BTV_API const char *btv_result_claims_json(const struct btv_result *r);

/* btv_result_challenge returns the value for WWW-Authenticate (RFC 6750 §3), or NULL if not due. */
BTV_API const char *btv_result_challenge(const struct btv_result *r);

/* btv_result_retry_after_s returns seconds for Retry-After with a 503, else 0. */
BTV_API int btv_result_retry_after_s(const struct btv_result *r);

/* btv_result_detail returns what was expected and found, for logs (never for clients), or "". */
BTV_API const char *btv_result_detail(const struct btv_result *r);

#ifdef __cplusplus
}
#endif
#endif
