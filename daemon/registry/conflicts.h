/*
 * conflicts - for one event after the other, the events that it clashes with.
 *
 * Candidates come from set algebra: what shares a venue, a person or an organisation with a head of
 * delegation, is not cancelled, and lies about the same time; their images are then compared
 * (daemon/registry/clash.h). The work of one
 * walk is bounded: when it is enough, the walk is cut, if need be within an event, and another
 * goes on from its place. A pair that the query matches on both sides is found by the one that
 * comes first in the order of start and number, so that each pair is found once; a walk of one
 * event alone finds all of its pairs. Of recurring events instances are compared, a bounded number
 * of them (daemon/registry/overlap.h). Everything lies in the context's arena. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_CONFLICTS_H
#define PLENARY_REGISTRY_CONFLICTS_H

#include "daemon/registry/clash.h"
#include "daemon/registry/query.h"

enum {
    CONFLICTS_STEPS_MAX = 1500, /* of one walk: a few milliseconds */
};

/* Where a walk was cut within an event, or is to go on; number 0: between two. */
typedef struct ConflictsPlace {
    uint32_t number;
    uint32_t candidate; /* the last one that was compared; 0: none */
    bool taken_said;    /* that unseen events take something of it */
} ConflictsPlace;

typedef struct Conflicts {
    QueryContext context;
    ClashContext clash;
    roaring_bitmap_t *answer;  /* what the query matches; NULL: an event alone is looked at */
    roaring_bitmap_t *visible; /* what the caller may see */
    roaring_bitmap_t *live;    /* all but what is cancelled */
    ConflictsPlace place;
    size_t limit; /* of what is found; one event may add one more: what is taken of it */
    size_t steps;
    size_t steps_max;
    size_t bytes_before; /* that the arena had */
    size_t candidates;   /* compared */
    Conflict **found;
    size_t count;
    size_t capacity;
} Conflicts;

typedef enum ConflictsProgress {
    CONFLICTS_DONE,
    CONFLICTS_CUT,  /* within the event: `place` says where */
    CONFLICTS_FULL, /* the arena is */
} ConflictsProgress;

/* To be ended, where it is OK. Else the query asks for too much (sets_answer). */
StatusCode conflicts_begin(const QueryContext *context, const Resolved *resolved, size_t limit,
                           Conflicts *self, Problem *problem);

/* To be ended. For one event, with any other that there is; at most CONFLICTS_STEPS_MAX. */
void conflicts_begin_alone(const QueryContext *context, size_t limit, size_t steps_max,
                           Conflicts *self);

void conflicts_end(Conflicts *self);

/* It is enough: for a caller between two events. */
bool conflicts_tired(const Conflicts *self);

/* Adds what the event clashes with. It is matched by the query, if there is one. */
ConflictsProgress conflicts_of_event(Conflicts *self, uint32_t number);

/* The same of an image that the views need not have yet: of an event without a number, or of the
 * next one of an event. What the image `before` clashed with already is left out, unless that is
 * NULL. For a walk of one event alone. */
ConflictsProgress conflicts_of_image(Conflicts *self, const Event *event, const Event *before);

#endif
