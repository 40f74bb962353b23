/*
 * router - a bounded ROUTER socket, its envelope, and the ids of its peers.
 *
 * Desk and streams each own one. Frames are: routing id, "PLN1", body. Loop's thread only.
 */
#ifndef PLENARY_BUS_ROUTER_H
#define PLENARY_BUS_ROUTER_H

#include "proto/contract.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ROUTER_PEER_BYTES = 5, /* the ids that ROUTER makes: a zero byte and four more */
};

typedef struct Router Router;

/* Who is at the other end of one connection. Never shown to anybody. */
typedef struct Peer {
    uint8_t id[ROUTER_PEER_BYTES];
} Peer;

typedef enum RouterSent {
    ROUTER_SENT,
    ROUTER_BEHIND, /* the peer's queue is full */
    ROUTER_GONE,   /* there is no such peer any more */
} RouterSent;

/* Binds to `endpoint` ("ipc://..."). NULL: `problem` says why. */
Router *router_new(const char *endpoint, Problem *problem);
void router_destroy(Router **self);

/* For zmq_poll. */
void *router_socket(Router *self);

/* The next message, without waiting. The body is lent until the next call. False: there is none.
 * A message that is not in the envelope, or from a peer that chose its own id, gives *valid
 * false and no body; *peer is set where it can be answered. */
typedef struct RouterMessage {
    Peer peer;
    bool valid;
    bool answerable;
    const void *body;
    size_t size;
} RouterMessage;

bool router_receive(Router *self, RouterMessage *message);

/* Packs the message into one frame and sends it. It is at most FRAME_BODY_BYTES_MAX long. */
RouterSent router_send(Router *self, const Peer *peer, const ProtobufCMessage *message);

#endif
