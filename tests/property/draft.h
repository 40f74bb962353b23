/*
 * draft - random events and questions of the property test, with the memory that they point to.
 *
 * All of it follows the harness's seed. Texts are of few words, so that many questions have
 * answers.
 */
#ifndef PLENARY_TESTS_PROPERTY_DRAFT_H
#define PLENARY_TESTS_PROPERTY_DRAFT_H

#include "tests/property/model.h"
#include "tests/support/harness.h"

enum { DRAFT_PEOPLE = 4, DRAFT_WORDS = 8 };

extern const char *const draft_organisation_ids[MODEL_ORGANISATIONS];
extern const char *const draft_people[DRAFT_PEOPLE]; /* whose names no text question finds */
extern const char *const draft_words[DRAFT_WORDS];   /* of titles and descriptions */

/* An event with the memory that it points to. */
typedef struct Draft {
    Event event;
    Schedule schedule;
    Venue venue;
    char title[64];
    char description[64];
    char start[24];
    char end[24];
    char uid[32];
    Involvement parts[3];
    Involvement *part_pointers[3];
    char *topics[2];
    Participant people[2];
    Participant *people_pointers[2];
    Plenary__V1__Recurrence recurrence;
    char rrule[64];
    char moments[2][24]; /* an rdate and an exdate */
    char *moment_pointers[2];
    char recurrence_id[24];
} Draft;

/* Of every field that is asked for, or compared. Pointers into `draft`: it is not to be moved. */
void draft_event(Harness *harness, Draft *draft);

typedef struct Asked {
    Query query;
    Term terms[3];
    Term *term_pointers[3];
    char *values[3][2];
    char text[128];
    char from[24];
    char to[24];
} Asked;

/* Of every form that a query has; not to be moved either. */
void draft_question(Harness *harness, Asked *asked);

/* On stderr, for who reads why a test failed. */
void draft_print(const Query *query);

#endif
