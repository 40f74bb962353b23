/*
 * rank - how well each event of an answer fits the words that were asked for.
 *
 * Each word gives an event a score by where it was found best (a title: 6, a name, place or topic:
 * 3, elsewhere: 0) and how well (the word itself: 2, its stem or another name: 1, its beginning:
 * 0); an event's score is the sum. The score depends on the event and the query alone. All events
 * are scored at once, by adding bitmaps: none is read. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_RANK_H
#define PLENARY_REGISTRY_RANK_H

#include "daemon/registry/query.h"

enum {
    RANK_WORDS_MAX = 16, /* that weigh, the first ones of a question; the others only match */
    RANK_BITS = 8,       /* of a score: so many words of at most 8 */
};

typedef struct Rank Rank;

/* Of the events in `set`, which match. NULL: no memory. */
Rank *rank_new(const QueryContext *context, const Resolved *resolved, const roaring_bitmap_t *set);
void rank_destroy(Rank **self);

/* The events of the best score of those that were not given yet, or, asked so, of the worst. Lent
 * until the next call; NULL: all were given. */
const roaring_bitmap_t *rank_next(Rank *self, bool worst_first, uint32_t *score);

#endif
