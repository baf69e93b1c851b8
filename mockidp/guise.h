/* The host names that the mock goes by beside localhost: what --as says. */
#ifndef MOCKIDP_GUISE_H
#define MOCKIDP_GUISE_H

#include <stdbool.h>
#include <stddef.h>

enum { GUISE_NAMES_MAX = 8, GUISE_NAME_MAX = 253 /* RFC 1035 §2.3.4, without the final dot */ };

/* struct guise: zeroed goes by no other name. */
struct guise {
    char *text;                             /* holds the names */
    const char *names[GUISE_NAMES_MAX + 1]; /* in lower case, NULL-terminated; the first is the one
                                               that URLs and issuers speak of */
    char *url;                              /* "https://" and the first name; NULL without names */
};

/*
 * guise_parse reads "NAME[,NAME]…": DNS host names, without scheme, port or wildcard. NULL leaves
 * the guise zeroed. Returns false with a sentence in `why`; guise_clear is fine all the same.
 */
bool guise_parse(const char *text, struct guise *guise, char *why, size_t cap);

/* guise_clear frees what guise_parse made. */
void guise_clear(struct guise *guise);

#endif
