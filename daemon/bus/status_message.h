/*
 * status_message - a Problem as the wire's Status.
 *
 * Everything points into the problem and the message itself, which must not be moved. Pure.
 */
#ifndef PLENARY_DAEMON_BUS_STATUS_MESSAGE_H
#define PLENARY_DAEMON_BUS_STATUS_MESSAGE_H

#include "proto/status.h"

typedef struct StatusMessage {
    Plenary__V1__Status status;
    Plenary__V1__Violation violations[PROBLEM_VIOLATIONS_MAX];
    Plenary__V1__Violation *pointers[PROBLEM_VIOLATIONS_MAX];
} StatusMessage;

void status_message_fill(StatusMessage *self, const Problem *problem);

#endif
