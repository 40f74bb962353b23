/*
 * outcome - a Problem as the wire's Status.
 *
 * Everything points into the problem and the outcome itself, which must not be moved. Pure.
 */
#ifndef PLENARY_DAEMON_BUS_OUTCOME_H
#define PLENARY_DAEMON_BUS_OUTCOME_H

#include "proto/status.h"

typedef struct Outcome {
    Plenary__V1__Status status;
    Plenary__V1__Violation violations[PROBLEM_VIOLATIONS_MAX];
    Plenary__V1__Violation *pointers[PROBLEM_VIOLATIONS_MAX];
} Outcome;

void outcome_fill(Outcome *self, const Problem *problem);

#endif
