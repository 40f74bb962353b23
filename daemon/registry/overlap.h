/*
 * overlap - when two events are at the same time, of recurring ones instance by instance.
 *
 * Times are compared by UTC where both have a time and a zone, else by the clock on the wall; what
 * has no length counts as a second long. Series are walked side by side, OVERLAP_INSTANCES_MAX
 * instances of both together at most in one look: first from now on, then from their beginning;
 * what comes later is not seen. Pure but for zones.
 */
#ifndef PLENARY_REGISTRY_OVERLAP_H
#define PLENARY_REGISTRY_OVERLAP_H

#include "proto/arena.h"
#include "proto/contract.h"
#include "proto/instances.h"
#include "proto/moment.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    OVERLAP_INSTANCES_MAX = 500,       /* over nine years of something weekly */
    OVERLAP_ZONES_APART_S = 27 * 3600, /* two clocks on the wall differ by less */
};

/* When an event is. In the arena, or lent by the event. */
typedef struct Times {
    Span span;        /* of its first instance */
    const char *zone; /* where it has times and a zone; else NULL */
    Series *series;   /* NULL: it does not recur */
    int64_t first_start_s;
    int64_t last_end_s;                /* INT64_MAX: it has no end */
    instance_replaced_fn *is_replaced; /* of its instances: by records of their own; NULL: none */
    void *replaced_context;            /* lent */
} Times;

/* Where the caller looks, by the clock on the wall. */
typedef struct OverlapView {
    int64_t now_s;
    bool has_range; /* what does not touch it is not looked at, unless the other event does */
    int64_t from_s;
    int64_t to_s;
} OverlapView;

/* The instances that overlap, and what it cost to find out. */
typedef struct Overlap {
    Instance left;
    Instance right;
    size_t looked_at;
} Overlap;

/* False: it has no times. A recurrence for which the arena has no room counts as its first
 * instance. */
bool times_of(const Event *event, Zones *zones, Arena *arena, Times *times);

/* Adds to `looked_at` in any case. */
bool overlap_find(Zones *zones, const Times *left, const Times *right, const OverlapView *view,
                  Overlap *overlap);

/* The schedule that an instance of a recurring event has. NULL: the arena is full. */
Schedule *overlap_schedule(const Event *event, const Instance *instance, Arena *arena);

#endif
