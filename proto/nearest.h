/*
 * nearest - the name that was probably meant: "did you mean".
 *
 * Pure; any thread.
 */
#ifndef PLENARY_PROTO_NEAREST_H
#define PLENARY_PROTO_NEAREST_H

#include <stddef.h>

enum {
    NEAREST_WORD_BYTES_MAX = 64, /* longer words are near to nothing */
};

/* The candidate with the fewest slips (a letter more, less, other, or two swapped) from `word`, if
 * they are few enough for its length; the first of equals. Case does not count, and '-' is '_'.
 * NULL: none is near. Candidates may be NULL: they are passed over. */
const char *nearest(const char *word, const char *const *candidates, size_t count);

#endif
