/*
 * rule_days - which days a rule takes from a week, a month or a year, and whether it takes a day.
 *
 * Pure. Days count from 1970-01-01.
 */
#ifndef PLENARY_PROTO_RULE_DAYS_H
#define PLENARY_PROTO_RULE_DAYS_H

#include "proto/rule.h"

/* A set of days: bit 0 is `first_day`. */
typedef struct RuleDays {
    int64_t first_day;
    uint64_t days[RULE_YEAR_WORDS];
} RuleDays;

/* Adds what the rule takes from one of its weeks, months or years, and sets first_day; `unit` is
 * counted as in rule_unit_at. `taken` is empty before. */
void rule_days_of(const Rule *rule, int64_t unit, RuleDays *taken);

/* Where the earliest day of such a unit may be. */
int64_t rule_first_day(const Rule *rule, int64_t unit);

/* False: it does not take the day; *next_day is then the first one after it that need be asked. */
bool rule_takes_day(const Rule *rule, int64_t day, int64_t *next_day);

/* Whether the rule names weeks of the year, whose first one may begin in the year before. */
bool rule_has_weeks(const Rule *rule);

#endif
