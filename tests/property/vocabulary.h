/*
 * vocabulary - the words and names of the property test, and which of them mean each other.
 *
 * What folds to what, what has the same stem and what is another name of it is written down here by
 * hand, so that the test shares no code with what it tests. Static.
 */
#ifndef PLENARY_TESTS_PROPERTY_VOCABULARY_H
#define PLENARY_TESTS_PROPERTY_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Spelling {
    const char *written;
    const char *folded;
    const char *other; /* where it folds in a second way; else NULL */
    const char *stem;  /* folded */
    const char *names; /* what it is one of the names of; else NULL */
    bool is_two;       /* words, in fact */
} Spelling;

/* What events are written with and asked for. */
enum {
    WORDS = 24,
    CITIES = 6,             /* the first of `cities`: as they are written in events and asked for */
    BEGINNINGS = 7,         /* of words */
    VALUES_MAX = 6,         /* spellings in one of the lists below */
    ORGANISATION_WORD = 18, /* the first word that names the organisation o0; three do */
};

extern const Spelling words[WORDS];
extern const Spelling cities[CITIES];

typedef struct Beginning {
    const char *written;
    const char *folded;
} Beginning;

extern const Beginning beginnings[BEGINNINGS];

/* Whole values: spellings that fold to the same are the same one. */
extern const Beginning categories[4];
extern const Beginning series[4];
extern const Beginning topics[6];
extern const Beginning people[5];

/* The word itself, in any case and script. */
bool spelling_is(const Spelling *asked, const Spelling *written);

/* Also by the stem, or as another name. */
bool spelling_means(const Spelling *asked, const Spelling *written);

#endif
