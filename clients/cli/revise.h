/*
 * revise - changes a record that is there: reads it, changes it, sends the whole as its next
 * revision, and tells what changed.
 *
 * Gives the exit code. Nobody is overwritten: where somebody else revised the record meanwhile, the
 * registry refuses, and it is read and changed anew. Of those who change a record at once one gets
 * through in each round, so that REVISE_ATTEMPTS_MAX of them all do.
 */
#ifndef PLENARY_CLI_REVISE_H
#define PLENARY_CLI_REVISE_H

#include "clients/cli/session.h"

enum {
    REVISE_ATTEMPTS_MAX = 32,
    REVISE_PAUSE_MS = 5, /* before each further attempt, and as much longer */
    REVISE_PAUSE_MAX_MS = 50,
};

/* Changes a record as JSON, as the registry has it by then: it may be called several times. What it
 * puts into *what (the session's arena has it) is told in the place of the fields that differ.
 * Gives an exit code. */
typedef int change_fn(void *context, json_t *record, const char **what);

/* With --if-rev only the event at that revision is changed: there is one attempt. */
int revise_event(Session *session, const char *name, change_fn *change, void *context);

/* NOT_FOUND where the directory has none of that name. */
int revise_organisation(Session *session, const char *name, change_fn *change, void *context);

/* NOT_FOUND where there is none of that name. */
int revise_principal(Session *session, const char *name, change_fn *change, void *context);

/* Sends an event that was made of `before` somewhere else, in one attempt: 5 where the record is
 * not at the revision of `before` any more. */
int revise_from(Session *session, const Event *before, Event *event);

#endif
