/* Texts that take long to make and are asked for again: remembered by all that they were made of.
 */
#ifndef MOCKIDP_PLATFORM_MEMO_H
#define MOCKIDP_PLATFORM_MEMO_H

#include <stdbool.h>
#include <stddef.h>

/* struct memo locks itself. */
struct memo;

/* memo_new returns a newly allocated, empty memo, or NULL. memo_free takes NULL. */
struct memo *memo_new(void);
void memo_free(struct memo *memo);

/*
 * memo_find returns a newly allocated copy of the text that was made of exactly these octets, with
 * a NUL behind it, and stores its length; NULL when it is not remembered.
 */
char *memo_find(struct memo *memo, const void *made_of, size_t made_of_len, size_t *len);

/* memo_keep copies a text in, in place of one that was not asked for longer. Without memory, or
 * when it is over 64 KiB, it is not kept. */
void memo_keep(struct memo *memo, const void *made_of, size_t made_of_len, const char *text,
               size_t len);

#endif
