/*
 * phrase_set - of a set of events, those that have a phrase of a query, or not one excluded.
 *
 * Events that have all words of a phrase are read and looked through: the one question that the
 * bitmaps cannot answer, and so bounded. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_PHRASE_SET_H
#define PLENARY_REGISTRY_PHRASE_SET_H

#include "daemon/registry/query.h"

enum {
    PHRASE_SET_EVENTS_MAX = 2000,            /* that are looked through for one phrase */
    PHRASE_SET_BYTES_MAX = 16 * 1024 * 1024, /* of memory, to read one of them */
};

/* Takes the others out of `set`, which holds what matches otherwise; says how many it has looked
 * through. INVALID_ARGUMENT, of query.text: too many events may have the phrase. */
StatusCode phrase_set_keep(const QueryContext *context, const Phrase *phrase, roaring_bitmap_t *set,
                           uint64_t *looked_at, Problem *problem);

#endif
