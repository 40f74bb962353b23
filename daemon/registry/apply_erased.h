/*
 * apply_erased - what an erasure does to the views, after apply_change.
 *
 * Where it wrote an event's latest image anew, what only the image before had goes from the index.
 * That image is known while the erasure is made, and never again: at a replay, what the views had
 * from before is put right by reading all facets. The hashes of the requests that brought the name
 * go as well. The views are folded soon, so that no replay has to do so. Reads journal and views,
 * in snapshots that have the change. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_APPLY_ERASED_H
#define PLENARY_REGISTRY_APPLY_ERASED_H

#include "daemon/registry/state.h"

/* `change` is an `erased` one; `before` has the image as it was for each of its erasures. */
void apply_erased(State *state, const Change *change, const Event *const *before, Arena *scratch);

/* The same at a replay. Adds to `numbers` the events that apply_facets_anew must be called for
 * before the views say that they hold this change, where there were any views before: also what was
 * made after their mark may be in them, by a fold that did not come to its end. */
void apply_erased_again(State *state, const Change *change, roaring_bitmap_t *numbers,
                        Arena *scratch);

#endif
