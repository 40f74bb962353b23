/*
 * unseen - what somebody who revises an event may not see of it, and so cannot have changed.
 *
 * A revision is the whole record. From who sees a part of it, it lacks the rest: contacts, and
 * references to events that they may not see. These stay as they were, where they were. A
 * participant or an outcome takes along what belongs to it, however it was moved or changed, as
 * long as it keeps its name or title; with it, it goes. Pure; one thread at a time per arena.
 */
#ifndef PLENARY_REGISTRY_UNSEEN_H
#define PLENARY_REGISTRY_UNSEEN_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>

/* Puts into `event`, as it came, what `before` has and `shown` (the same image as they may see it,
 * made by access_show_event) has not. The lists of `event` are replaced, not written to; what it
 * says itself stands. False: the arena is full. */
bool unseen_keep(const Event *before, const Event *shown, Event *event, Arena *arena);

#endif
