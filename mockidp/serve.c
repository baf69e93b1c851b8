/* The way of one request: what it is, which fault strikes it, who answers it, and what is written
 * down about it. */
#include "mockidp/serve.h"

#include "mockidp/admin/admin.h"
#include "mockidp/admin/journal.h"
#include "mockidp/edition.h"
#include "mockidp/endpoints/authorize.h"
#include "mockidp/endpoints/routes.h"
#include "mockidp/errors/oauth_error.h"
#include "mockidp/faults/apply.h"
#include "mockidp/faults/facts.h"
#include "mockidp/faults/ruleset.h"
#include "mockidp/grants/access.h"
#include "mockidp/http/router.h"
#include "mockidp/platform/clock.h"
#include "mockidp/state/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum visit_kind { VISIT_ROUTE, VISIT_ADMIN, VISIT_REFUSED };

/* struct visit is what is known of one request between begin and end. */
struct visit {
    enum visit_kind kind;
    const struct route *row;
    enum route_outcome outcome;
    char allow[64];
    struct edition *edition;
    struct idp_context context;
    struct journal_entry entry;
    struct fault_decision fault;
    int64_t began_us;
};

static int64_t real_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* canary_answer: whoever comes here followed a URL that a token brought along (jku, x5u, iss,
 * _claim_sources). */
static void canary_answer(struct idp_context *context, const struct http_request *request,
                          struct http_response *response)
{
    journal_note_detail(context->journal, http_request_capture(request, "id"));
    response_json(response, 200, json_pack("{s:[]}", "keys"));
}

static const struct route canary_routes[] = {
    {"GET", "/_canary/{id*}", "canary", "", canary_answer},
    {"POST", "/_canary/{id*}", "canary", "", canary_answer},
};

/* find_row looks the request up: the admin calls, the canary, the endpoints. */
static void find_row(struct visit *visit, struct http_request *request)
{
    if (request->segment_count > 0 && strcmp(request->segments[0], "_admin") == 0) {
        visit->kind = VISIT_ADMIN;
        visit->outcome = ROUTE_FOUND;
        return;
    }
    visit->outcome = router_find(canary_routes, sizeof canary_routes / sizeof *canary_routes,
                                 request, &visit->row, visit->allow, sizeof visit->allow);
    if (visit->outcome == ROUTE_NO_PATH) {
        visit->outcome = router_find(idp_routes, idp_route_count, request, &visit->row,
                                     visit->allow, sizeof visit->allow);
    }
    visit->kind = visit->outcome == ROUTE_FOUND ? VISIT_ROUTE : VISIT_REFUSED;
}

static void fill_context(struct serve_parts *parts, struct visit *visit,
                         const struct http_request *request)
{
    const char *origin = request == NULL ? NULL : request->origin;

    visit->edition = shelf_take(parts->shelf);
    visit->context = (struct idp_context){.directory = visit->edition->directory,
                                          .answers = visit->edition->answers,
                                          .keyring = parts->keyring,
                                          .clock = parts->clock,
                                          .rng = parts->rng,
                                          .state = parts->state,
                                          .origin = parts->public_url != NULL ? parts->public_url
                                                    : origin != NULL          ? origin
                                                                     : parts->default_origin,
                                          .default_origin = parts->default_origin,
                                          .http_origin = parts->http_origin,
                                          .https_origin = parts->https_origin,
                                          .names = parts->names,
                                          .sign_in = parts->sign_in,
                                          .journal = request == NULL ? NULL : &visit->entry,
                                          .faults = parts->faults,
                                          .history = parts->history,
                                          .admin = &parts->admin,
                                          .ca_pem = parts->ca_pem};
}

static void fill_entry(struct visit *visit, const struct server_exchange *exchange, int64_t now)
{
    struct journal_entry *entry = &visit->entry;

    entry->endpoint = visit->kind == VISIT_ADMIN   ? "admin"
                      : visit->kind == VISIT_ROUTE ? visit->row->endpoint
                                                   : "other";
    entry->version = visit->kind == VISIT_ROUTE ? visit->row->version : "";
    entry->at = now;
    (void)snprintf(entry->listener, sizeof entry->listener, "%s",
                   exchange->secure ? "https" : "http");
    if (exchange->request != NULL) {
        journal_note_method(entry, exchange->request->method);
        journal_note_path(entry, exchange->request->path);
        journal_note_tenant(entry, http_request_capture(exchange->request, "tenant"));
    }
}

/* strike asks the fault rules, which never strike the admin calls: a rule must not lock out who can
 * lift it. */
static void strike(struct serve_parts *parts, struct visit *visit, struct server_exchange *exchange)
{
    struct fault_names names;
    struct fault_facts facts;

    fault_facts_gather(visit->entry.endpoint, exchange->request, visit->context.directory, &names,
                       &facts);
    journal_note_client(&visit->entry, names.client);
    journal_note_grant(&visit->entry, facts.grant);
    if (visit->kind == VISIT_ADMIN) {
        return;
    }
    ruleset_decide(parts->faults, &facts, clock_now(parts->clock) * 1000, &visit->fault);
    if (visit->fault.struck) {
        const struct fault_act *act = &visit->fault.act;
        journal_note_fault(&visit->entry, visit->fault.name);
        exchange->sending = (struct server_sending){.cut_after = act->truncate,
                                                    .reset = act->reset,
                                                    .drip_bytes = act->drip_bytes,
                                                    .drip_every_ms = act->drip_every_ms,
                                                    .half_close = act->half_close,
                                                    .chunked = act->framing == FAULT_CHUNKED,
                                                    .http_1_0 = act->framing == FAULT_HTTP_1_0};
        visit->context.keys_view = act->empty_keys   ? IDP_KEYS_EMPTY
                                   : act->stale_keys ? IDP_KEYS_STALE
                                                     : IDP_KEYS_TRUE;
    }
}

int64_t serve_begin(void *closure, struct server_exchange *exchange)
{
    struct serve_parts *parts = closure;
    struct visit *visit = calloc(1, sizeof *visit);

    if (visit == NULL) {
        return 0;
    }
    exchange->attached = visit;
    visit->began_us = real_us();
    find_row(visit, exchange->request);
    fill_context(parts, visit, exchange->request);
    fill_entry(visit, exchange, clock_now(parts->clock));
    strike(parts, visit, exchange);
    return visit->fault.struck ? visit->fault.act.delay_ms : 0;
}

static struct fault_place place_of(const struct serve_parts *parts, const struct visit *visit,
                                   const struct http_request *request)
{
    const char *accepted = http_request_header(request, "Accept-Encoding");

    return (struct fault_place){.origin = visit->context.origin,
                                .http_origin = parts->http_origin,
                                .accepts_gzip =
                                    accepted != NULL && strstr(accepted, "gzip") != NULL};
}

/* answer_fault writes the answer of an act that replaces the endpoint's. */
static void answer_fault(struct visit *visit, const struct fault_place *place,
                         struct server_exchange *exchange)
{
    const struct fault_act *act = &visit->fault.act;
    struct oauth_refusal refusal = {.number = 0};

    if (act->aadsts == 0 || act->reset || act->half_close) {
        fault_answer(act, place, &exchange->response);
        return;
    }
    (void)oauth_refuse(&refusal, act->aadsts, NULL, NULL);
    refusal.claims = access_claims_of(act->aadsts);
    if (strcmp(visit->entry.endpoint, "authorize") == 0) { /* people read it */
        error_page(&visit->context, exchange->request, &refusal, &exchange->response);
    } else {
        oauth_error_respond(&visit->context, exchange->request, &refusal, &exchange->response);
    }
    oauth_echo_request_id(exchange->request, &exchange->response);
    fault_adjust(act, place, &exchange->response);
}

/* revalidate: an answer with an ETag (a fault rule's) that the client has already is a 304 (RFC
 * 9110 §13.1.2). */
static void revalidate(const struct http_request *request, struct http_response *response)
{
    const char *tag = response_get_header(response, "ETag");
    const char *had = http_request_header(request, "If-None-Match");

    if (response->status == 200 && tag != NULL && had != NULL && strcmp(tag, had) == 0) {
        free(response->body);
        response->body = NULL;
        response->body_len = 0;
        response->status = 304;
    }
}

/* answer_visit lets the fault, the admin table or the endpoint write the answer. */
static void answer_visit(const struct serve_parts *parts, struct visit *visit,
                         struct server_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    bool struck = visit->fault.struck;
    struct fault_place place = place_of(parts, visit, exchange->request);

    if (struck && fault_replaces(&visit->fault.act)) {
        answer_fault(visit, &place, exchange);
        return;
    }
    if (visit->kind == VISIT_ADMIN) {
        admin_serve(&visit->context, exchange->request, response);
    } else if (visit->kind == VISIT_ROUTE) {
        visit->row->handle(&visit->context, exchange->request, response);
        oauth_echo_request_id(exchange->request, response);
    } else {
        router_refuse(visit->outcome, exchange->request, visit->allow, response);
    }
    if (struck) {
        fault_adjust(&visit->fault.act, &place, response);
        revalidate(exchange->request, response);
    }
}

/* write_down finishes the journal entry and logs it: before the answer leaves, so that who has the
 * answer finds the entry. */
static void write_down(struct serve_parts *parts, struct journal_entry *entry,
                       const struct server_exchange *exchange)
{
    bool failed = exchange->response.failed || exchange->response.status == 0;

    entry->status = exchange->sending.reset || exchange->sending.half_close ? 0
                    : failed                                                ? 500
                             : exchange->response.status;
    journal_add(parts->history, entry);
    if (parts->log != LOG_OFF) {
        json_t *line = journal_entry_json(entry);
        json_object_del(line, "seq");
        log_line(parts->log, line);
        json_decref(line);
    }
}

/* answer_malformed: a request that could not even be parsed. */
static void answer_malformed(struct serve_parts *parts, struct server_exchange *exchange)
{
    struct journal_entry entry = {
        .endpoint = "other", .version = "", .at = clock_now(parts->clock)};

    (void)snprintf(entry.listener, sizeof entry.listener, "%s",
                   exchange->secure ? "https" : "http");
    journal_note_detail(&entry, exchange->refused_why);
    response_json(&exchange->response, exchange->refused_status,
                  json_pack("{s:s, s:s}", "error", "invalid_request", "error_description",
                            exchange->refused_why));
    write_down(parts, &entry, exchange);
}

void serve_answer(void *closure, struct server_exchange *exchange)
{
    struct serve_parts *parts = closure;
    struct visit *visit = exchange->attached;

    if (exchange->request == NULL) {
        answer_malformed(parts, exchange);
        return;
    }
    if (visit == NULL) {
        exchange->response.failed = true;
        return;
    }
    answer_visit(parts, visit, exchange);
    if (!response_fit(&exchange->response, exchange->head_room)) {
        journal_note_outcome(&visit->entry, "header_too_long");
    }
    visit->entry.took_us = real_us() - visit->began_us;
    write_down(parts, &visit->entry, exchange);
}

void serve_end(void *closure, struct server_exchange *exchange)
{
    struct serve_parts *parts = closure;
    struct visit *visit = exchange->attached;

    if (visit == NULL) {
        return;
    }
    fault_decision_cleanup(&visit->fault);
    shelf_return(parts->shelf, visit->edition);
    free(visit);
    exchange->attached = NULL;
    state_tidy(parts->state);
}

enum server_tls serve_greet(void *closure, const char *sni)
{
    struct serve_parts *parts = closure;

    return (enum server_tls)ruleset_greet(parts->faults, sni, clock_now(parts->clock) * 1000);
}

json_t *serve_admin(struct serve_parts *parts, const char *method, const char *path, json_t *body,
                    int *status)
{
    const char *why = NULL;
    struct http_request *request = http_request_new(method, path, &why, status);
    struct visit visit = {.kind = VISIT_ADMIN};

    if (request == NULL) {
        return json_pack("{s:s, s:s}", "error", "bad_request", "error_description", why);
    }
    fill_context(parts, &visit, NULL);
    json_t *answer = admin_dispatch(&visit.context, request, body, status);
    shelf_return(parts->shelf, visit.edition);
    http_request_free(request);
    return answer;
}
