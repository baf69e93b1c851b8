/* The frame that the token and the device code endpoints share. */
#include "mockidp/endpoints/form.h"

#include "mockidp/endpoints/tenant.h"
#include "mockidp/mint/encode.h"
#include "mockidp/platform/clock.h"
#include "mockidp/platform/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FPC_LIFETIME_S = 30 * 86400 };

/* client_sent says whether a parameter, or a header of that name, is there. */
static bool client_sent(const struct http_request *request, const char *name)
{
    return http_params_get(&request->form, name) || http_request_header(request, name);
}

/* Entra's ids of the browser, for thirty days, and of the exchange: new with each answer, and read
 * by nobody. */
static void set_ids(struct idp_context *context, struct http_response *response)
{
    unsigned char random[32];
    char expires[40] = "";
    char line[200];
    struct tm utc;
    time_t end = (time_t)clock_now(context->clock) + FPC_LIFETIME_S;
    rng_bytes(context->rng, random, sizeof random);
    char *browser = mint_base64url(random, 16);
    char *exchange = mint_base64url(random + 16, 16);
    if (gmtime_r(&end, &utc)) {
        (void)strftime(expires, sizeof expires, "%a, %d-%b-%Y %H:%M:%S GMT", &utc);
    }
    (void)snprintf(line, sizeof line,
                   "fpc=A%s; expires=%s; path=/; secure; HttpOnly; SameSite=None",
                   browser ? browser : "", expires);
    response_header(response, "Set-Cookie", line);
    (void)snprintf(line, sizeof line,
                   "esctx=PAQABAAEAAAA%sgAA; path=/; secure; HttpOnly; SameSite=None",
                   exchange ? exchange : "");
    response_header(response, "Set-Cookie", line);
    free(browser);
    free(exchange);
}

/* What Entra's token endpoint sends beside: cookies of its gateway, an answer to telemetry, and to
 * pages of other origins what they may do. */
static void set_headers(struct idp_context *context, const struct http_request *request,
                        int refused, struct http_response *response)
{
    char telemetry[40];
    set_ids(context, response);
    response_header(response, "Set-Cookie",
                    "x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly");
    response_header(response, "Set-Cookie",
                    "stsservicecookie=estsfd; path=/; secure; samesite=none; httponly");
    if (client_sent(request, "x-client-current-telemetry") ||
        client_sent(request, "x-client-last-telemetry")) {
        (void)snprintf(telemetry, sizeof telemetry, "1,%d,0,,", refused);
        response_set_header(response, "x-ms-clitelem", telemetry);
    }
    if (http_request_header(request, "Origin")) {
        response_set_header(response, "Access-Control-Allow-Methods", "POST, OPTIONS");
        response_set_header(response, "x-ms-srs", "1.P");
        response_set_header(response, "Referrer-Policy", "strict-origin-when-cross-origin");
    }
}

void form_serve(struct idp_context *context, const struct http_request *request,
                struct http_response *response, int version, const struct form_steps *steps)
{
    struct tenant_choice t = {.tenant = NULL};
    bool found = tenant_find(context, request, &t);
    struct grant g = {.context = context,
                      .request = request,
                      .parameters = &request->form,
                      .tenant = t.tenant,
                      .work_only = t.work_only,
                      .endpoint_version = version};
    if (!found) {
        tenant_refuse(request, &g.refusal);
    }
    if (found && steps->read(&g) == 0) {
        steps->answer(&g, response);
    } else {
        oauth_error_respond(context, request, &g.refusal, response);
    }
    set_headers(context, request, g.refusal.number, response);
}

void form_set_number(const struct grant *grant, json_t *body, const char *name, int64_t value)
{
    json_object_set_new(body, name,
                        grant->endpoint_version == 1 ? json_sprintf("%lld", (long long)value)
                                                     : json_integer(value));
}
