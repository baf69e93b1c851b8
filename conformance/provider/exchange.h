/* Requests of a case: from data to an exchange with the issuer. */
#ifndef CONFORMANCE_PROVIDER_EXCHANGE_H
#define CONFORMANCE_PROVIDER_EXCHANGE_H

#include "conformance/provider/http.h"
#include "conformance/provider/match.h"

/* How a request went. */
enum cf_sending {
    CF_SENT,
    CF_LACKING, /* a name is not there: m->values->lacking */
    CF_BROKEN,  /* no whole answer, or the request is nonsense: `why` */
};

/* struct cf_exchange is what a request needs and what comes of it. */
struct cf_exchange {
    struct cf_client *client; /* borrowed */
    struct cf_matching *m;    /* borrowed */
    json_t *answer;           /* of the last request (answer.h); owned */
    json_t *shown;            /* what was sent, for the report, without secrets; owned */
    char *url;                /* that was asked; owned */
    char why[CF_REASON_CAP];
};
void cf_exchange_cleanup(struct cf_exchange *x);

/*
 * cf_exchange_send sends one request: {"get"|"post"|"options"|"put"|"delete"|"head": path or URL,
 * "query", "form": {name: text}, "headers": {name: text}, "basic": [id, secret], "assertion": {…}
 * (assertion.h), "body": text, "type": its media type}. Texts may have names in them; a path begins
 * with a slash and stands behind ${base}. Values of form and query are percent-encoded here.
 */
enum cf_sending cf_exchange_send(struct cf_exchange *x, const json_t *request);

/*
 * cf_exchange_sign_in sends a request for a page and goes on as a browser does until it is led away
 * from the issuer: fills in the fields that the profile names in "sign_in" ("fields", or "cancel"
 * with "cancel": true), as the user `as` of the profile ("user").
 */
enum cf_sending cf_exchange_sign_in(struct cf_exchange *x, const json_t *sign_in);

#endif
