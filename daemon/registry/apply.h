/*
 * apply - a durable change into the views.
 *
 * Uses only the change and the image before it, never the views, so that replaying the journal
 * gives the same views however often and wherever it starts. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_APPLY_H
#define PLENARY_REGISTRY_APPLY_H

#include "daemon/registry/state.h"

enum {
    REQUEST_ID_KEPT_S = 7 * 24 * 3600, /* how long a request id is remembered */
    REQUEST_ID_AHEAD_S = 3600,         /* how far it may lie in the future */
};

/* Applies `change` (sealed, with sequence state->applied.sequence + 1) and moves the state's tip.
 * `before` is the event's image at change->prior_sequence, NULL where there is none. `scratch`
 * is reset. */
void apply_change(State *state, const Change *change, const Event *before, Arena *scratch);

/* The image at change->prior_sequence, where the change is an event's; NULL: none. */
const Event *apply_image_before(State *state, const Change *change, Arena *arena);

/* Tells the views where they stand, after one or more changes. */
void apply_mark(State *state, uint32_t epoch, const char *versions);

#endif
