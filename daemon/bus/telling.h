/*
 * telling - what one listener is told of one change.
 *
 * A change is told when the record before it or after it matches, each as this listener may see
 * it. A record that leaves the view arrives as a bare `withdrawn`, for whatever reason it leaves.
 * By the same query and access functions as every other door. Loop's thread only.
 */
#ifndef PLENARY_BUS_TELLING_H
#define PLENARY_BUS_TELLING_H

#include "daemon/registry/query.h"
#include "daemon/registry/state.h"

#include <stdbool.h>

typedef struct Listener {
    Caller caller;
    const Resolved *resolved;
    bool hears_everything; /* sees all and filters nothing: changes pass as they are */
} Listener;

/* False: nothing of it is for this listener. The delivery points into `packed` or the arena. */
bool telling_of(State *state, const Listener *listener, Bytes packed, Arena *arena,
                Delivery *delivery);

#endif
