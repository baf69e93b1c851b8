/* Walking lists of words, and adding to them. */
#include "mockidp/platform/words.h"

#include <stdio.h>
#include <string.h>

/* Moves behind a word and the blank that follows, and returns the word's length. */
static size_t step(const char **at)
{
    size_t len = strcspn(*at, " ");
    *at += len;
    *at += **at == ' ';
    return len;
}

bool words_next(const char **at, char *word, size_t cap)
{
    *at += strspn(*at, " ");
    const char *begin = *at;
    if (!*begin) {
        return false;
    }
    (void)snprintf(word, cap, "%.*s", (int)step(at), begin);
    return true;
}

bool words_have(const char *words, const char *word)
{
    size_t len = strlen(word);
    while (*words) {
        const char *begin = words;
        if (step(&words) == len && strncmp(begin, word, len) == 0) {
            return true;
        }
    }
    return false;
}

bool words_join(char *words, size_t cap, const char *more)
{
    char word[WORDS_WORD_CAP];
    while (*more) {
        const char *begin = more;
        size_t len = step(&more);
        size_t used = strlen(words);
        (void)snprintf(word, sizeof word, "%.*s", (int)len, begin);
        if (len == 0 || words_have(words, word)) {
            continue;
        }
        if (len >= sizeof word || used + len + 2 > cap) {
            return false;
        }
        (void)snprintf(words + used, cap - used, "%s%s", used > 0 ? " " : "", word);
    }
    return true;
}
