/*
 * instances - the events of a reply that lists instances, one for each, as programs show events.
 *
 * Pure; main thread.
 */
#ifndef PLENARY_CLI_INSTANCES_H
#define PLENARY_CLI_INSTANCES_H

#include "proto/arena.h"
#include "proto/contract.h"

/* For each instance an event: the reply's own where it does not recur, else a copy in the arena
 * that has the times of the instance and its recurrence id in the place of the recurrence, which
 * borrows the rest. NULL: the arena is full, or the reply does not hold together. */
ProtobufCMessage **instances_of(const Plenary__V1__EventsReply *reply, Arena *arena);

#endif
