/*
 * period - the moments that a rule takes from one of its periods.
 *
 * They are held as sets of days, hours, minutes and seconds, and told by their position in order:
 * a month of every second costs no more than a month of one day. Pure.
 */
#ifndef PLENARY_PROTO_PERIOD_H
#define PLENARY_PROTO_PERIOD_H

#include "proto/rule.h"

typedef struct Period {
    int64_t first_day; /* since 1970: bit 0 of `days` */
    uint64_t days[RULE_YEAR_WORDS];
    uint64_t minutes;
    uint64_t seconds;
    uint32_t hours;
    uint32_t count; /* of moments, before BYSETPOS */
    uint32_t count_of_day;
} Period;

/* When the rule's period number `index` (0: that of the start) begins. */
int64_t period_start_s(const Rule *rule, int64_t index);

/* The period number that holds a moment, or the last one that does not lie behind it; 0 at least.
 */
int64_t period_at(const Rule *rule, int64_t local_s);

/* Fills in a period, which may well be empty. Gives the number of the next one that need be looked
 * at. */
int64_t period_load(const Rule *rule, int64_t index, Period *period);

/* The moment at a position, which must be below count. */
int64_t period_moment_s(const Period *self, uint32_t position);

/* The first position that is not before `local_s`; count: there is none. */
uint32_t period_find(const Period *self, int64_t local_s);

/* The first position from `position` on that BYSETPOS lets through; count: there is none. */
uint32_t period_select(const Period *self, const Rule *rule, uint32_t position);

#endif
