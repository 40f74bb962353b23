/*
 * references - the events that an event refers to: part_of, follows, related, closed_by.
 *
 * In a request a reference may be any name of an event; the registry keeps ids. Loop's thread.
 */
#ifndef PLENARY_REGISTRY_REFERENCES_H
#define PLENARY_REGISTRY_REFERENCES_H

#include "daemon/registry/claims.h"
#include "daemon/registry/state.h"
#include "proto/status.h"

enum {
    REFERENCES_DEPTH_MAX = 16, /* of part_of */
};

/* Claims every event referred to as shared, and what those that it is part of are part of. False:
 * the arena is full. */
bool references_claim(State *state, const Caller *caller, const Event *event, ClaimList *claims,
                      Arena *arena);

/* Is what is part of `part_of` (an id, or NULL) part of the event `id`, directly or by others
 * between? Also true where it is nested deeper than may be. */
bool references_lie_within(State *state, const char *part_of, const char *id, Arena *arena);

/* Puts ids in the place of names, in `event` itself, whose strings then lie in the arena. `own_id`
 * is the event's own: it may not refer to itself, nor be part of what is part of it. Violations
 * name the field. */
StatusCode references_resolve(State *state, const Caller *caller, Event *event, const char *own_id,
                              Arena *arena, Problem *problem);

#endif
