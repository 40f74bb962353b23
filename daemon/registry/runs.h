/*
 * runs - places that come one by one, in any order, and are read in theirs.
 *
 * They are kept as stretches of a bounded length, each of which is sorted when it is read first, so
 * that no call has much to do, however many there are. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_RUNS_H
#define PLENARY_REGISTRY_RUNS_H

#include "daemon/registry/place.h"

#include <stddef.h>

enum {
    RUN_PLACES = 4096, /* of one stretch */
    RUNS_MAX = 256,
};

/* Begin with all zero. */
typedef struct Run {
    Place *places;
    size_t count;
    bool sorted;
} Run;

typedef struct Runs {
    Run runs[RUNS_MAX];
    size_t count; /* of the runs */
} Runs;

void runs_clear(Runs *self);

/* False: no memory, or RUN_PLACES * RUNS_MAX are there. */
bool runs_put(Runs *self, Place place);

/* Is this one of the places to be taken? */
typedef bool runs_wants_fn(void *context, uint32_t number);

/* Takes up to `limit` places behind `after` (NULL: from the first), in order, up or down; gives how
 * many. */
size_t runs_take(Runs *self, bool descending, const Place *after, runs_wants_fn *wants,
                 void *context, Place *places, size_t limit);

#endif
