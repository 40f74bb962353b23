/*
 * term_set - the events for which a term's keys hold, by the facets' bitmaps.
 *
 * A word holds wherever it stands; where that is (in a title; in a name, which organisations are,
 * by their ids; in the rest) is told to who asks. A beginning is every word of the index that
 * begins so, up to a bound. What the terms of one question cost is added up, and bounded too: what
 * is over a bound is not answered. Loop's thread only. Bitmaps are given: roaring_bitmap_free.
 */
#ifndef PLENARY_REGISTRY_TERM_SET_H
#define PLENARY_REGISTRY_TERM_SET_H

#include "daemon/registry/term.h"
#include "daemon/store/views.h"
#include "proto/event_texts.h"

enum {
    TERM_SET_BEGUN_MAX = 1024,       /* words of the index that one beginning may mean */
    TERM_SET_COST_MAX = 4096,        /* of one question: a facet with few events costs 1, */
    TERM_SET_EVENTS_PER_COST = 1024, /* one with many 1 more for so many, */
    TERM_SET_FACET_COST_MAX = 24,    /* up to this; */
    TERM_SET_BLIND_COST = 6, /* and any facet for who sees only a part: sizes are not told */
};

/* What the terms of a question have come to. Begin with zero but for what is given. */
typedef struct TermReach {
    bool is_blind; /* given: who asks sees only a part of the events */
    uint64_t cost;
    bool is_broad; /* a beginning means too many words */
    bool is_over;  /* that, or it costs too much: sets are not whole */
} TermReach;

/* Whether or not it is negated; never NULL. */
roaring_bitmap_t *term_set(Views *views, const ResolvedTerm *term, TermReach *reach);

/* The events with any of `count` keys. */
roaring_bitmap_t *term_set_of_keys(Views *views, const char *const *keys, size_t count,
                                   TermReach *reach);

/* The events of a term by the place of its words, and by what they were found. All are given. */
typedef struct TermPlaces {
    roaring_bitmap_t *title; /* in a title */
    roaring_bitmap_t *name;  /* in a title or a name */
    roaring_bitmap_t *exact; /* anywhere, by the word itself */
    roaring_bitmap_t *whole; /* anywhere, by that, its stem or another name, but no beginning */
} TermPlaces;

/* Of the events in `within`; each bitmap is read once. */
void term_set_places(Views *views, const ResolvedTerm *term, const roaring_bitmap_t *within,
                     TermReach *reach, TermPlaces *places);

/* How much of the term's own keys lies where, all of them together. */
ViewsFacetSize term_set_lies(Views *views, const ResolvedTerm *term);

#endif
