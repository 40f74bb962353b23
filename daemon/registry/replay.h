/*
 * replay - the journal into views: the tail at the start, or all of it.
 *
 * Loop's thread, before anything is served.
 */
#ifndef PLENARY_REGISTRY_REPLAY_H
#define PLENARY_REGISTRY_REPLAY_H

#include "daemon/registry/state.h"
#include "proto/status.h"

/* Names the data and layout that views are built with; views that name others are rebuilt. */
void replay_versions(State *state, char versions[static VIEWS_VERSIONS_SIZE]);

/* True where the views' base belongs to this journal and was built with the present versions. */
bool replay_fits(State *state, const char *versions);

/* Fills the state's memory (directory, tip) from the base, then applies every change after it,
 * folding as the delta fills. INTERNAL: a change does not unpack or follow the one before. */
StatusCode replay_changes(State *state, const char *versions, Problem *problem);

/* A State without a journal's content yet; NULL parts: no memory. */
StatusCode replay_state_new(Store *store, State *state, Problem *problem);
void replay_state_destroy(State *state);

#endif
