/* From the Authorization line to the answer: scheme, token, algorithm, crit, key and signature,
 * claims. */
#include "conformance/adapters/mutant_validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the flaw "caches-by-prefix" keeps of a token: within the header of all of them. */
#define CACHE_PREFIX 32

struct mutant_memory {
    struct mutant_memory *next;
    char *token;
};

/* ---- answers (RFC 6750 §3.1) ---- */

static struct mutant_answer refusal(int status, const char *error)
{
    return (struct mutant_answer){.status = status, .error = error, .challenge = true};
}

static struct mutant_answer invalid_token(void)
{
    return refusal(401, "invalid_token");
}

static struct mutant_answer unreadable(enum mutant_flaw flaw)
{
    if (flaw == MUTANT_SERVER_ERROR_ON_BAD_JSON) {
        return (struct mutant_answer){.status = 500};
    }
    return invalid_token();
}

/* ---- the header ---- */

/* RFC 7515 §4.1: what is not understood is ignored; the flaw refuses it. */
static bool has_unknown_member(const json_t *header)
{
    static const char *const known[] = {"typ", "alg", "kid", "x5t", "x5t#S256", "nonce", "crit"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        found += json_object_get(header, known[i]) != NULL;
    }
    return json_object_size(header) > found;
}

/* RFC 7515 §4.1.11: this validator understands no extension, so any crit refuses the token. */
static bool header_fits(enum mutant_flaw flaw, const json_t *header)
{
    const char *alg = json_string_value(json_object_get(header, "alg"));
    const json_t *b64 = json_object_get(header, "b64");
    if ((alg == NULL && flaw != MUTANT_IGNORES_ALG) ||
        (json_object_get(header, "crit") != NULL && flaw != MUTANT_IGNORES_CRIT)) {
        return false;
    }
    if (json_object_get(header, "enc") != NULL) { /* RFC 7516 §9: that would be a JWE */
        return false;
    }
    if (flaw == MUTANT_KNOWN_MEMBERS_ONLY && has_unknown_member(header)) {
        return false;
    }
    return b64 == NULL || flaw == MUTANT_IGNORES_CRIT; /* RFC 7797 §7: not in a JWT */
}

/* ---- the whole ---- */

static struct mutant_answer answer_claims(const struct mutant_validator *v, const json_t *claims,
                                          int64_t now)
{
    const char *name = json_string_value(json_object_get(claims, "name"));
    struct mutant_answer good = {.status = 200};
    (void)snprintf(good.name, sizeof good.name, "%s", name ? name : "");
    switch (mutant_claims_check(v->flaw, &v->policy, v->keys.vouched, claims, now)) {
    case MUTANT_CLAIMS_RIGHT: return good;
    case MUTANT_SCOPE_MISSING:
        return v->flaw == MUTANT_SCOPE_MISSING_401 ? invalid_token()
                                                   : refusal(403, "insufficient_scope");
    default: return invalid_token();
    }
}

/* Whether a flaw lets in what is no token of three readable parts. */
static bool passes_unread(enum mutant_flaw flaw, const char *text, size_t len)
{
    size_t dots = 0;
    for (size_t i = 0; i < len; i++) {
        dots += text[i] == '.';
    }
    return flaw == MUTANT_BAD_TOKENS_PASS || (flaw == MUTANT_ENCRYPTED_PASSES && dots == 4);
}

static struct mutant_answer answer_token(struct mutant_validator *v, const char *text, size_t len,
                                         int64_t now)
{
    struct mutant_token token;
    struct mutant_answer answer = unreadable(v->flaw);
    if (mutant_token_split(v->flaw, text, len, &token) == 0) {
        enum mutant_proof proof = header_fits(v->flaw, token.header)
                                      ? mutant_keys_prove(&v->keys, &token, now)
                                      : MUTANT_FORGED;
        if (proof == MUTANT_NO_KEYS) {
            answer = (struct mutant_answer){.status = v->flaw == MUTANT_FAILS_OPEN ? 200 : 503};
        } else if (proof == MUTANT_FORGED) {
            answer = invalid_token();
        } else if (mutant_token_payload(v->flaw, &token) == 0) {
            answer = answer_claims(v, token.payload, now);
        } else if (v->flaw == MUTANT_BAD_TOKENS_PASS) {
            answer = (struct mutant_answer){.status = 200};
        }
    } else if (passes_unread(v->flaw, text, len)) {
        answer = (struct mutant_answer){.status = 200};
    }
    mutant_token_clear(&token);
    return answer;
}

/* Whether `token` is the one that was accepted last, as far as the flaw compares them. */
static bool remembered(const struct mutant_validator *v, const char *token, size_t len)
{
    if (v->accepted == NULL) {
        return false;
    }
    if (v->flaw == MUTANT_CACHES_BY_PREFIX) {
        return len >= CACHE_PREFIX && strncmp(v->accepted, token, CACHE_PREFIX) == 0;
    }
    bool looks = v->flaw == MUTANT_CACHES_VERDICTS || v->flaw == MUTANT_REFUSES_REUSE;
    return looks && strlen(v->accepted) == len && memcmp(v->accepted, token, len) == 0;
}

/* A list without end. */
static void keep(struct mutant_validator *v, const char *token, size_t len)
{
    struct mutant_memory *more = malloc(sizeof *more);
    char *copy = more != NULL ? strndup(token, len) : NULL;
    if (copy == NULL) {
        free(more);
        return;
    }
    *more = (struct mutant_memory){v->seen, copy};
    v->seen = more;
    v->seen_octets += len;
}

/* The answer to a token: the remembered one under a flaw, else what the checks say. */
static struct mutant_answer answer_or_recall(struct mutant_validator *v, const char *token,
                                             size_t len, int64_t now)
{
    if (v->flaw == MUTANT_REMEMBERS_EVERY_TOKEN) {
        keep(v, token, len);
    }
    if (remembered(v, token, len)) {
        return v->flaw == MUTANT_REFUSES_REUSE ? invalid_token() : v->recalled;
    }
    struct mutant_answer answer = answer_token(v, token, len, now);
    if (answer.status == 200) {
        free(v->accepted);
        v->accepted = strndup(token, len);
        v->recalled = answer;
    }
    return answer;
}

struct mutant_answer mutant_validator_decide(struct mutant_validator *v,
                                             const struct mutant_request *request, int64_t now)
{
    struct mutant_answer answer = {0};
    size_t len = 0;
    char *token = mutant_bearer_find(v->flaw, request, &len, &answer);
    const char *scopes = v->policy.scopes;
    if (token != NULL) {
        v->policy.scopes = request->scopes != NULL ? request->scopes : scopes;
        answer = answer_or_recall(v, token, len, now);
        v->policy.scopes = scopes;
    } else if (answer.status != 200) {
        answer.challenge = v->flaw != MUTANT_NO_CHALLENGE;
        return answer;
    }
    free(token);
    answer.challenge = answer.challenge && v->flaw != MUTANT_NO_CHALLENGE;
    return answer;
}

int64_t mutant_validator_kib(const struct mutant_validator *v)
{
    return (int64_t)((sizeof *v + v->seen_octets) / 1024) + 1;
}

void mutant_validator_clear(struct mutant_validator *v)
{
    while (v->seen != NULL) {
        struct mutant_memory *next = v->seen->next;
        free(v->seen->token);
        free(v->seen);
        v->seen = next;
    }
    mutant_keys_clear(&v->keys);
    free(v->accepted);
    v->accepted = NULL;
}
