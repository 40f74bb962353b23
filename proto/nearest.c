#include "proto/nearest.h"

#include <string.h>

enum {
    ROW = NEAREST_WORD_BYTES_MAX + 1,
};

static char plain(char letter)
{
    if (letter >= 'A' && letter <= 'Z') return (char)(letter - 'A' + 'a');
    return letter == '-' ? '_' : letter;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with swaps of neighbours (optimal string alignment), three rows at a time. */
static size_t slips(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][ROW];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t other = plain(a[i - 1]) != plain(b[j - 1]);
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + other);
            if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) &&
                plain(a[i - 2]) == plain(b[j - 1]))
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    if (length == 0 || length > NEAREST_WORD_BYTES_MAX) return NULL;
    size_t allowed = length <= 2 ? 1 : (length + 2) / 3;
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *candidate = candidates[i];
        size_t candidate_length = candidate ? strlen(candidate) : 0;
        if (candidate_length == 0 || candidate_length > NEAREST_WORD_BYTES_MAX) continue;
        size_t distance = slips(word, length, candidate, candidate_length);
        if (distance > allowed || distance >= candidate_length) continue;
        found = candidate;
        if (distance == 0) break;
        allowed = distance - 1;
    }
    return found;
}
