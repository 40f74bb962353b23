/*
 * lines - messages that wait for their turn, so that nobody waits for what another one asked.
 *
 * Each connection has a line. Owners have turns, one message each, and so have the connections of
 * an owner among themselves. This machine's sockets are one owner. Bounded by the tickets that
 * its messages have. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_LINES_H
#define PLENARY_DAEMON_BUS_LINES_H

#include "daemon/bus/peer.h"

#include <zmq.h>

typedef struct Lines Lines;

typedef struct LinesMessage {
    Peer peer;
    uint64_t ticket;
    zmq_msg_t frame;
} LinesMessage;

/* May one of this owner's be taken now? */
typedef bool lines_may_fn(void *context, PeerOwner owner);

/* NULL: no memory. */
Lines *lines_new(void);

/* Takes NULL and a pointer to NULL. */
void lines_destroy(Lines **self);

/* Takes `frame` over. */
void lines_add(Lines *self, const Peer *peer, uint64_t ticket, zmq_msg_t *frame);

/* The next one, of an owner that may. False: there is none. `taken->frame` is to be closed. */
bool lines_take(Lines *self, lines_may_fn *may, void *context, LinesMessage *taken);

size_t lines_count(const Lines *self);

#endif
