/*
 * shortlist - the first so many of any number of items, in bounded memory.
 *
 * Items are offered in any order; what stays depends on their keys alone. Owns the items that it
 * keeps. One thread.
 */
#ifndef PLENARY_REPORT_SHORTLIST_H
#define PLENARY_REPORT_SHORTLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The higher `first` comes first, then the higher `second`, then the lower number and index. Two
 * items never have equal keys. */
typedef struct ShortlistKey {
    int64_t first;
    int64_t second;
    uint32_t number;
    uint32_t index;
} ShortlistKey;

typedef struct Shortlist Shortlist;
typedef void shortlist_free_fn(void *item);

/* NULL: no memory. `most` is above 0. */
Shortlist *shortlist_new(size_t most, shortlist_free_fn *free_item);

/* Takes NULL and a pointer to NULL. */
void shortlist_destroy(Shortlist **self);

/* Counts an item with this key as seen. True: it belongs to the first ones so far, and is to be
 * put. */
bool shortlist_offer(Shortlist *self, const ShortlistKey *key);

/* Takes the item, whose key was just offered. */
void shortlist_put(Shortlist *self, const ShortlistKey *key, void *item);

/* How many were offered, and how many are here. */
size_t shortlist_seen(const Shortlist *self);
size_t shortlist_count(const Shortlist *self);

/* Puts what is here in order. Nothing may be offered afterwards. */
void shortlist_sort(Shortlist *self);

/* The item at `index`, below the count. Lent. */
const void *shortlist_item(const Shortlist *self, size_t index);

#endif
