/*
 * recurrence - the instances of a recurring event, in civil time (RFC 5545 section 3.8.5).
 *
 * A Series is a recurrence made ready once, to be walked often: the first instance, its rule,
 * rdates and exdates; overrides are records of their own. It counts in local seconds, as the clock
 * on the wall of the event's zone does, so that an instance keeps its time of day across daylight
 * saving; UTC is derived of each instance (proto/moment.h). A walk is lazy and bounded: for one
 * answer it looks at SERIES_STEPS_MAX candidates at most, and then says that it is tired. Pure; a
 * Series is never written after it was made, so that any thread may read it.
 */
#ifndef PLENARY_PROTO_RECURRENCE_H
#define PLENARY_PROTO_RECURRENCE_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/moment.h"
#include "proto/rule_walk.h"

enum {
    SERIES_STEPS_MAX = 500, /* candidates or empty periods passed over for one answer */
};

/* One block without a pointer in it: it may be copied, and kept elsewhere, as so many bytes. */
typedef struct Series Series;

typedef struct Instance {
    int64_t local_start_s; /* it names the instance: its recurrence id */
    int64_t local_end_s;   /* exclusive, as in Span */
} Instance;

/* Where a walk is. Belongs to who walks; its members are recurrence.c's own. */
typedef struct SeriesWalk {
    const Series *series;
    int64_t from_s;     /* instances that start earlier are passed over */
    int64_t count_left; /* of a COUNT that is counted while walking */
    int64_t rule_s;     /* the next start that the rule gives; INT64_MAX: none */
    bool has_rule_s;
    uint32_t extra;
    RuleWalk rule;
} SeriesWalk;

/* Makes the series of a valid event, in the arena; it borrows nothing of the event. An event that
 * does not recur is a series of one instance. NULL: the arena is full, or the start is no moment.
 */
Series *series_compile(const Event *event, Zones *zones, Arena *arena);

/* What a series takes, all in all. */
size_t series_size_bytes(const Series *self);

/* No instance starts before *first_start_s, none ends after *last_end_s, where one without length
 * counts as a second long; INT64_MAX: it goes on for ever, or too far to be counted. Both are exact
 * but for exdates and for an UNTIL between instances. */
void series_bounds(const Series *self, int64_t *first_start_s, int64_t *last_end_s);

/* Sets a walk before the first instance that ends after `local_s`; one without length counts as a
 * second long. Costs the same wherever that is. The series is lent for as long as the walk. */
void series_seek(const Series *self, int64_t local_s, SeriesWalk *walk);

/* The next instance, in order of start; starts rise strictly. *instance is set where one is found.
 */
SeriesStep series_next(SeriesWalk *walk, Instance *instance);

#endif
