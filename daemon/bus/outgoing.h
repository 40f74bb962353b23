/*
 * outgoing - how many bytes were handed to libzmq and have not left, of whom.
 *
 * libzmq bounds its queues in messages, which may be large. So each frame carries a charge: libzmq
 * gives it back, from a thread of its own, when it has that frame no longer, whether it was sent or
 * its connection is gone. That thread does nothing but count down and let go.
 * What several connections are sent, and is in memory once, counts for each. All functions here
 * are the loop's.
 */
#ifndef PLENARY_DAEMON_BUS_OUTGOING_H
#define PLENARY_DAEMON_BUS_OUTGOING_H

#include "daemon/bus/peer.h"

#include <zmq.h>

/* In bytes. What is within `free` has room whatever else there is; of what is not, an only message
 * of a connection, and of an owner, may be larger than the bound. */
typedef struct OutgoingLimits {
    size_t free; /* of a connection */
    size_t per_peer;
    size_t per_owner; /* of all connections of a key */
    size_t all;
} OutgoingLimits;

typedef struct Outgoing Outgoing;

/* NULL: no memory. */
Outgoing *outgoing_new(const OutgoingLimits *limits);

/* What libzmq still has may come back afterwards. Takes NULL and a pointer to NULL. */
void outgoing_destroy(Outgoing **self);

bool outgoing_has_room(const Outgoing *self, const Peer *peer, size_t bytes);

/* Charges `bytes` until libzmq is done with the frame, whose bytes stay where they are. False: no
 * memory; it is as it was. */
bool outgoing_charge(Outgoing *self, const Peer *peer, size_t bytes, zmq_msg_t *frame);

/* Bytes of all. */
size_t outgoing_bytes(const Outgoing *self);

#endif
