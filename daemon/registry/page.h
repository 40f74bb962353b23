/*
 * page - one page of a query's answer, in the query's order.
 *
 * The order of relevance is that of the score (daemon/registry/rank.h), then of the start.
 *
 * Paging is by key: the token says behind which event the page before ended, so what matches all
 * along without moving appears exactly once, whatever is written meanwhile. The work for one page
 * is bounded: a page may come back short, even empty, with a token to go on. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_PAGE_H
#define PLENARY_REGISTRY_PAGE_H

#include "daemon/registry/place.h"
#include "daemon/registry/query.h"

enum {
    PAGE_EVENTS_DEFAULT = 100,
    PAGE_EVENTS_MAX = 1000,
    PAGE_BYTES_MAX = 2 * 1024 * 1024,   /* packed; a page ends early once it is over this, */
    PAGE_OPENED_BYTES_MAX = 256 * 1024, /* or over this, where records must be unpacked */
    PAGE_SORTED_MAX = 256, /* an answer up to this size is sorted whole, a larger one walked; */
    PAGE_SORTED_PART = 64, /* and so is one up to this part of the registry, but that */
    PAGE_TRIED_PART = 256, /* where it is over this part, it is first looked for */
    PAGE_MONTHS_TRIED = 6, /* in the first months */
    PAGE_CHANGES_WALKED_MAX = 4096,  /* by one page in the order of changes */
    PAGE_MONTHS_WALKED_MAX = 64,     /* by one page in the order of time, */
    PAGE_EVENTS_WALKED_MAX = 500000, /* and events in them */
};

/* How many records a page may hold: what was asked for, or the usual number, within bounds. */
uint32_t page_limit(const Page *page, uint32_t usual, uint32_t most);

/* All in the context's arena. */
typedef struct EventPage {
    uint32_t *numbers;
    Place *places; /* of the numbers */
    size_t count;
    uint64_t total;           /* of the whole answer */
    ProtobufCBinaryData next; /* token; length 0 on the last page */

    /* Of a page of the past (daemon/registry/past.h). */
    uint64_t as_of_sequence;
    uint64_t *sequences; /* of the changes that made the images; NULL: the present ones */
    bool is_partial;     /* there is no total yet */
} EventPage;

/* INVALID_ARGUMENT: the token is not one of this query's. Else as sets_answer. */
StatusCode page_answer(const QueryContext *context, const Resolved *resolved, const Page *request,
                       EventPage *page, Problem *problem);

/* The same for whoever has the query's whole answer already. */
StatusCode page_answer_of(const QueryContext *context, const Resolved *resolved,
                          const roaring_bitmap_t *set, const Page *request, EventPage *page,
                          Problem *problem);

/* The token of the page that begins behind the first `taken` of this page's events: for a caller
 * that could not take all of them. False: the arena is full. */
bool page_token_after(const QueryContext *context, const Resolved *resolved, const EventPage *page,
                      size_t taken, ProtobufCBinaryData *token);

/* What page_fill is to fill, and what came of it. */
typedef struct PageFill {
    Place *places;
    size_t limit; /* 1 at least */
    size_t count;
    bool stopped; /* it has cost enough: whatever else there is lies behind `reached` */
    Place reached;
} PageFill;

/* Fills in the members of `set` behind `after` (NULL: from the first), in the query's order, which
 * is not that of relevance, as they lie now. */
void page_fill(const QueryContext *context, const Resolved *resolved, const roaring_bitmap_t *set,
               const Place *after, PageFill *out);

#endif
