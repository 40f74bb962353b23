/*
 * expand - one page of the instances of an answer's events, in the order of their starts.
 *
 * An event that does not recur is its own single instance; of a series there is each instance that
 * touches the range, but for those that are replaced by what the caller may see. The page is made
 * stretch by stretch of time, a month or less, so that its work is bounded by what goes on then and
 * not by what recurs anywhere: it may come back short, even empty, with a token to go on. Paging is
 * by key (start, number): what is there all along without moving appears exactly once, whatever is
 * written meanwhile. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_EXPAND_H
#define PLENARY_REGISTRY_EXPAND_H

#include "daemon/registry/page.h"

enum {
    EXPAND_COST_MAX = 200000, /* of one page: looks at single events; of it takes */
    EXPAND_COST_OF_SEEK = 40, /* finding the place in a series, */
    EXPAND_COST_OF_STEP = 8,  /* and each of its instances */
    EXPAND_MONTHS_MAX = 64,   /* of one page */
};

/* The resolved query has a range with an end, and the order of start. *page has places whose keys
 * are the starts, and no total. INVALID_ARGUMENT: the token is none of this question's.
 * RESOURCE_EXHAUSTED: more series go on at one time than one request can look at. */
StatusCode expand_answer(const QueryContext *context, const Resolved *resolved, const Page *request,
                         EventPage *page, Problem *problem);

/* The token of the page that begins behind the first `taken` of this page's instances. False: the
 * arena is full. */
bool expand_token_after(const QueryContext *context, const Resolved *resolved,
                        const EventPage *page, size_t taken, ProtobufCBinaryData *token);

#endif
