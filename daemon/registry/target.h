/*
 * target - the event that a command writes: finding it, and what every write of one shares.
 *
 * Everything lies in the command's arena. Reads the state, writes nothing but the command's
 * decision. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_TARGET_H
#define PLENARY_REGISTRY_TARGET_H

#include "daemon/registry/command.h"
#include "daemon/registry/state.h"
#include "proto/status.h"

/* An event that a command is about to revise. */
typedef struct Target {
    uint32_t number;
    Head head;
    const Event *before;
} Target;

/* Finds the event called `name` among what the caller may see, and checks it. */
StatusCode target_find(State *state, Command *command, const char *name,
                       const uint32_t *expected_revision, Target *target, Problem *problem);

/* Loads the image of a target whose number and head are known. FAILED_PRECONDITION: it was
 * withdrawn; PERMISSION_DENIED; ABORTED: it is not at the expected revision (NULL: any). */
StatusCode target_check(State *state, Command *command, Target *target,
                        const uint32_t *expected_revision, Problem *problem);

/* What a revision counts up and notes, once `event` is otherwise complete. */
void target_stamp(Command *command, Event *event, const Event *before);

/* Decides the change that makes `event` the record's image. */
StatusCode target_change(Command *command, Plenary__V1__Change__Action action, Event *event,
                         const Event *before, uint64_t prior_sequence, Problem *problem);

/* The command's time as text; NULL: the arena is full. */
char *target_now(Command *command);

/* RESOURCE_EXHAUSTED: the arena is full. */
StatusCode target_too_large(Problem *problem);

#endif
