/*
 * nearest - which known word a mistyped one was meant to be.
 *
 * Pure.
 */
#ifndef PLENARY_DAEMON_NEAREST_H
#define PLENARY_DAEMON_NEAREST_H

#include <stddef.h>

/* The one of `count` words that differs from `word` by the fewest letters, where that is a third
 * of them or fewer; NULL: none is near. */
const char *nearest_word(const char *word, const char *const *words, size_t count);

#endif
