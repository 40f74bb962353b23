/*
 * errand - a request that the registry answers when its work is done, which may take long.
 *
 * Waits for the answer, and meanwhile shows how far it is. The request is sent once: a second one
 * would find the first. Main thread.
 */
#ifndef PLENARY_CLI_ERRAND_H
#define PLENARY_CLI_ERRAND_H

#include "clients/cli/progress.h"
#include "clients/cli/session.h"

/* How far it is, by the registry's status. */
typedef uint64_t errand_done_fn(const Plenary__V1__StatusReply *status);

/* To be called before the session has a client. */
void errand_prepare(Session *session);

/* On 0 *reply is OK and the caller's (plenary_reply_free). */
int errand_run(Session *session, Request *request, Progress *progress, errand_done_fn *done,
               Reply **reply);

#endif
