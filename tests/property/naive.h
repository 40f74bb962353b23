/*
 * naive - questions as they are made, and what a beginner would answer: each event is looked at.
 *
 * Shares no code with what it tests. A question is about events as they were made (made.h).
 */
#ifndef PLENARY_TESTS_PROPERTY_NAIVE_H
#define PLENARY_TESTS_PROPERTY_NAIVE_H

#include "daemon/registry/access.h"
#include "tests/property/made.h"

enum {
    NAIVE_TERMS = 5,
    NAIVE_VALUES = 4,
    NAIVE_PARTS = 4,
    NAIVE_TEXT_SIZE = 512,
};

/* What a term may ask for; the last two only of those who see all. */
typedef enum NaiveFacet {
    NAIVE_KIND,
    NAIVE_STATUS,
    NAIVE_FORMAT,
    NAIVE_COUNTRY,
    NAIVE_CATEGORY,
    NAIVE_SERIES,
    NAIVE_CITY,
    NAIVE_TOPIC,
    NAIVE_PERSON,
    NAIVE_ORG,
    NAIVE_PART_OF = NAIVE_ORG + 8, /* behind the seven roles */
    NAIVE_TLP,
    NAIVE_AUDIENCE,
    NAIVE_FACETS,
} NaiveFacet;

extern const char *const naive_facets[NAIVE_FACETS];

typedef struct NaiveTerm {
    NaiveFacet facet;
    bool negated;
    int count;
    int values[NAIVE_VALUES];
} NaiveTerm;

typedef enum NaiveForm {
    NAIVE_WORD,
    NAIVE_BEGINNING,
    NAIVE_EXACT,
    NAIVE_PHRASE,
    NAIVE_FORMS
} NaiveForm;

typedef struct NaivePart {
    NaiveForm form;
    bool negated;
    int count;
    const Spelling *words[3];
    const Beginning *beginning;
} NaivePart;

typedef struct Question {
    const Caller *caller;
    int term_count;
    NaiveTerm terms[NAIVE_TERMS];
    int part_count;
    NaivePart parts[NAIVE_PARTS];
    bool has_from, has_to, to_is_date;
    int64_t from_s, to_s; /* of whole days: half open; else `to` is the last second */
    Plenary__V1__Query__Order order;
    bool descending;

    /* The same, as it is sent; points into itself. */
    Query query;
    Term sent[NAIVE_TERMS], *sent_pointers[NAIVE_TERMS];
    char *values[NAIVE_TERMS][NAIVE_VALUES];
    char numbers[NAIVE_TERMS][NAIVE_VALUES][12];
    char text[NAIVE_TEXT_SIZE], from[32], to[32];
} Question;

/* A random one. `members`: events that others are part of have the first so many numbers. */
void naive_question(Harness *harness, const Caller *caller, uint32_t members, Question *out);

bool naive_sees(const Caller *caller, const Made *made);

/* Without regard to who asks. */
bool naive_matches(const Question *question, const Made *made);

/* In the order of the question, which is not that of relevance. */
bool naive_is_before(const Question *question, const Made *left, const Made *right);

/* How well it fits what was asked; NONE where the test does not foretell it. */
int naive_score(const Question *question, const Made *made);

/* Is it one that `naive_facets[facet]` has under the value? The value is as in a term. */
bool naive_has(NaiveFacet facet, int value, const Made *made);

/* What both of two events need at one time: a bit for the room, one for a person. */
unsigned naive_clash(const Made *left, const Made *right);

#endif
