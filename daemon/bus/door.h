/*
 * door - frames in, frames out, every queue bounded: over a local socket, and one of the network.
 *
 * A message is the routing id and one frame, "PLN1" and a body. What does not look so is dropped
 * and counted as refused. The desk has one door, the streams have another. A ROUTER socket has one
 * security mechanism, so a door has two: the local one is without (the folder's mode is the gate),
 * that of the network takes CURVE and nothing else, and what comes there without a User-Id of ZAP
 * is dropped. Both are read in turns. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_DOOR_H
#define PLENARY_DAEMON_BUS_DOOR_H

#include "daemon/bus/endpoint.h"
#include "daemon/bus/peer.h"
#include "daemon/bus/zap.h"
#include "daemon/store/bytes.h"
#include "proto/curve.h"
#include "proto/status.h"

#include <zmq.h>

typedef struct Door Door;

typedef enum DoorInput {
    DOOR_NOTHING, /* waits to be read */
    DOOR_MESSAGE,
    DOOR_REFUSED, /* something was there, and was dropped */
} DoorInput;

typedef enum DoorOutput {
    DOOR_SENT, /* the frame was taken over */
    DOOR_FULL, /* the peer's queue is full, or what it may have away is: later */
    DOOR_GONE, /* there is no such peer any more */
} DoorOutput;

/* A door that is not open yet. Given: door_destroy. */
StatusCode door_new(const EndpointLimits *limits, Door **self, Problem *problem);

/* Waits up to DOOR_LINGER_MS (when the process ends) for what was sent. Takes NULL. */
void door_destroy(Door **self);

/* Listens at the path, in the place of what is there: only the holder of the folder's lock may. */
StatusCode door_open(Door *self, const char *path, Problem *problem);

/* Where a door listens on the network. */
typedef struct DoorNetwork {
    const char *endpoint; /* "tcp://address:port" */
    const CurvePair *server;
    Zap *zap; /* lent until the door is destroyed; NULL (in tests): connections are not counted */
    MonitorDoor which;
    int message_bytes; /* a connection that sends more is closed */
} DoorNetwork;

/* Listens there too. The ZAP handler is there already: without one, whoever has the server's
 * public key would be let in by libzmq (and then dropped here). */
StatusCode door_open_network(Door *self, const DoorNetwork *network, Problem *problem);

/* Removes the path, so that nobody else finds it; the connections that are there stay, and the
 * network's address is in use until door_destroy. */
void door_close(Door *self);

/* `frame` is initialised, and a message with DOOR_MESSAGE only; whoever calls closes it. */
DoorInput door_receive(Door *self, Peer *peer, zmq_msg_t *frame);

/* What a frame has behind the version, lent by it. Data NULL: it is none of ours, which what
 * door_receive gives with DOOR_MESSAGE never is. */
Bytes door_body(zmq_msg_t *frame);

/* Initialises a frame with room for a body of `size` bytes, which is to be written at *body. False:
 * no memory. */
bool door_frame(zmq_msg_t *frame, size_t size, uint8_t **body);

/* Such a frame. The peer's key is not looked at. A connection, and a key, has so many bytes away at
 * a time. */
DoorOutput door_send(Door *self, const Peer *peer, zmq_msg_t *frame);

/* Messages that were dropped so far. */
uint64_t door_refused(const Door *self);

/* For zmq_poll. That of the network is NULL where there is none. */
void *door_socket(Door *self);
void *door_network_socket(Door *self);

#endif
