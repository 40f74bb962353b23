/*
 * desk - where requests come in and replies go out.
 *
 * Reads frames, checks what they hold, hands requests to the registry, and sends the replies that
 * come back, at once or turns later. A ticket ties a reply to the connection that asked. The
 * registry is lent. Loop's thread only.
 */
#ifndef PLENARY_BUS_DESK_H
#define PLENARY_BUS_DESK_H

#include "daemon/registry/registry.h"
#include "proto/status.h"

#include <stdbool.h>

typedef struct Desk Desk;

/* Nobody is served before desk_open. NULL: no memory. */
Desk *desk_new(void);
void desk_destroy(Desk **self);

/* Binds and serves `registry`. */
StatusCode desk_open(Desk *self, const char *endpoint, Registry *registry, Problem *problem);

/* For zmq_poll. */
void *desk_socket(Desk *self);

/* Takes what has come in, LIMIT_REQUESTS_PER_TURN at most. True: there may be more. */
bool desk_drain(Desk *self);

/* The registry's registry_reply_fn; `desk` is the Desk. */
void desk_reply(void *desk, uint64_t ticket, const Reply *reply);

/* Requests that wait for a reply. */
size_t desk_waiting(const Desk *self);

#endif
