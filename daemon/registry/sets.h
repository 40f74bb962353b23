/*
 * sets - a resolved query as a set of event numbers.
 *
 * A small expression over facet bitmaps, each cut at once to what the caller may see: what must
 * hold is intersected from the smallest set on, ending where nothing is left; then negations are
 * taken away; then the time range. Of a range the months that lie wholly inside count by their
 * bitmap and what only touches its ends is checked exactly; where little is left by then, that is
 * checked event by event. Records are loaded for phrases alone, which come last, of what is left by
 * then (daemon/registry/phrases.h). Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_SETS_H
#define PLENARY_REGISTRY_SETS_H

#include "daemon/registry/query.h"

enum {
    SETS_KEYS_TOLD = 8, /* keys, beginnings and ways of one term, in its expression */
};

/* One step of the evaluation. Sizes are of events that the caller may see. */
typedef struct SetStep {
    const char *expression; /* "country=KZ | country=UZ" */
    uint64_t size;
    uint64_t left;
    ViewsFacetSize lies; /* of all its keys together, beginnings apart; zeroes for those who see
                          * only a part */
} SetStep;

/* How an answer came about; in the context's arena. Begins empty; lacks what came when the arena
 * was full. */
typedef struct SetReport {
    SetStep *steps;
    size_t count;
    size_t capacity;
    uint64_t checked; /* events whose times were compared with the range */
    uint64_t sorted;  /* events looked at to put a page in order */
    uint64_t loaded;  /* records */
    int64_t started_us;
} SetReport;

/* Does an event touch the range: itself, or an instance of it that is not replaced by what the
 * caller may see? */
bool sets_event_touches(const QueryContext *context, const LocalRange *range, uint32_t number);

/* Keeps of `set` what touches the range. */
void sets_keep_touching(const QueryContext *context, const LocalRange *range,
                        roaring_bitmap_t *set);

/* The visible events that match. Given: roaring_bitmap_free. INVALID_ARGUMENT, of query.text: a
 * beginning means too many words. RESOURCE_EXHAUSTED: phrases have left a rest, which is to be
 * worked off first (daemon/registry/phrases.h). */
StatusCode sets_answer(const QueryContext *context, const Resolved *resolved,
                       roaring_bitmap_t **set, Problem *problem);

/* The month that a local second lies in, within the years that there are: year * 12 + month - 1. */
int32_t sets_month_of(int64_t local_s);

/* The months that a range touches, within the years that there are. */
typedef struct MonthRange {
    int32_t first;
    int32_t last;
} MonthRange;

MonthRange sets_months(const LocalRange *range);

#endif
