/*
 * words - how text is split, folded and stemmed, so that Ташкент and Tashkent meet.
 *
 * A word is a run of letters, marks and digits; apostrophes within are left out, and where a script
 * has no spaces ICU's dictionaries split. Folding is ICU's (latin.h), stems are Snowball's (English
 * and Russian, taken in the original script before folding). A Words keeps a bounded number of
 * folded words, so that in steady state nothing is allocated; it belongs to one thread. Input is
 * valid UTF-8.
 */
#ifndef PLENARY_PROTO_WORDS_H
#define PLENARY_PROTO_WORDS_H

#include "proto/arena.h"

#include <stddef.h>

enum {
    WORDS_CHARACTERS_MAX = 64, /* of one word as written; a longer one is taken in pieces */
    WORDS_FOLDED_MAX = 256,    /* bytes of one folded word; longer ones are cut */
    WORDS_PER_TEXT_MAX = 4096, /* further words of one text are not taken, nor found */
    WORDS_CACHE_ENTRIES = 65536,
};

typedef struct Words Words;

/* One word of a text, the `position`-th from 0. Both strings are lent until the callback returns. A
 * word may be given more than once where it folds in two ways (ş: ashgabat and asgabat). `stem` is
 * NULL where the language of the word's script has no stemmer. */
typedef void words_fn(void *context, size_t position, const char *word, const char *stem);

/* NULL: no memory, or ICU's data are missing. */
Words *words_new(void);
void words_destroy(Words **self);

/* Calls `each` for every word of `text`, in order. */
void words_each(Words *self, const char *text, words_fn *each, void *context);

/* One word of a text, and where it stands: bytes from `start` up to `end`, without apostrophes
 * around it. A word is given more than once where it folds in two ways, and where it ends in 's:
 * without that too, for "Doe's" names Doe. */
typedef void words_place_fn(void *context, size_t position, const char *word, size_t start,
                            size_t end);

/* Calls `each` for every word of `text`, however many, in order. */
void words_each_place(Words *self, const char *text, words_place_fn *each, void *context);

/* For the texts of one record: after words_begin, words_each_new leaves out most of the words that
 * it gave already. */
void words_begin(Words *self);
void words_each_new(Words *self, const char *text, words_fn *each, void *context);

/* A whole value folded as one ("Ташкент" -> "tashkent", "New  York" -> "new york"): lower case,
 * Latin letters, single spaces, none around, no quotation marks; other punctuation stays. What is
 * folded already stays as it is. For facet values and names. NULL: the arena is full. */
const char *words_fold(Words *self, const char *value, Arena *arena);

/* The second way of a value that folds in two (ş ç ğ: "Aşgabat" -> "asgabat", which words_fold
 * gives as "ashgabat"). NULL: it has none, or the arena is full. */
const char *words_fold_other(Words *self, const char *value, Arena *arena);

/* Versions of the data that folding depends on: "icu 72.1; snowball 2.2.0; rules 1". Static. The
 * last number is raised with every change of our own rules, so that views are rebuilt. */
const char *words_version(void);

#endif
