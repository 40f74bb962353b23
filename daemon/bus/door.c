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

/* One of a door's two sockets. */
typedef struct Side {
    zsock_t *socket; /* NULL: there is none */
    void *handle;    /* of libzmq */
    Endpoint endpoint;
    bool discarding; /* amid the parts of a message that is being dropped */
} Side;

enum {
    SIDE_LOCAL,
    SIDE_NETWORK,
    SIDES,
};

struct Door {
    Side sides[SIDES];
    EndpointLimits limits;
    size_t next; /* which side is read next */
    uint64_t refused;
};

/* ROUTER_MANDATORY: a peer's full queue is told, not dropped. */
static bool set_options(void *handle, const EndpointLimits *limits)
{
    const int mandatory = 1;
    return endpoint_limit(handle, limits) &&
           zmq_setsockopt(handle, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) == 0;
}

static StatusCode make_side(const Door *self, Side *side, Problem *problem)
{
    side->socket = zsock_new(ZMQ_ROUTER);
    if (side->socket) side->handle = zsock_resolve(side->socket);
    if (side->socket && set_options(side->handle, &self->limits)) return STATUS_OK;
    return problem_set(problem, STATUS_INTERNAL, "no ZeroMQ socket can be made: %s",
                       zmq_strerror(errno));
}

StatusCode door_new(const EndpointLimits *limits, Door **self, Problem *problem)
{
    Door *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory for a door");
    made->limits = *limits;
    StatusCode code = make_side(made, &made->sides[SIDE_LOCAL], problem);
    if (code != STATUS_OK) {
        door_destroy(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void door_destroy(Door **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < SIDES; i++)
        zsock_destroy(&(*self)->sides[i].socket);
    free(*self);
    *self = NULL;
}

StatusCode door_open(Door *self, const char *path, Problem *problem)
{
    Side *side = &self->sides[SIDE_LOCAL];
    return endpoint_open(&side->endpoint, side->handle, path, problem);
}

StatusCode door_open_network(Door *self, const char *endpoint, const CurvePair *server,
                             Problem *problem)
{
    Side *side = &self->sides[SIDE_NETWORK];
    assert(!side->socket);
    StatusCode code = make_side(self, side, problem);
    if (code != STATUS_OK) return code;
    return endpoint_open_network(&side->endpoint, side->handle, endpoint, server, problem);
}

void door_close(Door *self)
{
    for (size_t i = 0; i < SIDES; i++)
        endpoint_close(&self->sides[i].endpoint);
}

/* --- receiving --- */

/* True where the message ends with this part. */
static bool is_last(const zmq_msg_t *part)
{
    return zmq_msg_more(part) == 0;
}

/* Drops the parts that are left, some at a time: there is no bound on how many there are. */
static DoorInput discard(Door *self, Side *side)
{
    zmq_msg_t part;
    side->discarding = true;
    for (int i = 0; i < DOOR_DISCARD_PARTS && side->discarding; i++) {
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, side->handle, ZMQ_DONTWAIT) < 0 || is_last(&part))
            side->discarding = false;
        zmq_msg_close(&part);
    }
    if (!side->discarding) self->refused++;
    return DOOR_REFUSED;
}

/* Whose the connection is, as the ZAP handler said. After zmq_poll the frame of the routing id does
 * not have it; those of the client do. */
static bool take_key(bool is_remote, zmq_msg_t *part, Peer *peer)
{
    peer->key[0] = '\0';
    if (!is_remote) return true;
    const char *user = zmq_msg_gets(part, "User-Id");
    if (!user || strlen(user) != CURVE_FINGERPRINT_SIZE - 1) return false;
    memcpy(peer->key, user, CURVE_FINGERPRINT_SIZE);
    peer->id |= PEER_IS_REMOTE;
    return true;
}

/* The part at its place, 0 the routing id. False: the message is none of ours. */
static bool take_part(bool is_remote, int place, zmq_msg_t *part, Peer *peer)
{
    if (place == 0) return peer_parse(zmq_msg_data(part), zmq_msg_size(part), &peer->id);
    if (place == 1) return frame_is_version(zmq_msg_data(part), zmq_msg_size(part));
    return take_key(is_remote, part, peer);
}

static DoorInput receive(Door *self, Side *side, Peer *peer, zmq_msg_t *body)
{
    if (side->discarding) return discard(self, side);
    bool is_remote = side == &self->sides[SIDE_NETWORK];
    bool good = true;
    zmq_msg_t part;
    for (int i = 0; i < PARTS; i++) {
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, side->handle, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&part);
            return i == 0 ? DOOR_NOTHING : DOOR_REFUSED;
        }
        bool last = is_last(&part);
        good = good && take_part(is_remote, i, &part, peer);
        if (i == 2 && last && good) zmq_msg_move(body, &part);
        zmq_msg_close(&part);
        if (last && (i < 2 || !good)) {
            self->refused++;
            return DOOR_REFUSED;
        }
        if (last) return DOOR_MESSAGE;
    }
    return discard(self, side);
}

DoorInput door_receive(Door *self, Peer *peer, zmq_msg_t *body)
{
    for (size_t i = 0; i < SIDES; i++) {
        Side *side = &self->sides[self->next];
        self->next = (self->next + 1) % SIDES;
        if (!side->socket) continue;
        DoorInput input = receive(self, side, peer, body);
        if (input != DOOR_NOTHING) return input;
    }
    return DOOR_NOTHING;
}

/* --- sending --- */

DoorOutput door_send(Door *self, PeerId peer, zmq_msg_t *body)
{
    void *handle = self->sides[peer_is_remote(peer) ? SIDE_NETWORK : SIDE_LOCAL].handle;
    uint8_t id[PEER_BYTES];
    peer_print(peer, id);
    if (zmq_send(handle, id, sizeof id, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? DOOR_FULL : DOOR_GONE;
    /* Once the id is taken, the parts that follow cannot fail but for a peer that goes meanwhile:
     * then they are dropped, and the next send tells. */
    if (zmq_send(handle, FRAME_VERSION, FRAME_VERSION_BYTES, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return DOOR_GONE;
    return zmq_msg_send(body, handle, ZMQ_DONTWAIT) < 0 ? DOOR_GONE : DOOR_SENT;
}

uint64_t door_refused(const Door *self)
{
    return self->refused;
}

void *door_socket(Door *self)
{
    return self->sides[SIDE_LOCAL].handle;
}

void *door_network_socket(Door *self)
{
    return self->sides[SIDE_NETWORK].handle;
}
