/*
 * peer - who is at the other end of a connection, as the ROUTER sockets of a door name it.
 *
 * A socket gives each connection a routing id of 5 bytes that begins with a zero. A client that
 * chose its own id is not served: replies could go to the wrong one. An id is never shown to
 * anybody. A door has two sockets, one for this machine and one for the network; the ids of both
 * are told apart by a bit. Pure.
 */
#ifndef PLENARY_DAEMON_BUS_PEER_H
#define PLENARY_DAEMON_BUS_PEER_H

#include "daemon/registry/access.h"
#include "daemon/registry/principals.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PEER_BYTES = 5,
};

typedef uint64_t PeerId; /* the bytes as one number, and PEER_IS_REMOTE */

/* Set for a connection of the network's socket. Above the bytes. */
#define PEER_IS_REMOTE ((PeerId)1 << (8 * PEER_BYTES))

/* Whose a connection is, for what is bounded of each: the beginning of the key's fingerprint. */
typedef uint64_t PeerOwner;

enum {
    PEER_OF_MACHINE = 0, /* no key: this machine's socket */
};

/* Who sent a message. */
typedef struct Peer {
    PeerId id;
    PeerOwner owner;
    char key[CURVE_FINGERPRINT_SIZE]; /* fingerprint, as ZAP said; "": this machine's socket */
} Peer;

/* Of a fingerprint; never PEER_OF_MACHINE. */
PeerOwner peer_owner_of(const char *fingerprint);

/* False: it is not an id that the socket gave. */
bool peer_parse(const void *data, size_t size, PeerId *peer);

void peer_print(PeerId peer, uint8_t bytes[static PEER_BYTES]);

static inline bool peer_is_remote(PeerId peer)
{
    return (peer & PEER_IS_REMOTE) != 0;
}

/* Who asks, resolved anew for each request. Over ipc the folder's mode is the gate; over the
 * network the key is whose it is by now. UNAUTHENTICATED: nobody's. The strings are lent until the
 * next change of a principal. */
StatusCode peer_caller(const Peer *peer, const Principals *principals, Caller *caller,
                       Problem *problem);

#endif
