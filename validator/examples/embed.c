/* The smallest program that asks libbtv: is this Authorization header good for this API? */
#include <btv/validator.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *environment(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

/* One a program, for all threads. NULL after saying which setting is at fault. */
static struct btv_validator *make_validator(void)
{
    char why[256] = "out of memory";
    struct btv_validator *v = NULL;
    struct btv_config *c = btv_config_new();
    /* AzureAd__TenantId and AzureAd__ClientId must be there; __Instance is Entra's unless it is */
    if (c && btv_config_load_env(c, environment, NULL, why, sizeof why) == 0 &&
        btv_config_set(c, "scopes", "access_as_user", why, sizeof why) == 0) {
        v = btv_validator_new(c, why, sizeof why);
    }
    btv_config_free(c);
    if (!v) {
        fprintf(stderr, "%s\n", why);
    }
    return v;
}

/* What a request handler does: `header` is the value of Authorization, NULL when there is none. */
static int handle(struct btv_validator *v, struct btv_result *r, const char *header)
{
    if (btv_validate(v, header, header ? strlen(header) : 0, r) == BTV_OK) {
        printf("HTTP 200\n\nHello %s\n", btv_result_claim(r, "oid"));
        return 0;
    }
    const char *challenge = btv_result_challenge(r);
    printf("HTTP %d\n", btv_result_http_status(r));
    if (challenge) {
        printf("WWW-Authenticate: %s\n", challenge);
    }
    if (btv_result_retry_after_s(r) > 0) {
        printf("Retry-After: %d\n", btv_result_retry_after_s(r));
    }
    fprintf(stderr, "%s %s\n", btv_error_code(btv_result_error(r)), btv_result_detail(r));
    return 1;
}

int main(int argc, char **argv)
{
    curl_global_init(CURL_GLOBAL_DEFAULT); /* the program's, once */
    struct btv_validator *v = make_validator();
    struct btv_result *r = btv_result_new(); /* one a thread, used again and again */
    int status = 2;
    if (v && r) {
        btv_validator_start(v, 5000); /* without keys it goes on trying, and requests get 503 */
        status = handle(v, r, argc > 1 ? argv[1] : NULL);
    }
    btv_result_free(r);
    btv_validator_free(v);
    curl_global_cleanup();
    return status;
}
