/*
 * revise - sends a whole record as the next revision of the one before, and tells what changed.
 */
#ifndef PLENARY_CLI_REVISE_H
#define PLENARY_CLI_REVISE_H

#include "clients/cli/session.h"

/* Gives the exit code; 5 where the record is not at `expected`, the revision that the change is
 * based on. */
int revise(Session *session, const Event *before, Event *event, uint32_t expected);

#endif
