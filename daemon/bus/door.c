#include "daemon/bus/door.h"

#include "daemon/bus/limits.h"
#include "daemon/bus/outgoing.h"
#include "proto/frame.h"

#include <assert.h>
#include <czmq.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HEARD = 8192, /* numbers of connections that the ZAP handler was told of last */
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
    Outgoing *outgoing;
    size_t next; /* which side is read next */
    Zap *zap;    /* NULL: connections are not counted */
    MonitorDoor which;
    uint64_t *heard; /* HEARD, each at the place of its number; told again is no harm */
    uint64_t refused;
};

/* ROUTER_MANDATORY: a peer's full queue is told, not dropped. */
static bool set_options(void *handle, const EndpointLimits *limits)
{
    const int mandatory = 1;
    return endpoint_limit(handle, limits) &&
           zmq_setsockopt(handle, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) == 0;
}

/* Its own of libzmq's threads, 0 the first, where the process has so many. */
static bool set_thread(void *handle, int thread)
{
    const uint64_t only = (uint64_t)1 << thread;
    if (zmq_ctx_get(zsys_init(), ZMQ_IO_THREADS) < DOOR_THREADS) return true;
    return zmq_setsockopt(handle, ZMQ_AFFINITY, &only, sizeof only) == 0;
}

static StatusCode make_side(const EndpointLimits *limits, int thread, Side *side, Problem *problem)
{
    side->socket = zsock_new(ZMQ_ROUTER);
    if (side->socket) side->handle = zsock_resolve(side->socket);
    if (side->socket && set_options(side->handle, limits) && set_thread(side->handle, thread))
        return STATUS_OK;
    return problem_set(problem, STATUS_INTERNAL, "no ZeroMQ socket can be made: %s",
                       zmq_strerror(errno));
}

static const OutgoingLimits away_limits = {
    .free = DOOR_AWAY_FREE_BYTES,
    .per_peer = DOOR_AWAY_BYTES_PER_PEER,
    .per_owner = DOOR_AWAY_BYTES_PER_KEY,
    .all = DOOR_AWAY_BYTES,
};

StatusCode door_new(const EndpointLimits *limits, Door **self, Problem *problem)
{
    Door *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory for a door");
    made->limits = *limits;
    made->outgoing = outgoing_new(&away_limits);
    StatusCode code = make_side(&made->limits, 0, &made->sides[SIDE_LOCAL], problem);
    if (code == STATUS_OK && !made->outgoing)
        code = problem_set(problem, STATUS_INTERNAL, "no memory for a door");
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
    if ((*self)->zap) monitor_stop((*self)->sides[SIDE_NETWORK].handle);
    for (size_t i = 0; i < SIDES; i++)
        zsock_destroy(&(*self)->sides[i].socket);
    outgoing_destroy(&(*self)->outgoing);
    free((*self)->heard);
    free(*self);
    *self = NULL;
}

StatusCode door_open(Door *self, const char *path, Problem *problem)
{
    Side *side = &self->sides[SIDE_LOCAL];
    return endpoint_open(&side->endpoint, side->handle, path, problem);
}

static StatusCode watch(Door *self, void *handle, const DoorNetwork *network, Problem *problem)
{
    if (!network->zap) return STATUS_OK;
    self->heard = calloc(HEARD, sizeof *self->heard);
    if (!self->heard) return problem_set(problem, STATUS_INTERNAL, "no memory for a door");
    self->zap = network->zap;
    self->which = network->which;
    return zap_watch(self->zap, handle, self->which, problem);
}

StatusCode door_open_network(Door *self, const DoorNetwork *network, Problem *problem)
{
    Side *side = &self->sides[SIDE_NETWORK];
    assert(!side->socket);
    EndpointLimits limits = self->limits;
    limits.message_bytes = network->message_bytes;
    StatusCode code = make_side(&limits, 1 + (int)network->which, side, problem);
    if (code == STATUS_OK) code = watch(self, side->handle, network, problem);
    if (code != STATUS_OK) return code;
    return endpoint_open_network(&side->endpoint, side->handle, network->endpoint, network->server,
                                 problem);
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

/* False: nothing is there; or, after a routing id, the connection went away. */
static bool receive_part(const Side *side, zmq_msg_t *part)
{
    return zmq_msg_recv(part, side->handle, ZMQ_DONTWAIT) >= 0;
}

/* Drops the parts that are left, some at a time: there is no bound on how many there are. */
static DoorInput discard(Door *self, Side *side)
{
    zmq_msg_t part;
    side->discarding = true;
    for (int i = 0; i < DOOR_DISCARD_PARTS && side->discarding; i++) {
        zmq_msg_init(&part);
        if (!receive_part(side, &part) || is_last(&part)) side->discarding = false;
        zmq_msg_close(&part);
    }
    if (!side->discarding) self->refused++;
    return DOOR_REFUSED;
}

/* Who was let in and has said something is not silent. */
static void note_spoke(Door *self, zmq_msg_t *part)
{
    const char *text = zmq_msg_gets(part, ZAP_NUMBER);
    uint64_t number = text ? strtoull(text, NULL, 10) : 0;
    if (number == 0 || self->heard[number % HEARD] == number) return;
    int fd = zmq_msg_get(part, ZMQ_SRCFD);
    if (fd < 0) return;
    self->heard[number % HEARD] = number;
    zap_note_spoke(self->zap, self->which, fd, number);
}

/* Whose the connection is, as the ZAP handler said. After zmq_poll the frame of the routing id does
 * not have it; those of the client do. */
static bool take_key(Door *self, bool is_remote, zmq_msg_t *part, Peer *peer)
{
    peer->key[0] = '\0';
    peer->owner = PEER_OF_MACHINE;
    if (!is_remote) return true;
    const char *user = zmq_msg_gets(part, "User-Id");
    if (!user || strlen(user) != CURVE_FINGERPRINT_SIZE - 1) return false;
    memcpy(peer->key, user, CURVE_FINGERPRINT_SIZE);
    peer->owner = peer_owner_of(user);
    peer->id |= PEER_IS_REMOTE;
    if (self->zap) note_spoke(self, part);
    return true;
}

/* Who sent the message that comes next. ROUTER gives each message a part before it. */
static DoorInput receive_peer(const Side *side, PeerId *peer)
{
    zmq_msg_t id;
    zmq_msg_init(&id);
    DoorInput input = DOOR_NOTHING;
    if (receive_part(side, &id))
        input =
            peer_parse(zmq_msg_data(&id), zmq_msg_size(&id), peer) ? DOOR_MESSAGE : DOOR_REFUSED;
    zmq_msg_close(&id);
    return input;
}

static DoorInput receive(Door *self, Side *side, Peer *peer, zmq_msg_t *frame)
{
    if (side->discarding) return discard(self, side);
    bool is_remote = side == &self->sides[SIDE_NETWORK];
    DoorInput input = receive_peer(side, &peer->id);
    if (input == DOOR_NOTHING) return DOOR_NOTHING;
    if (!receive_part(side, frame)) return DOOR_REFUSED;
    if (!is_last(frame)) return discard(self, side);
    if (input == DOOR_MESSAGE && door_body(frame).data && take_key(self, is_remote, frame, peer))
        return DOOR_MESSAGE;
    self->refused++;
    return DOOR_REFUSED;
}

DoorInput door_receive(Door *self, Peer *peer, zmq_msg_t *frame)
{
    for (size_t i = 0; i < SIDES; i++) {
        Side *side = &self->sides[self->next];
        self->next = (self->next + 1) % SIDES;
        if (!side->socket) continue;
        DoorInput input = receive(self, side, peer, frame);
        if (input != DOOR_NOTHING) return input;
    }
    return DOOR_NOTHING;
}

/* --- sending --- */

Bytes door_body(zmq_msg_t *frame)
{
    Bytes body = {0};
    (void)frame_body(zmq_msg_data(frame), zmq_msg_size(frame), &body.data, &body.size);
    return body;
}

bool door_frame(zmq_msg_t *frame, size_t size, uint8_t **body)
{
    if (zmq_msg_init_size(frame, FRAME_VERSION_BYTES + size) != 0) return false;
    *body = frame_begin(zmq_msg_data(frame));
    return true;
}

DoorOutput door_send(Door *self, const Peer *peer, zmq_msg_t *frame)
{
    void *handle = self->sides[peer_is_remote(peer->id) ? SIDE_NETWORK : SIDE_LOCAL].handle;
    uint8_t id[PEER_BYTES];
    size_t bytes = zmq_msg_size(frame) + DOOR_MESSAGE_OVERHEAD_BYTES;
    if (!outgoing_has_room(self->outgoing, peer, bytes)) return DOOR_FULL;
    peer_print(peer->id, id);
    if (zmq_send(handle, id, sizeof id, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return errno == EAGAIN ? DOOR_FULL : DOOR_GONE;
    /* Once the id is taken, the frame cannot fail but for a peer that goes meanwhile: then it is
     * dropped, and the next send tells. Without memory it goes uncharged. */
    (void)outgoing_charge(self->outgoing, peer, bytes, frame);
    return zmq_msg_send(frame, handle, ZMQ_DONTWAIT) < 0 ? DOOR_GONE : DOOR_SENT;
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
