/*
 * rule - one recurrence rule, made small (RFC 5545 section 3.3.10).
 *
 * A rule counts periods (seconds, hours, weeks, years ...) from the one that its start lies in,
 * each INTERVAL after the one before, and takes from each the days and times that its parts name.
 * What is absent is filled in from the start, so that a part is one set, and a moment belongs to
 * the rule where all sets hold it. Pure. A Rule has no pointers: what is seldom asked for lies
 * behind it.
 */
#ifndef PLENARY_PROTO_RULE_H
#define PLENARY_PROTO_RULE_H

#include "proto/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RULE_DAY_S = 24 * 3600,
    RULE_MONTHS_ALL = (1 << 13) - 2,
    RULE_YEAR_WORDS = 6, /* bits for each day of a year, and the weeks that reach beyond it */
};

typedef enum RuleUnit {
    RULE_SECOND,
    RULE_MINUTE,
    RULE_HOUR,
    RULE_DAY,
    RULE_WEEK,
    RULE_MONTH,
    RULE_YEAR,
} RuleUnit;

/* Sets are bits by number; [0] counts from the beginning, [1] from the end. 0: any. */
typedef struct Rule {
    int64_t first_unit; /* the period of the start, counted from 1970 (years and months: from 0) */
    int64_t last_s;     /* nothing starts later */
    uint64_t minutes;
    uint64_t seconds;
    uint64_t weeks[2];
    uint32_t hours;
    uint32_t month_days[2];
    uint32_t interval;
    uint32_t rare_bytes; /* how far behind this the RuleRare lies; 0: there is none */
    uint16_t months;
    uint8_t week_days;  /* bit 0: Monday */
    uint8_t week_start; /* 0: Monday */
    uint8_t unit;       /* RuleUnit */
    bool has_year_days;
    bool has_nth;
    bool nth_in_year; /* not in its month */
    bool has_positions;
} Rule;

typedef struct RuleRare {
    uint64_t nth[2][7]; /* BYDAY with ordinals: of each weekday which in its month or year */
    uint64_t year_days[2][RULE_YEAR_WORDS];
    uint64_t positions[2][RULE_YEAR_WORDS]; /* BYSETPOS */
} RuleRare;

/* What a rule's text says beside its sets. */
typedef struct RuleText {
    Rule rule; /* without last_s and rare_bytes */
    RuleRare rare;
    int64_t count;  /* 0: none */
    Moment until;   /* where has_until */
    bool has_until; /* inclusive; a date: the whole day */
    bool until_is_utc;
    bool is_plain; /* nothing but FREQ, INTERVAL and what bounds it */
} RuleText;

/* Reads the text of a rule for an event that starts at `start_s`; of whole days times are none of
 * the rule's business. False: it is no rule. */
bool rule_read(const char *text, int64_t start_s, bool whole_days, RuleText *read);

/* Lent; lives as long as the rule. */
const RuleRare *rule_rare(const Rule *self);

/* The unit that a moment lies in, counted as first_unit is. */
int64_t rule_unit_at(const Rule *self, int64_t local_s);

/* Rounds down; `by` is above 0. */
int64_t rule_floor_div(int64_t number, int64_t by);

/* 0: Monday. Days count from 1970-01-01. */
int rule_week_day(int64_t day);

#endif
