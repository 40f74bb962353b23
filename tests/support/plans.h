/*
 * plans - events that clash at random, and a naive model that puts each to each.
 *
 * A plan is what an event is made of, in a few numbers. Texts that are given are g_free's.
 */
#ifndef PLENARY_TESTS_SUPPORT_PLANS_H
#define PLENARY_TESTS_SUPPORT_PLANS_H

#include "tests/support/ask.h"

#include <glib.h>
#include <stdbool.h>

enum {
    PLAN_PEOPLE = 7,
    PLAN_ORGANISATIONS = 2,
    PLAN_CLASHES_SIZE = PLAN_PEOPLE + PLAN_ORGANISATIONS + 2,
};

typedef enum Coming {
    STAYS,
    PERHAPS,
    COMES,
} Coming;

typedef struct Plan {
    int start_h, hours; /* from 1 May 2023 on the wall; hours 0: no length */
    bool whole_days, has_zone;
    int zone_h; /* ahead of UTC */
    int venue;  /* 0: none */
    int room;   /* 0: none */
    int city;   /* 0: not said */
    Coming people[PLAN_PEOPLE];
    int leads[PLAN_PEOPLE]; /* whose delegation; 0: nobody's */
    int spelling;           /* of the organisation's name */
    Plenary__V1__Event__Status status;
    bool approximate, secret;
    int whole; /* number of the event that it is part of; 0: none */
} Plan;

/* Of the event that is to have this number. */
Plan plan_of(Harness *harness, int number);

/* Puts the organisations into the directory that plans name in several ways. */
void plans_begin(const Asker *asker);

/* The event, asked for with what the caller sets of the request. */
typedef const Reply *plan_send_fn(const Asker *asker, Event *event, void *context);
const Reply *plan_send(const Asker *asker, const Plan *plan, plan_send_fn *send, void *context);
void plan_register(const Asker *asker, const Plan *plan);

/* Makes and registers 1 to `count`; a part is often where its whole is, and then. */
void plans_register(const Asker *asker, Plan *plans, int count);

bool plan_is_doubtful(const Plan *plan);

/* What two plans clash by: "V" the room, "0" to "6" people; in lower case and "a" to "g" where it
 * is only possible; "x" and "y" delegations, which never are more. */
void plans_expect(const Plan *plans, int one, int other, char text[static PLAN_CLASHES_SIZE]);

/* The same of a conflict that was found. */
void plans_print_clashes(const Conflict *conflict, char text[static PLAN_CLASHES_SIZE]);

/* "1 2 V" of a pair in either order; `other` 0: what is unseen. */
char *plans_line(int one, int other, const char *clashes);

/* Takes the lines, and gives them in order. */
const char *plans_sorted(GPtrArray *lines);

/* Every pair of 1 to `count`. */
const char *plans_expected(const Plan *plans, int count);

void plans_check_same(const char *is, const char *should);

#endif
