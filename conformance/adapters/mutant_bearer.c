/* Scheme, one token, its characters, and the flaws that find a token where there is none. */
#include "conformance/adapters/mutant_bearer.h"

#include "conformance/adapters/mutant_spelling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longer tokens are refused unread, as Microsoft.IdentityModel does. */
#define TOKEN_MAX 256000

static const char bearer[] = "bearer";
enum { BEARER_LEN = sizeof bearer - 1 };

static struct mutant_answer refusal(int status, const char *error)
{
    return (struct mutant_answer){.status = status, .error = error, .challenge = true};
}

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
        return len == BEARER_LEN && memcmp(line->text, "Bearer", BEARER_LEN) == 0;
    }
    /* RFC 9110 §11.1 */
    return len == BEARER_LEN && strncasecmp(line->text, bearer, BEARER_LEN) == 0;
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

/* Where a flaw lets the token begin although no scheme and space stand before it; 0: nowhere. */
static size_t loose_start(enum mutant_flaw flaw, const struct mutant_line *line, size_t scheme)
{
    bool word = line->len > BEARER_LEN && strncasecmp(line->text, bearer, BEARER_LEN) == 0;
    if (flaw == MUTANT_GLUED_SCHEME && word && scheme == line->len) {
        return BEARER_LEN + (strchr(":=,", line->text[BEARER_LEN]) != NULL ? 1 : 0);
    }
    return 0;
}

/* The value behind the scheme; false when these are no bearer credentials. */
static bool behind_scheme(enum mutant_flaw flaw, const struct mutant_line *line, bool several,
                          struct mutant_line *token)
{
    size_t scheme = 0;
    while (scheme < line->len && line->text[scheme] != ' ') {
        scheme++;
    }
    size_t start = loose_start(flaw, line, scheme);
    if (start == 0 && flaw == MUTANT_SCHEME_OPTIONAL && scheme == line->len) {
        *token = *line;
        return true;
    }
    if (start == 0 && !several && !scheme_is_bearer(flaw, line, scheme)) {
        return false; /* another scheme: these are no bearer credentials */
    }
    start = start > 0 ? start : scheme;
    while (start < line->len && line->text[start] == ' ') { /* 1*SP */
        start++;
    }
    *token = (struct mutant_line){line->text + start, line->len - start};
    return true;
}

static char *copy_of(const struct mutant_line *token, size_t *len)
{
    char *copy = malloc(token->len + 1);
    if (copy != NULL) {
        memcpy(copy, token->text, token->len);
        copy[token->len] = '\0';
        *len = token->len;
    }
    return copy;
}

/* A token in one of the spellings that a flaw takes for the compact form; else the token itself. */
static char *spelled(enum mutant_flaw flaw, struct mutant_line *token, size_t *len)
{
    char *other = mutant_spelling_mend(flaw, token->text, token->len, len);
    if (other != NULL) {
        return other;
    }
    bool fits = token->len <= TOKEN_MAX || flaw == MUTANT_UNLIMITED_SIZE;
    return fits && trim_token(flaw, token) ? copy_of(token, len) : NULL;
}

char *mutant_bearer_find(enum mutant_flaw flaw, const struct mutant_request *request, size_t *len,
                         struct mutant_answer *answer)
{
    static const struct mutant_line none = {NULL, 0};
    struct mutant_line token = none;
    if (flaw == MUTANT_ACCEPTS_TOKEN_IN_QUERY && request->query_token != NULL) {
        token = (struct mutant_line){request->query_token, strlen(request->query_token)};
        return copy_of(&token, len);
    }
    const struct mutant_line line = request->count > 0 ? trim_blanks(request->lines[0]) : none;
    *answer = refusal(401, NULL);
    if (line.len == 0) {
        bool in = flaw == (request->count > 0 ? MUTANT_EMPTY_VALUE_PASSES : MUTANT_NOBODY_PASSES);
        answer->status = in ? 200 : answer->status;
        return NULL;
    }
    bool several = request->count > 1 && flaw != MUTANT_FIRST_HEADER_WINS;
    if (!behind_scheme(flaw, &line, several, &token)) {
        return NULL;
    }
    if (several) {
        *answer = refusal(400, "invalid_request");
        return NULL;
    }
    errno = 0;
    /* what stands where a token should is a bad token; nothing there is none at all */
    *answer = token.len > 0 ? refusal(401, "invalid_token") : refusal(401, NULL);
    if (token.len == 0 && flaw == MUTANT_EMPTY_TOKEN_PASSES) {
        answer->status = 200;
    }
    char *found = spelled(flaw, &token, len);
    bool starved = found == NULL && token.len > 0 && errno == ENOMEM;
    if (starved && flaw == MUTANT_LETS_IN_WITHOUT_MEMORY) {
        answer->status = 200;
    }
    return found;
}
