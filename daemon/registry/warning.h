/*
 * warning - what an event that was written clashes with, for the reply to who wrote it.
 *
 * Found where the request asks for it (warn_conflicts), and never a reason to refuse: a write that
 * does not ask pays a look at its verb. One whose time or status did not change is told what it did
 * not clash with before; one that touches neither time, place nor people is told nothing. All that
 * one turn looks for is bounded together. Everything lies in the command's arena. Loop's thread
 * only.
 */
#ifndef PLENARY_REGISTRY_WARNING_H
#define PLENARY_REGISTRY_WARNING_H

#include "daemon/registry/command.h"
#include "daemon/registry/state.h"

enum {
    WARNING_CONFLICTS_MAX = 20,    /* told in one reply, and what is taken by unseen events */
    WARNING_STEPS_PER_TURN = 2000, /* as many as one walk of daemon/registry/conflicts.h */
};

/* Does the request ask for it? */
bool warning_is_wanted(const Request *request);

/* Fills in the conflicts of what the command decided, which is applied, or a dry run. Takes what
 * it costs from *steps_left; where nothing is left it only says that there may be some. */
void warning_add(State *state, const Command *command, size_t *steps_left,
                 Plenary__V1__WriteReply *reply);

#endif
