/*
 * written - sends a write, and tells what it did.
 *
 * "12 revised (revision 2): schedule.start 2022-03-03 → 2022-03-04", or the record in another
 * form.
 */
#ifndef PLENARY_CLI_WRITTEN_H
#define PLENARY_CLI_WRITTEN_H

#include "clients/cli/session.h"

/* Adds --request-id, sends, tells. `before` is the image
 * before, for the difference, or NULL. */
int written_send(Session *session, Request *request, const Event *before);

/* Tells of a write that was answered. */
int written_tell(Session *session, const Plenary__V1__WriteReply *reply, const Event *before);

#endif
