/*
 * pool - the packed changes of a run, so that the yardsticks move the same bytes.
 *
 * Holds the first POOL_CHANGES_MAX changes that the registry made; asked for more, it begins anew.
 */
#ifndef PLENARY_BENCH_POOL_H
#define PLENARY_BENCH_POOL_H

#include "clients/lib/plenary.h"

enum {
    POOL_CHANGES_MAX = 8192,
};

typedef struct Pool {
    uint8_t *changes[POOL_CHANGES_MAX];
    size_t sizes[POOL_CHANGES_MAX];
    size_t count;
    uint64_t bytes; /* of all */
} Pool;

void pool_free(Pool *self);

/* Past POOL_CHANGES_MAX, a change is passed over. False: no memory. */
bool pool_add(Pool *self, const Plenary__V1__Change *change);

/* Mean size of a change, in bytes; at least 1. */
size_t pool_mean_bytes(const Pool *self);

#endif
