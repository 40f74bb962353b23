#include "daemon/nearest.h"

#include <string.h>

enum {
    LETTERS_MAX = 64,
};

static size_t least(size_t one, size_t two, size_t three)
{
    size_t less = one < two ? one : two;
    return less < three ? less : three;
}

/* Letters to insert, delete or replace (Levenshtein); `from` has at most LETTERS_MAX. */
static size_t distance(const char *from, const char *to)
{
    size_t row[LETTERS_MAX + 1];
    size_t length = strlen(from);
    for (size_t i = 0; i <= length; i++)
        row[i] = i;
    for (size_t j = 1; *to; j++, to++) {
        size_t diagonal = row[0];
        row[0] = j;
        for (size_t i = 1; i <= length; i++) {
            size_t above = row[i];
            row[i] = least(above + 1, row[i - 1] + 1, diagonal + (from[i - 1] != *to));
            diagonal = above;
        }
    }
    return row[length];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
    const char *found = NULL;
    size_t length = strlen(word);
    size_t bound = length / 3 + 1; /* the first that is too far */
    if (length > LETTERS_MAX) return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t letters = distance(word, words[i]);
        if (letters < bound) {
            bound = letters;
            found = words[i];
        }
    }
    return found;
}
