/*
 * sets - a resolved query as a set of event numbers.
 *
 * Intersections and differences of facet bitmaps, the visible set among them. Of a time range the
 * months that lie wholly inside count by their bitmap; what only touches its ends is checked
 * exactly by its head. Events that have all words of a phrase are read, and looked through for
 * it: the one question that the bitmaps cannot answer. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_SETS_H
#define PLENARY_REGISTRY_SETS_H

#include "daemon/registry/query.h"

enum {
    SETS_PHRASE_EVENTS_MAX = 2000,           /* events that are looked through for one phrase */
    SETS_EVENT_BYTES_MAX = 16 * 1024 * 1024, /* of memory, to read one of them */
};

/* The visible events that match. Given: roaring_bitmap_free. INVALID_ARGUMENT, of query.text: a
 * beginning means too many words, or too many events may have a phrase. */
StatusCode sets_answer(const QueryContext *context, const Resolved *resolved,
                       roaring_bitmap_t **set, Problem *problem);

#endif
