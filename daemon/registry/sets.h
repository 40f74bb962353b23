/*
 * sets - a resolved query as a set of event numbers.
 *
 * Intersections and differences of facet bitmaps, the visible set among them. Of a time range the
 * months that lie wholly inside count by their bitmap; what only touches its ends is checked
 * exactly by its head. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_SETS_H
#define PLENARY_REGISTRY_SETS_H

#include "daemon/registry/query.h"

/* Keeps of `set` what touches the range. */
void sets_keep_touching(const QueryContext *context, const LocalRange *range,
                        roaring_bitmap_t *set);

/* The visible events that match. Given: roaring_bitmap_free. INVALID_ARGUMENT, of query.text: a
 * beginning means too many words, or too many events may have a phrase. */
StatusCode sets_answer(const QueryContext *context, const Resolved *resolved,
                       roaring_bitmap_t **set, Problem *problem);

#endif
