/* From the Authorization line to the answer: scheme, token, algorithm, crit, key and signature,
 * claims. */
#include "conformance/adapters/mutant_validator.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longer tokens are refused unread, as Microsoft.IdentityModel does. */
#define TOKEN_MAX 256000

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

/* ---- the token in the request ---- */

/* b64token of RFC 6750 §2.1: what a token may be made of. */
static bool token_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~+/=", c) != NULL);
}

/* Leaves the run of token characters; the flaw "trims-token" goes through quotes and brackets for
 * it. */
static bool trim_token(enum mutant_flaw flaw, struct mutant_line *token)
{
    while (flaw == MUTANT_TRIMS_TOKEN && token->len > 0 && !token_character(*token->text)) {
        token->text++;
        token->len--;
    }
    size_t run = 0;
    while (run < token->len && (token_character(token->text[run]) || flaw == MUTANT_SKIPS_JUNK)) {
        run++;
    }
    if (flaw == MUTANT_TRIMS_TOKEN) {
        token->len = run;
    }
    return run == token->len && run > 0;
}

static bool scheme_is_bearer(enum mutant_flaw flaw, const struct mutant_line *line, size_t len)
{
    if (flaw == MUTANT_ANY_SCHEME) {
        return true;
    }
    if (flaw == MUTANT_CASE_SENSITIVE_SCHEME) {
        return len == 6 && memcmp(line->text, "Bearer", 6) == 0;
    }
    return len == 6 && strncasecmp(line->text, "bearer", 6) == 0; /* RFC 9110 §11.1 */
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* White space around a value is not part of it (RFC 9110 §5.5). */
static struct mutant_line trim_blanks(struct mutant_line line)
{
    while (line.len > 0 && blank(line.text[0])) {
        line.text++;
        line.len--;
    }
    while (line.len > 0 && blank(line.text[line.len - 1])) {
        line.len--;
    }
    return line;
}

/* Finds the one token of the request. Returns false with *answer set when there is none, or more
 * than one. */
static bool find_token(enum mutant_flaw flaw, const struct mutant_request *request,
                       struct mutant_line *token, struct mutant_answer *answer)
{
    if (flaw == MUTANT_ACCEPTS_TOKEN_IN_QUERY && request->query_token != NULL) {
        *token = (struct mutant_line){request->query_token, strlen(request->query_token)};
        return true;
    }
    const struct mutant_line trimmed =
        request->count > 0 ? trim_blanks(request->lines[0]) : (struct mutant_line){NULL, 0};
    const struct mutant_line *line = &trimmed;
    *answer = refusal(401, NULL);
    if (line->len == 0) {
        return false;
    }
    size_t scheme = 0;
    while (scheme < line->len && line->text[scheme] != ' ') {
        scheme++;
    }
    bool several = request->count > 1 && flaw != MUTANT_FIRST_HEADER_WINS;
    if (!several && !scheme_is_bearer(flaw, line, scheme)) {
        return false; /* another scheme: these are no bearer credentials */
    }
    *answer = refusal(400, "invalid_request");
    size_t start = scheme;
    while (start < line->len && line->text[start] == ' ') { /* 1*SP */
        start++;
    }
    *token = (struct mutant_line){line->text + start, line->len - start};
    if (several) {
        return false;
    }
    /* what stands where a token should is a bad token; nothing there is none at all */
    *answer = token->len > 0 ? invalid_token() : refusal(401, NULL);
    return token->len <= TOKEN_MAX && trim_token(flaw, token);
}

/* ---- the header ---- */

/* RFC 7515 §4.1.11: this validator understands no extension, so any crit refuses the token. */
static bool header_fits(enum mutant_flaw flaw, const json_t *header)
{
    const char *alg = json_string_value(json_object_get(header, "alg"));
    const json_t *b64 = json_object_get(header, "b64");
    if (alg == NULL || (json_object_get(header, "crit") != NULL && flaw != MUTANT_IGNORES_CRIT)) {
        return false;
    }
    if (json_object_get(header, "enc") != NULL) { /* RFC 7516 §9: that would be a JWE */
        return false;
    }
    return b64 == NULL || flaw == MUTANT_IGNORES_CRIT; /* RFC 7797 §7: not in a JWT */
}

/* ---- the whole ---- */

static struct mutant_answer answer_claims(const struct mutant_validator *v, const json_t *claims,
                                          int64_t now)
{
    switch (mutant_claims_check(v->flaw, &v->policy, claims, now)) {
    case MUTANT_CLAIMS_RIGHT: return (struct mutant_answer){.status = 200};
    case MUTANT_SCOPE_MISSING:
        return v->flaw == MUTANT_SCOPE_MISSING_401 ? invalid_token()
                                                   : refusal(403, "insufficient_scope");
    default: return invalid_token();
    }
}

static struct mutant_answer answer_token(struct mutant_validator *v, const struct mutant_line *text,
                                         int64_t now)
{
    struct mutant_token token;
    struct mutant_answer answer = unreadable(v->flaw);
    if (mutant_token_split(v->flaw, text->text, text->len, &token) == 0) {
        enum mutant_proof proof = header_fits(v->flaw, token.header)
                                      ? mutant_keys_prove(&v->keys, &token, now)
                                      : MUTANT_FORGED;
        if (proof == MUTANT_NO_KEYS) {
            answer = (struct mutant_answer){.status = 503};
        } else if (proof == MUTANT_FORGED) {
            answer = invalid_token();
        } else if (mutant_token_payload(v->flaw, &token) == 0) {
            answer = answer_claims(v, token.payload, now);
        }
    }
    mutant_token_clear(&token);
    return answer;
}

static bool remembered(const struct mutant_validator *v, const struct mutant_line *token)
{
    return v->flaw == MUTANT_CACHES_VERDICTS && v->accepted != NULL &&
           strlen(v->accepted) == token->len && memcmp(v->accepted, token->text, token->len) == 0;
}

struct mutant_answer mutant_validator_decide(struct mutant_validator *v,
                                             const struct mutant_request *request, int64_t now)
{
    struct mutant_answer answer;
    struct mutant_line token;
    if (!find_token(v->flaw, request, &token, &answer)) {
        answer.challenge = v->flaw != MUTANT_NO_CHALLENGE;
        return answer;
    }
    if (remembered(v, &token)) {
        return (struct mutant_answer){.status = 200};
    }
    answer = answer_token(v, &token, now);
    if (answer.status == 200) {
        free(v->accepted);
        v->accepted = strndup(token.text, token.len);
    }
    answer.challenge = answer.challenge && v->flaw != MUTANT_NO_CHALLENGE;
    return answer;
}

void mutant_validator_clear(struct mutant_validator *v)
{
    mutant_keys_clear(&v->keys);
    free(v->accepted);
    v->accepted = NULL;
}
