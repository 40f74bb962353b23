/*
 * term_set - the events for which a term's keys hold, by the facets' bitmaps.
 *
 * A word holds where it stands in a text that weighs at least so much: of titles, of titles and
 * names (which organisations are, by their ids), or of all. A beginning is every word of the index
 * that begins so, up to a bound: what is over it is not answered. Loop's thread only. Bitmaps are
 * given: roaring_bitmap_free.
 */
#ifndef PLENARY_REGISTRY_TERM_SET_H
#define PLENARY_REGISTRY_TERM_SET_H

#include "daemon/registry/term.h"
#include "daemon/store/views.h"
#include "proto/event_texts.h"

enum {
    TERM_SET_BEGUN_MAX = 1024, /* words of the index that one beginning may mean */
};

/* Whether or not it is negated; never NULL. *broad is set where a beginning means too many. */
roaring_bitmap_t *term_set(Views *views, const ResolvedTerm *term, TextWeight least, bool *broad);

/* The events with any of `count` keys. */
roaring_bitmap_t *term_set_of_keys(Views *views, const char *const *keys, size_t count,
                                   TextWeight least);

/* The events that have every one of the words. */
roaring_bitmap_t *term_set_of_all(Views *views, const ResolvedTerm *words, size_t count,
                                  TextWeight least, bool *broad);

/* How much of the term's own keys lies where, all of them together. */
ViewsFacetSize term_set_lies(Views *views, const ResolvedTerm *term);

#endif
