/*
 * phrase - "exact words" of a question: do they stand one after the other in a text of an event?
 *
 * Words as they fold, without stems. The index knows only which words there are, so an event that
 * has all of them is looked at. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_PHRASE_H
#define PLENARY_REGISTRY_PHRASE_H

#include "daemon/registry/term.h"
#include "proto/contract.h"

enum {
    PHRASE_WORDS_MAX = 64, /* bits of a machine word */
    PHRASES_MAX = 8,       /* of one question */
};

typedef struct Phrase {
    bool negated;
    size_t count;
    ResolvedTerm *words; /* keys "word=…", two where the word folds in two ways */
} Phrase;

/* Do the words stand so in one of the event's texts? */
bool phrase_is_in(const Phrase *self, const Event *event, Words *words);

#endif
