/*
 * mark - where a word of an event stands, at the end of the key that the word is kept under.
 *
 * "word=tren/t" stands in a title, "word=tren/n" in a name, "word=tren" in the rest; so do stems.
 * No folded word has a '/'. Pure.
 */
#ifndef PLENARY_PROTO_MARK_H
#define PLENARY_PROTO_MARK_H

#include "proto/event_texts.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MARK_BYTES_MAX = 2,
};

/* Is it the key of a word or of a stem, marked or not? Others have no mark. */
bool mark_fits(const char *key, size_t length);

/* Puts the mark behind `length` bytes of a key, which has room for it; the length of all. Not
 * NUL-terminated. */
size_t mark_put(char *key, size_t length, TextWeight weight);

/* The length without the mark, and what it says; of a key that can have none all of it. */
size_t mark_cut(const char *key, size_t length, TextWeight *weight);

#endif
