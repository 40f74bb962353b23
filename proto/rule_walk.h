/*
 * rule_walk - the moments of a rule in order, a bounded number of steps at a time.
 *
 * A step is one moment given or one period looked at. The walk belongs to who walks, the rule is
 * lent. Pure.
 */
#ifndef PLENARY_PROTO_RULE_WALK_H
#define PLENARY_PROTO_RULE_WALK_H

#include "proto/period.h"

typedef enum SeriesStep {
    SERIES_INSTANCE, /* here is one */
    SERIES_END,      /* there are no more, now and at every further call */
    SERIES_TIRED,    /* none was found in so many steps; the next call goes on from there */
} SeriesStep;

typedef struct RuleWalk {
    int64_t from_s;
    int64_t index;     /* of the period to be loaded next */
    uint32_t position; /* of the next moment in the one loaded */
    Period period;     /* empty until one is loaded */
} RuleWalk;

/* Before the first moment that is not before `local_s`. */
void rule_seek(const Rule *rule, int64_t local_s, RuleWalk *walk);

/* The next moment, unless all that are left come after `up_to_s`: then *moment_s becomes
 * INT64_MAX, as at the end. Takes what it uses from *steps. */
SeriesStep rule_next(const Rule *rule, int64_t up_to_s, RuleWalk *walk, int *steps,
                     int64_t *moment_s);

/* Passes over up to `count` moments that lie in the period loaded, without a step for each. Gives
 * how many; *moment_s is the last of them where there is one. Of a rule with BYSETPOS none are. */
int64_t rule_skip(const Rule *rule, int64_t count, RuleWalk *walk, int64_t *moment_s);

#endif
