/*
 * canonical - local moments as they are kept: date-times with their seconds.
 *
 * "2022-03-03T09:00" and "2022-03-03T09:00:00" are one moment, and two texts: a revision that
 * writes the other one would be a change, and an override would miss its series. Pure.
 */
#ifndef PLENARY_PROTO_CANONICAL_H
#define PLENARY_PROTO_CANONICAL_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>

/* Writes every local moment of the event with its seconds. The event is valid (validate_event);
 * new texts are the arena's. False: the arena is full, and some moments are as they were. */
bool canonical_event(Event *event, Arena *arena);

#endif
