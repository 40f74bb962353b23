/*
 * made - an event of the property test of questions: what it was made of, as small numbers.
 *
 * The numbers point into the vocabulary. The truth of the test is here, not in what the registry
 * gives back. The harness's seed steers all of it.
 */
#ifndef PLENARY_TESTS_PROPERTY_MADE_H
#define PLENARY_TESTS_PROPERTY_MADE_H

#include "proto/contract.h"
#include "tests/property/vocabulary.h"
#include "tests/support/harness.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    MADE_TEXTS = 8, /* title, its translation, description, topic, city, person, series, outcome */
    MADE_TEXT_WORDS = 4,
    MADE_ORGANISATIONS = 6, /* in the directory */
    MADE_PARTS = 3,
    MADE_TOPICS = 2,
    MADE_UNLISTED = MADE_ORGANISATIONS, /* a part that is only named */
    MADE_AUDIENCES = 4,
    MADE_TIME_SIZE = 32,
    NONE = -1,
};

extern const char *const made_audiences[MADE_AUDIENCES];
extern const char *const made_organisations[MADE_ORGANISATIONS + 1];
extern const int made_parents[MADE_ORGANISATIONS]; /* NONE: it has none */

/* A text: words of the vocabulary, one after the other. */
typedef struct MadeText {
    int weight; /* in the order of relevance */
    int count;
    const Spelling *words[MADE_TEXT_WORDS];
} MadeText;

typedef struct Made {
    uint32_t number;
    uint64_t sequence;
    char time[MADE_TIME_SIZE]; /* of the change */
    bool withdrawn;

    int kind, status, format, country, category, series, city, room; /* NONE: not said */
    int topics[MADE_TOPICS];
    struct {
        int organisation, role;
    } parts[MADE_PARTS];
    int person;
    uint32_t part_of;  /* 0: none */
    int tlp;           /* 0: not said */
    unsigned audience; /* a bit for each of made_audiences */
    MadeText texts[3]; /* title, its translation, description: of words */

    int64_t start_s, end_s; /* local, since 2020-01-01; half open */
    bool whole_days, approximate;
    int zone_h; /* of UTC; NONE: floating */
} Made;

/* A random one. `members` may be part of another event: one of the first so many. */
void made_fill(Harness *harness, Made *made, uint32_t members);

/* The event as it is registered. It points into itself and into `made`. */
typedef struct MadeEvent {
    Event event;
    Schedule schedule;
    Venue venue;
    Handling handling;
    Plenary__V1__Translation translation, *translations[1];
    Involvement parts[MADE_PARTS], *part_pointers[MADE_PARTS];
    Participant person, *people[1];
    char *topics[MADE_TOPICS];
    char *audience[MADE_AUDIENCES];
    char texts[3][128];
    char start[32], end[32];
    char part_of[16];
} MadeEvent;

void made_event(const Made *made, MadeEvent *out);

/* A local second as text: a date, or a date with a time. */
void made_moment(int64_t local_s, bool is_date, char text[static 32]);

/* Every text of it that is made of words; gives how many. */
int made_texts(const Made *made, MadeText texts[static MADE_TEXTS]);

#endif
