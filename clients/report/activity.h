/*
 * activity - what a report says, counted and picked out of events one by one.
 *
 * A pure function of the events and the directory: the order in which events come changes nothing,
 * nor does any clock. Memory is bounded (the enum below) and does not grow with the number of
 * events. Events are lent for the call. One thread.
 */
#ifndef PLENARY_REPORT_ACTIVITY_H
#define PLENARY_REPORT_ACTIVITY_H

#include "clients/report/lines.h"
#include "clients/report/shortlist.h"
#include "clients/report/tally.h"
#include "proto/moment.h"

enum {
    ACTIVITY_EVENTS_MAX = 2000, /* in the table: the newest by their start */
    ACTIVITY_CHANGES_MAX = 500, /* of plan, likewise */
    ACTIVITY_OUTCOMES_MAX = 500,
    ACTIVITY_ACTIONS_MAX = 500,
    ACTIVITY_MONTHS = (MOMENT_YEAR_MAX - MOMENT_YEAR_MIN + 1) * 12,
    ACTIVITY_LETTERS = 26,
    ACTIVITY_KINDS = PLENARY__V1__EVENT__KIND__WEBINAR + 1,
    ACTIVITY_STATUSES = PLENARY__V1__EVENT__STATUS__HELD + 1,
    ACTIVITY_FORMATS = PLENARY__V1__EVENT__FORMAT__HYBRID + 1, /* the first: none is given */
    ACTIVITY_OUTCOME_KINDS = PLENARY__V1__OUTCOME__KIND__ACTION_ITEM + 1,
    ACTIVITY_STATES = PLENARY__V1__OUTCOME__STATE__DROPPED + 1,
};

typedef struct Month {
    uint32_t events;
    uint32_t called_off; /* of these: cancelled or postponed */
} Month;

typedef struct Activity {
    uint32_t events;
    uint32_t kinds[ACTIVITY_KINDS];
    uint32_t statuses[ACTIVITY_STATUSES];
    uint32_t formats[ACTIVITY_FORMATS];
    uint32_t countries[ACTIVITY_LETTERS * ACTIVITY_LETTERS]; /* activity_country */
    uint32_t nowhere;                                        /* no country is given */
    Month *months; /* by the month of the start, from January of the year 1 */
    uint32_t undated;
    uint32_t recurring;
    uint32_t moved;
    uint32_t revised; /* events with revisions */
    uint64_t revisions;
    uint64_t participants; /* named ones */
    uint64_t headcount;    /* of those who are only counted */
    uint64_t outcomes[ACTIVITY_OUTCOME_KINDS];
    uint64_t actions[ACTIVITY_STATES];
    Plenary__V1__Handling__Tlp tlp;  /* the most restricted one */
    char updated[INSTANT_TEXT_SIZE]; /* the latest; "" where there is none */
    Tally *organisations;
    Shortlist *lines;         /* EventLine, the latest start first, those without one last */
    Shortlist *changes;       /* EventLine of what was moved, postponed or cancelled, likewise */
    Shortlist *outcomes_list; /* OutcomeLine but of action items, the latest first */
    Shortlist *actions_list;  /* OutcomeLine: open ones first, by due date */
    const Directory *directory;
} Activity;

/* The directory is lent as long as events are added. NULL: no memory. */
Activity *activity_new(const Directory *directory);

/* Takes NULL and a pointer to NULL. */
void activity_destroy(Activity **self);

void activity_add(Activity *self, const Event *event);

/* Puts the lists in order. Nothing may be added afterwards. */
void activity_end(Activity *self);

/* The place of a country in `countries`. False: it is no code of two letters. */
bool activity_country(const char *code, size_t *place);

/* Months before the one that is `place` in `months`: its year and month, 1 to 12. */
void activity_month(size_t place, int *year, int *month);

#endif
