/*
 * apply_facets - an event's facets into the views, by its image before or against all there are.
 *
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_APPLY_FACETS_H
#define PLENARY_REGISTRY_APPLY_FACETS_H

#include "daemon/registry/state.h"

/* Gives the event the facets of its image and takes from it what only the image before had. Never
 * reads the views. `event` NULL: it was withdrawn, all facets go. `before` NULL: there was none. */
void apply_facets(State *state, uint32_t number, const Event *event, const Event *before,
                  Arena *scratch);

/* The same for several events whose images before are not known any more: takes each out of every
 * facet that its image has not. Reads all facets, which takes seconds for a million events. With
 * snapshots of journal and views. */
void apply_facets_anew(State *state, const roaring_bitmap_t *numbers, Arena *scratch);

#endif
