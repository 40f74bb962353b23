/*
 * recurrences - every series of the registry, ready to be walked, and what replaces its instances.
 *
 * In memory, because a range query looks at some thousand series and reading one from the journal
 * costs twenty times the looking. An event with the uid of a series and a recurrence_id replaces
 * the instance that started there, for those who may see it; for others that instance is as the
 * series says. Withdrawn, it replaces nothing. Filled from the images at the start and kept by
 * apply, in whatever order the records come. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_RECURRENCES_H
#define PLENARY_REGISTRY_RECURRENCES_H

#include "daemon/registry/access.h"
#include "proto/instances.h"

#include <roaring/roaring.h>

enum {
    RECURRENCES_SCRATCH_BYTES = 8 * 1024 * 1024, /* of one series while it is made */
};

typedef struct Recurrences Recurrences;
typedef struct Recurring Recurring;

/* NULL: no memory. */
Recurrences *recurrences_new(void);
void recurrences_destroy(Recurrences **self);

/* An event as it is from a change on; where that withdrew it, as it was before. What neither recurs
 * nor replaces anything is taken as well: it may have recurred. False: no memory. */
bool recurrences_put(Recurrences *self, Zones *zones, const Event *image, uint64_t sequence,
                     bool withdrawn);

/* NULL: that event does not recur. Lent until the next put. */
const Recurring *recurrences_find(const Recurrences *self, uint32_t number);

/* The series of an event that replaces an instance; 0: there is none. */
uint32_t recurrences_series_of(const Recurrences *self, const char *uid);

/* Lent until the next put: all series, and those of which an instance is replaced, for whomever. */
const roaring_bitmap_t *recurrences_series(const Recurrences *self);
const roaring_bitmap_t *recurrences_replaced(const Recurrences *self);

/* Adds the series of which not all is told by facets (facets_series_told_until_s) that touches what
 * lies before `until_s`. */
void recurrences_add_lasting(const Recurrences *self, int64_t until_s, roaring_bitmap_t *set);

/* Where the first of these goes on untold, or earlier; INT64_MAX: none of the set does. */
int64_t recurrences_lasting_from_s(const Recurrences *self, const roaring_bitmap_t *set);

const Series *recurring_series(const Recurring *self);
int64_t recurring_told_until_s(const Recurring *self);

/* What replaces instances, as a caller sees it: what an instance_replaced_fn is asked with. */
typedef struct RecurringSight {
    const struct Group *group;
    const Caller *caller;
} RecurringSight;

/* Says which instances of the series with that uid are replaced for the caller, be the series
 * registered or not. `sight` is filled, and lent to it. NULL: none is, for anybody. */
instance_replaced_fn *recurrences_replaced_of(const Recurrences *self, const char *uid,
                                              const Caller *caller, RecurringSight *sight);

/* The instances as a caller sees them; the same of `sight`. */
InstanceWalk recurring_walk(const Recurring *self, const Caller *caller, RecurringSight *sight);
bool recurring_touches(const Recurring *self, const Caller *caller, int64_t from_s, int64_t to_s);

/* For questions about the past: who replaces that instance now or did once, whatever their state
 * and whoever sees them, one after the other from `index` 0 on. 0: there are no more. */
uint32_t recurrences_override(const Recurrences *self, const char *uid, int64_t local_start_s,
                              size_t index);

/* Has a record that replaces an instance of it changed after that change? */
bool recurring_changed_since(const Recurring *self, uint64_t sequence);

#endif
