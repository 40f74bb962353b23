/*
 * tickets - which requests have no reply yet, whose they are, and replies that cannot leave yet.
 *
 * A ticket is opened for each request and closed when its reply has left or its peer is gone.
 * Bounded in number and in bytes, of one peer, of one owner and of all; this machine's sockets have
 * no bound as an owner. A ticket is at work from tickets_begin until its reply is made. Its number
 * is never 0 and never used twice. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_TICKETS_H
#define PLENARY_DAEMON_BUS_TICKETS_H

#include "daemon/bus/peer.h"

#include <zmq.h>

typedef struct TicketLimits {
    uint32_t count;
    uint32_t count_per_peer;
    size_t bytes;
    size_t bytes_per_peer;
    uint32_t count_per_owner;
    size_t bytes_per_owner;
} TicketLimits;

typedef struct Tickets Tickets;

typedef struct HeldReply {
    uint64_t ticket;
    Peer peer;        /* without its key */
    int64_t until_ms; /* then it is dropped */
    zmq_msg_t *frame; /* lent until the ticket is closed */
} HeldReply;

/* NULL: no memory. */
Tickets *tickets_new(const TicketLimits *limits);

/* Takes NULL. */
void tickets_destroy(Tickets **self);

/* A ticket for a request of `bytes`; 0: a bound is reached. */
uint64_t tickets_open(Tickets *self, const Peer *peer, size_t bytes);

/* Its request is being worked on. False: no such ticket is open. */
bool tickets_begin(Tickets *self, uint64_t number);

/* Of an owner. */
size_t tickets_at_work(const Tickets *self, PeerOwner owner);
size_t tickets_held_of(const Tickets *self, PeerOwner owner);

/* Whose it is, without the key. False: no such ticket is open. */
bool tickets_peer(const Tickets *self, uint64_t number, Peer *peer);

void tickets_close(Tickets *self, uint64_t number);

/* Keeps the reply with its ticket and takes `frame` over. False: a bound is reached; the frame
 * stays the caller's. */
bool tickets_hold(Tickets *self, uint64_t number, zmq_msg_t *frame, int64_t until_ms);

size_t tickets_held(const Tickets *self);

/* The held reply that waits longest, which becomes the last in line. `held` must not be 0. */
HeldReply tickets_next_held(Tickets *self);

/* Closes all of a peer's tickets and calls `each` for every one. */
typedef void ticket_fn(void *context, uint64_t number);
void tickets_drop_peer(Tickets *self, PeerId peer, ticket_fn *each, void *context);

size_t tickets_count(const Tickets *self);
size_t tickets_bytes(const Tickets *self);

#endif
