/*
 * numbers - the event numbers added to and removed from one facet; the last operation on a
 * number wins and never cancels out against an earlier one.
 *
 * Most facets of a delta are rare words with a handful of events, so a set begins as two numbers
 * within its owner's 16 bytes, goes over small arrays in the pool, and becomes two bitmaps only
 * when it is large. One thread changes; while nobody does, any number may read.
 */
#ifndef PLENARY_STORE_NUMBERS_H
#define PLENARY_STORE_NUMBERS_H

#include "daemon/store/pool.h"

#include <roaring/roaring.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NUMBERS_INLINE = 2,
    NUMBERS_SOME = 8,
    NUMBERS_FEW_MAX = 32, /* beyond it: bitmaps */
};

typedef struct NumbersBitmaps NumbersBitmaps;

/* Begin with numbers_empty. */
typedef struct Numbers {
    union {
        uint32_t inline_[NUMBERS_INLINE];
        uint32_t *array; /* of the pool */
        NumbersBitmaps *bitmaps;
    };
    uint8_t capacity; /* NUMBERS_INLINE, _SOME, _FEW_MAX; 0: bitmaps */
    uint8_t added;    /* they come first in the array */
    uint8_t removed;  /* they follow */
} Numbers;

/* What the sets of one delta share. Begin with all zero but the pool. */
typedef struct NumbersRoom {
    Pool *pool;
    uint32_t *spare; /* arrays of NUMBERS_SOME that were outgrown */
    NumbersBitmaps *all;
    size_t bitmap_bytes; /* estimate, brought up to date as bitmaps grow */
} NumbersRoom;

Numbers numbers_empty(void);
void numbers_add(NumbersRoom *room, Numbers *self, uint32_t number);
void numbers_remove(NumbersRoom *room, Numbers *self, uint32_t number);

/* Takes from `bitmap` what was removed, then adds what was added. */
void numbers_apply(const Numbers *self, roaring_bitmap_t *bitmap);

/* How many numbers were added or removed. */
uint64_t numbers_changes(const Numbers *self);

/* Frees all bitmaps; the arrays go with the pool. */
void numbers_room_clear(NumbersRoom *room);

#endif
