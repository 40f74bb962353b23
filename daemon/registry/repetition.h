/*
 * repetition - a request that was done before is answered again, and not done again.
 *
 * What was done is known by request id and principal for as long as the id is above the floor,
 * which follows the journal's own times. An id that is too old to know, or too far ahead, is
 * refused. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_REPETITION_H
#define PLENARY_REGISTRY_REPETITION_H

#include "daemon/registry/command.h"
#include "daemon/registry/state.h"
#include "proto/status.h"

enum {
    REPETITION_FORGOTTEN_MAX = 512, /* request ids forgotten at once */
};

/* Gives the sequence of the change that the command made when it came before; 0: it is new.
 * INVALID_ARGUMENT: its id is outside of what is known, or was another request's. */
StatusCode repetition_find(State *state, const Command *command, uint64_t *sequence,
                           Problem *problem);

/* Makes the command's decision what it was the first time, as far as the caller may still see it,
 * and gives what the change did. INTERNAL: the change cannot be read. */
StatusCode repetition_recall(State *state, Command *command, uint64_t sequence,
                             Plenary__V1__Change__Action *action, Problem *problem);

/* Forgets ids below the floor, the oldest first. */
void repetition_forget(State *state);

#endif
