/*
 * overrides - which instances of a series are records of their own.
 *
 * Found by their names (the series' uid and the start that they replace), without loading them.
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_OVERRIDES_H
#define PLENARY_REGISTRY_OVERRIDES_H

#include "daemon/registry/state.h"

enum {
    OVERRIDES_MAX = 1000, /* of one series; further ones are left out */
};

/* The starts replaced, in order, by the clock on the wall: those of events that are in `seen`, as
 * to others the series is as it says. Gives how many; *starts lies in the arena, which may be too
 * full for any. */
size_t overrides_of(const State *state, const char *uid, const roaring_bitmap_t *seen, Arena *arena,
                    const int64_t **starts);

#endif
