/*
 * written - sends a write, and tells what it did.
 *
 * "12 revised (revision 2): schedule.start 2022-03-03 → 2022-03-04", or the record in another
 * form; on standard error what it clashes with, where the request asked for that.
 */
#ifndef PLENARY_CLI_WRITTEN_H
#define PLENARY_CLI_WRITTEN_H

#include "clients/cli/session.h"

/* What is to be told of a write besides that it was done: what differs from the image before, or
 * the verb's own words in its place. All may be NULL. */
typedef struct Written {
    const Event *before;
    const Organisation *organisation_before;
    const Principal *principal_before;
    const char *what;
} Written;

/* Adds --request-id, sends, tells. `before` is the image before, or NULL. */
int written_send(Session *session, Request *request, const Event *before);

/* Tells of a write that was answered. */
int written_tell(Session *session, const Plenary__V1__WriteReply *reply, const Written *written);

#endif
