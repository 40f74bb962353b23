/*
 * door - one ROUTER socket: frames in, frames out, every queue bounded.
 *
 * A message is the frames [routing id]["PLN1"][body]. What does not look so is dropped and counted
 * as refused. The desk has one door, the streams have another. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_DOOR_H
#define PLENARY_DAEMON_BUS_DOOR_H

#include "daemon/bus/endpoint.h"
#include "daemon/bus/peer.h"
#include "proto/status.h"

#include <zmq.h>

typedef struct Door Door;

typedef enum DoorInput {
    DOOR_NOTHING, /* waits to be read */
    DOOR_MESSAGE,
    DOOR_REFUSED, /* something was there, and was dropped */
} DoorInput;

typedef enum DoorOutput {
    DOOR_SENT, /* the body was taken over */
    DOOR_FULL, /* the peer's queue is full: later */
    DOOR_GONE, /* there is no such peer any more */
} DoorOutput;

/* A door that is not open yet. Given: door_destroy. */
StatusCode door_new(const EndpointLimits *limits, Door **self, Problem *problem);

/* Waits up to DOOR_LINGER_MS (when the process ends) for what was sent. Takes NULL. */
void door_destroy(Door **self);

/* Listens at the path, in the place of what is there: only the holder of the folder's lock may. */
StatusCode door_open(Door *self, const char *path, Problem *problem);

/* Removes the path, so that nobody else finds it; the connections that are there stay. */
void door_close(Door *self);

/* `body` is initialised and is filled with DOOR_MESSAGE only; whoever calls closes it. */
DoorInput door_receive(Door *self, PeerId *peer, zmq_msg_t *body);

DoorOutput door_send(Door *self, PeerId peer, zmq_msg_t *body);

/* Messages that were dropped so far. */
uint64_t door_refused(const Door *self);

/* For zmq_poll. */
void *door_socket(Door *self);

#endif
