/*
 * lexicon - single words, folded and stemmed, and kept for the next time.
 *
 * A Word is collected character by character; the lexicon gives what it folds to. A bounded number
 * of words is kept, each in one of a few places that its hash names, so that what comes again costs
 * neither ICU nor memory. A Lexicon belongs to one thread; words.h is its only user.
 */
#ifndef PLENARY_PROTO_LEXICON_H
#define PLENARY_PROTO_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LEXICON_CHARACTERS_MAX = 64, /* of a word as written */
    LEXICON_BYTES_MAX = 4 * LEXICON_CHARACTERS_MAX,
    LEXICON_ENTRIES = 65536,
};

/* As it is collected: in lower case, hashed on the way. */
typedef struct Word {
    char text[LEXICON_BYTES_MAX + 1];
    size_t length;
    size_t characters; /* at most LEXICON_CHARACTERS_MAX */
    uint64_t hash;
    bool is_ascii;
    bool needs_dictionary; /* of a script that is written without spaces */
} Word;

/* What folding a word gave; small, for most of the cost of a known word is the memory touched. */
typedef struct Folded {
    uint64_t hash;
    uint64_t record; /* the last record that it was given for; 0: none. For the user */
    uint16_t length; /* of the word as written */
    uint16_t text;   /* where in `bytes` it begins, as the next two */
    uint16_t other;  /* the second way; 0: there is none */
    uint16_t stem;   /* 0: there is none */
    char bytes[];    /* the word as written, in lower case; then the texts; each with NUL */
} Folded;

typedef struct Lexicon Lexicon;

/* NULL: no memory, or ICU's data are missing. */
Lexicon *lexicon_new(void);
void lexicon_destroy(Lexicon **self);

void word_begin(Word *word);

/* The word has room for it. */
void word_add(Word *word, int32_t character);

/* Adds the letters and digits of ASCII at the front of `text`, as many as there is room for; where
 * they end. */
const char *word_add_ascii(Word *word, const char *text);

/* Lent until the next call. */
Folded *lexicon_find(Lexicon *self, Word *word);

#endif
