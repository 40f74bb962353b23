/*
 * selection - the first places of all that are offered, in an order that may go down.
 *
 * Takes no memory beyond the room that it is given: a heap whose root is the last of those that are
 * kept. Pure.
 */
#ifndef PLENARY_REGISTRY_SELECTION_H
#define PLENARY_REGISTRY_SELECTION_H

#include "daemon/registry/place.h"

#include <stddef.h>

typedef struct Selection {
    bool descending;
    Place *places; /* lent */
    size_t room;   /* 1 at least */
    size_t count;
} Selection;

void selection_offer(Selection *self, const Place *place);

/* True where a place would not be kept; no later one would be either. */
bool selection_is_beyond(const Selection *self, const Place *place);

/* The places in order; nothing is to be offered after it. */
void selection_sort(Selection *self);

#endif
