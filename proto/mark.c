#include "proto/mark.h"

#include <assert.h>
#include <string.h>

enum {
    FACET_BYTES = 5, /* of "word=", "stem=" */
    MARK_SIGN = '/',
};

static const char letters[] = {[TEXT_REST] = '\0', [TEXT_NAME] = 'n', [TEXT_TITLE] = 't'};

bool mark_fits(const char *key, size_t length)
{
    return length > FACET_BYTES &&
           (memcmp(key, "word=", FACET_BYTES) == 0 || memcmp(key, "stem=", FACET_BYTES) == 0);
}

size_t mark_put(char *key, size_t length, TextWeight weight)
{
    assert(weight < sizeof letters);
    if (!letters[weight]) return length;
    key[length] = MARK_SIGN;
    key[length + 1] = letters[weight];
    return length + MARK_BYTES_MAX;
}

size_t mark_cut(const char *key, size_t length, TextWeight *weight)
{
    *weight = TEXT_REST;
    if (!mark_fits(key, length) || length < FACET_BYTES + MARK_BYTES_MAX) return length;
    const char *mark = key + length - MARK_BYTES_MAX;
    if (mark[0] != MARK_SIGN) return length;
    *weight = mark[1] == letters[TEXT_TITLE] ? TEXT_TITLE : TEXT_NAME;
    return length - MARK_BYTES_MAX;
}
