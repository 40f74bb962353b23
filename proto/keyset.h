/*
 * keyset - which keys were given already.
 *
 * A set of byte strings in an arena, by open addressing; it lives as long as the arena's contents.
 * Start with one that is all zero.
 */
#ifndef PLENARY_PROTO_KEYSET_H
#define PLENARY_PROTO_KEYSET_H

#include "proto/arena.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct KeysetSlot KeysetSlot;

typedef struct Keyset {
    KeysetSlot *slots;
    size_t capacity; /* a power of two */
    size_t count;
} Keyset;

/* Keeps a copy. True where the key is new, or where there is no memory to know. */
bool keyset_add(Keyset *self, const char *key, size_t length, Arena *arena);

#endif
