/* Lists of words with blanks between: scopes (RFC 6749 §3.3), response types, notes. */
#ifndef MOCKIDP_PLATFORM_WORDS_H
#define MOCKIDP_PLATFORM_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* words_next copies the next word from `*at` to `word`, cut to what fits, and moves behind it.
 * False when nothing is left but blanks: no word is empty. */
bool words_next(const char **at, char *word, size_t cap);

/* words_have says whether a list has a word. */
bool words_have(const char *words, const char *word);

/* words_join adds to a list in `cap` octets the words of another that it lacks; false when one does
 * not fit, or has WORDS_WORD_CAP octets or more. */
enum { WORDS_WORD_CAP = 200 };
bool words_join(char *words, size_t cap, const char *more);

#endif
