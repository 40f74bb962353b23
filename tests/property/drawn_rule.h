/*
 * drawn_rule - random recurrence rules, each with a start.
 *
 * Every part is drawn that RFC 5545 section 3.3.10 lets a FREQ have, so that some rules give
 * nothing, and none is refused for its parts.
 */
#ifndef PLENARY_TESTS_DRAWN_RULE_H
#define PLENARY_TESTS_DRAWN_RULE_H

#include "proto/rule.h"

#include <glib.h>

enum {
    DRAW_COUNT_MAX = 28, /* of COUNT */
};

typedef struct Draw {
    GRand *random;
    GString *rule;
    RuleUnit unit;
    bool is_tame; /* libical may be asked */
    bool has_month;
    bool has_week;
    bool has_month_day;
    bool has_year_day;
    bool has_positions;
    Moment start;
} Draw;

/* Draws the next one into the same Draw; the caller owns `random` and `rule`. */
void draw_rule(Draw *self);

/* Both ends may come. */
int draw_between(Draw *self, int low, int high);

#endif
