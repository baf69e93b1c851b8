/* Spellings of a token that are not the compact form, and that a flaw reads all the same. */
#ifndef CONFORMANCE_ADAPTERS_MUTANT_SPELLING_H
#define CONFORMANCE_ADAPTERS_MUTANT_SPELLING_H

#include "conformance/adapters/mutant_flaws.h"

#include <stddef.h>

/*
 * mutant_spelling_mend returns the compact form of `text` where the flaw takes it for a spelling of
 * one (percent-encoding, other full stops, other characters in between, RFC 7515 §7.2 JSON), newly
 * allocated with its length in *len; NULL when it is none or the flaw is another.
 */
char *mutant_spelling_mend(enum mutant_flaw flaw, const char *text, size_t text_len, size_t *len);

#endif
