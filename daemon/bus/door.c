#include "daemon/bus/door.h"

#include "daemon/bus/limits.h"
#include "proto/frame.h"

#include <assert.h>
#include <czmq.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PARTS = 3, /* routing id, version, body */
};

struct Door {
    zsock_t *socket;
    void *handle; /* of libzmq */
    Endpoint endpoint;
    uint64_t refused;
    bool discarding; /* amid the parts of a message that is being dropped */
};

/* ROUTER_MANDATORY: a peer's full queue is told, not dropped. */
static bool set_options(void *handle, const EndpointLimits *limits)
{
    const int mandatory = 1;
    return endpoint_limit(handle, limits) &&
           zmq_setsockopt(handle, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) == 0;
}

StatusCode door_new(const EndpointLimits *limits, Door **self, Problem *problem)
{
    Door *made = calloc(1, sizeof *made);
    if (made) made->socket = zsock_new(ZMQ_ROUTER);
    if (made && made->socket) made->handle = zsock_resolve(made->socket);
    if (!made || !made->socket || !set_options(made->handle, limits)) {
        door_destroy(&made);
        return problem_set(problem, STATUS_INTERNAL, "no ZeroMQ socket can be made: %s",
                           zmq_strerror(errno));
    }
    *self = made;
    return STATUS_OK;
}

void door_destroy(Door **self)
{
    if (!self || !*self) return;
    zsock_destroy(&(*self)->socket);
    free(*self);
    *self = NULL;
}

StatusCode door_open(Door *self, const char *path, Problem *problem)
{
    return endpoint_open(&self->endpoint, self->handle, path, problem);
}

void door_close(Door *self)
{
    endpoint_close(&self->endpoint);
}

/* --- receiving --- */

/* True where the message ends with this part. */
static bool is_last(const zmq_msg_t *part)
{
    return zmq_msg_more(part) == 0;
}

/* Drops the parts that are left, some at a time: there is no bound on how many there are. */
static DoorInput discard(Door *self)
{
    zmq_msg_t part;
    self->discarding = true;
    for (int i = 0; i < DOOR_DISCARD_PARTS && self->discarding; i++) {
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, self->handle, ZMQ_DONTWAIT) < 0 || is_last(&part))
            self->discarding = false;
        zmq_msg_close(&part);
    }
    if (!self->discarding) self->refused++;
    return DOOR_REFUSED;
}

DoorInput door_receive(Door *self, PeerId *peer, zmq_msg_t *body)
{
    if (self->discarding) return discard(self);
    bool good = true;
    zmq_msg_t part;
    for (int i = 0; i < PARTS; i++) {
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, self->handle, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&part);
            return i == 0 ? DOOR_NOTHING : DOOR_REFUSED;
        }
        bool last = is_last(&part);
        if (i == 0) good = peer_parse(zmq_msg_data(&part), zmq_msg_size(&part), peer);
        if (i == 1) good = good && frame_is_version(zmq_msg_data(&part), zmq_msg_size(&part));
        if (i == 2 && last && good) zmq_msg_move(body, &part);
        zmq_msg_close(&part);
        if (last && (i < 2 || !good)) {
            self->refused++;
            return DOOR_REFUSED;
        }
        if (last) return DOOR_MESSAGE;
    }
    return discard(self);
}

/* --- sending --- */

DoorOutput door_send(Door *self, PeerId peer, zmq_msg_t *body)
{
    uint8_t id[PEER_BYTES];
    peer_print(peer, id);
    if (zmq_send(self->handle, id, sizeof id, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? DOOR_FULL : DOOR_GONE;
    /* Once the id is taken, the parts that follow cannot fail but for a peer that goes meanwhile:
     * then they are dropped, and the next send tells. */
    if (zmq_send(self->handle, FRAME_VERSION, FRAME_VERSION_BYTES, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return DOOR_GONE;
    return zmq_msg_send(body, self->handle, ZMQ_DONTWAIT) < 0 ? DOOR_GONE : DOOR_SENT;
}

uint64_t door_refused(const Door *self)
{
    return self->refused;
}

void *door_socket(Door *self)
{
    return self->handle;
}
