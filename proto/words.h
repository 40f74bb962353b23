/*
 * words - how text is split, folded and stemmed, so that Ташкент and Tashkent meet.
 *
 * Splitting and folding are ICU's, stems are Snowball's (English and Russian, taken in the
 * original script before folding). A Words holds the transliterator, the stemmers and a bounded
 * cache of folded words; it belongs to one thread. Input is valid UTF-8.
 */
#ifndef PLENARY_PROTO_WORDS_H
#define PLENARY_PROTO_WORDS_H

#include "proto/arena.h"

#include <stddef.h>

enum {
    WORDS_FOLDED_MAX = 256,    /* bytes of one folded word or value; longer ones are cut */
    WORDS_PER_TEXT_MAX = 4096, /* further words of one text are not taken */
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

/* A whole value folded as one ("Ташкент" -> "tashkent", "New  York" -> "new york"): lower case,
 * Latin letters, single spaces, none around. For facet values and names. NULL: the arena is full.
 */
const char *words_fold(Words *self, const char *value, Arena *arena);

/* Versions of the data that folding depends on: "icu 72.1; snowball 2.2.0; rules 1". Static. The
 * last number is raised with every change of our own rules, so that views are rebuilt. */
const char *words_version(void);

#endif
