/*
 * model_instances - the instances of an event as libical lists them, from the first to the last one
 * or, of a rule without an end, to MODEL_YEARS_END, which no question reaches.
 *
 * Shares no code with the registry's own walk (proto/recurrence.h). Times are seconds of a clock
 * without zone.
 */
#ifndef PLENARY_TESTS_PROPERTY_MODEL_INSTANCES_H
#define PLENARY_TESTS_PROPERTY_MODEL_INSTANCES_H

#include "proto/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MODEL_YEARS_END = 2037,
};

typedef struct ModelInstances {
    int64_t *starts; /* in order */
    size_t count;
    int64_t length_s;
    int64_t first_s; /* of the series, whether or not it is left out */
    bool is_endless; /* there are more than are listed here */
} ModelInstances;

ModelInstances *model_instances_new(const Event *event);
void model_instances_destroy(ModelInstances **self);

/* "2022-03-03" or "2022-03-03T09:00:00". */
int64_t model_seconds(const char *moment);

/* The moment as text, a date or with the time of day. */
void model_print_seconds(int64_t seconds, bool is_date, char text[static 24]);

#endif
