/*
 * naive_rule - what a recurrence rule gives, by trying every day and every second.
 *
 * Written from the text and the table of RFC 5545 section 3.3.10 alone: it reads rules itself,
 * takes its calendar from GLib, and shares nothing with proto/. A moment belongs to a rule where
 * each part that the rule has holds it, where each part that its FREQ would expand and the rule
 * lacks is as at the start, and where its period is a multiple of INTERVAL from the start's. The
 * start itself always belongs. Where the RFC leaves room it reads as docs/decisions/recurrence.md
 * does. Slow, and not for rules that are no rules.
 */
#ifndef PLENARY_TESTS_NAIVE_RULE_H
#define PLENARY_TESTS_NAIVE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct NaiveStart {
    int year, month, day, hour, minute, second;
} NaiveStart;

typedef struct NaiveAnswer {
    int64_t starts[64]; /* local seconds since 1970, in order; the first is the start */
    size_t count;
    int64_t seen_to_s; /* all that start before it were found; INT64_MAX: there are no more */
} NaiveAnswer;

/* Looks for `most` instances, up to 64, until it has tried `tries_max` days, hours, minutes and
 * seconds. */
void naive_rule(const char *rule, NaiveStart start, size_t most, long tries_max,
                NaiveAnswer *answer);

#endif
