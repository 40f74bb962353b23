/*
 * term - one condition of a resolved query, as keys of facets, and how its keys are gathered.
 *
 * A term holds where any of its keys is among the event's, any that begins with one of its
 * beginnings, or every word of one of its ways; negated, where none of this is so. Words and stems
 * stand here without a mark (proto/mark.h), wherever they are to be. Everything lives in the arena
 * of the query.
 */
#ifndef PLENARY_REGISTRY_TERM_H
#define PLENARY_REGISTRY_TERM_H

#include "proto/arena.h"
#include "proto/facets.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    TERM_KEYS_MAX = 4096, /* of one term, every name of every organisation that it means */
    TERM_BEGINNINGS_MAX = 2,
    TERM_WAYS_MAX = 64, /* further names of several words are left out */
};

typedef struct ResolvedTerm ResolvedTerm;

/* Words that must all be there ("alma", "ata"): terms of keys alone. */
typedef struct Way {
    size_t count;
    ResolvedTerm *words;
} Way;

struct ResolvedTerm {
    bool negated;
    bool is_text; /* a word that was asked for: where it stands makes the order of relevance */
    size_t slot;  /* its place among the terms and words of ways of the query */
    size_t count;
    const char **keys;  /* "name=value" */
    size_t exact_count; /* the first so many keys are the word itself, as it was asked for */
    size_t beginning_count;
    const char *beginnings[TERM_BEGINNINGS_MAX]; /* "word=tren" */
    size_t way_count;
    Way *ways;
};

/* A term that is being filled. */
typedef struct TermKeys {
    Words *words;
    Arena *arena;
    ResolvedTerm *term;
    size_t capacity;
    bool full;  /* the arena is */
    bool broad; /* TERM_KEYS_MAX is reached */
} TermKeys;

/* Each key once. NULL: the arena was full when it was made. */
void term_add_key(TermKeys *self, const char *key);

/* Under either spelling, where the value folds in two ways. */
void term_add_value(TermKeys *self, Facet facet, const char *value);

/* A way of `count` words that are filled next; NULL: there are too many, or the arena is full. */
Way *term_add_way(TermKeys *self, size_t count);

/* Is the key of an event, which is not NUL-terminated, one that the term's own keys and beginnings
 * mean, wherever in the event the word stands? */
bool term_has_key(const ResolvedTerm *self, const char *key, size_t length);

#endif
