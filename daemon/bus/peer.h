/*
 * peer - who is at the other end of a connection, as the ROUTER socket names it.
 *
 * The socket gives each connection a routing id of 5 bytes that begins with a zero. A client that
 * chose its own id is not served: replies could go to the wrong one. An id is never shown to
 * anybody. Pure.
 */
#ifndef PLENARY_DAEMON_BUS_PEER_H
#define PLENARY_DAEMON_BUS_PEER_H

#include "daemon/registry/access.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PEER_BYTES = 5,
};

typedef uint64_t PeerId; /* the bytes as one number */

/* False: it is not an id that the socket gave. */
bool peer_parse(const void *data, size_t size, PeerId *peer);

void peer_print(PeerId peer, uint8_t bytes[static PEER_BYTES]);

/* Who asks, resolved anew for each request. Over ipc the folder's mode is the gate. */
Caller peer_caller(PeerId peer);

#endif
