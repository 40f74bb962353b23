/*
 * instances - a walk over a series as it is seen: without the instances that other records replace.
 *
 * It goes on where the series is tired (proto/recurrence.h), but not for ever: a rule that passes
 * over INSTANCES_TIRES_MAX times as many candidates counts as ended there. Pure.
 */
#ifndef PLENARY_PROTO_INSTANCES_H
#define PLENARY_PROTO_INSTANCES_H

#include "proto/recurrence.h"

enum {
    INSTANCES_TIRES_MAX = 8, /* of one answer */
};

/* Does another record take the place of the instance that starts there? */
typedef bool instance_replaced_fn(void *context, int64_t local_start_s);

typedef struct InstanceWalk {
    SeriesWalk walk;
    instance_replaced_fn *is_replaced; /* NULL: none is */
    void *context;
} InstanceWalk;

/* Sets `walk`, whose function and context are set, before the first instance that ends after
 * `local_s`. The series is lent for as long as the walk. */
void instances_seek(InstanceWalk *walk, const Series *series, int64_t local_s);

/* The next one, in order of start. False: there is none. */
bool instances_next(InstanceWalk *walk, Instance *instance);

/* Does an instance touch the stretch, half open? `walk` says which are left out, and is used. */
bool instances_touch(InstanceWalk *walk, const Series *series, int64_t from_s, int64_t to_s);

#endif
