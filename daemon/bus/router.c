#include "daemon/bus/router.h"

#include "daemon/limits.h"
#include "proto/frame.h"

#include <czmq.h>
#include <stdlib.h>
#include <string.h>

struct Router {
    zsock_t *zsock;
    void *socket;   /* of zsock */
    zmq_msg_t body; /* lent with the last message */
};

static void bound_socket(zsock_t *zsock)
{
    zsock_set_router_mandatory(zsock, 1); /* EAGAIN and EHOSTUNREACH tell how a peer is */
    zsock_set_maxmsgsize(zsock, FRAME_BODY_BYTES_MAX);
    zsock_set_sndhwm(zsock, LIMIT_SEND_QUEUE_MESSAGES);
    zsock_set_rcvhwm(zsock, LIMIT_RECEIVE_QUEUE_MESSAGES);
    zsock_set_handshake_ivl(zsock, LIMIT_HANDSHAKE_MS);
    zsock_set_heartbeat_ivl(zsock, LIMIT_PING_MS);
    zsock_set_heartbeat_timeout(zsock, LIMIT_PING_TIMEOUT_MS);
    zsock_set_linger(zsock, LIMIT_LINGER_MS);
    zsock_set_backlog(zsock, LIMIT_BACKLOG_CONNECTIONS);
}

Router *router_new(const char *endpoint, Problem *problem)
{
    Router *self = calloc(1, sizeof *self);
    if (!self || !(self->zsock = zsock_new(ZMQ_ROUTER))) {
        free(self);
        problem_set(problem, STATUS_INTERNAL, "no memory for a socket");
        return NULL;
    }
    self->socket = zsock_resolve(self->zsock);
    zmq_msg_init(&self->body);
    bound_socket(self->zsock);
    if (zsock_bind(self->zsock, "%s", endpoint) != 0) {
        problem_set(problem, STATUS_UNAVAILABLE, "cannot bind %s: %s", endpoint,
                    zmq_strerror(zmq_errno()));
        router_destroy(&self);
    }
    return self;
}

void router_destroy(Router **self)
{
    if (!self || !*self) return;
    zmq_msg_close(&(*self)->body);
    zsock_destroy(&(*self)->zsock);
    free(*self);
    *self = NULL;
}

void *router_socket(Router *self)
{
    return self->socket;
}

/* --- receiving --- */

/* Receives one frame into `frame`; false: there is none. */
static bool receive_frame(Router *self, zmq_msg_t *frame)
{
    zmq_msg_close(frame);
    zmq_msg_init(frame);
    return zmq_msg_recv(frame, self->socket, ZMQ_DONTWAIT) >= 0;
}

static void skip_rest(Router *self, zmq_msg_t *frame)
{
    while (zmq_msg_more(frame) && receive_frame(self, frame)) {
    }
}

/* A peer that sets its own routing id could take over another's place: it is not served. */
static bool read_peer(zmq_msg_t *frame, Peer *peer)
{
    const uint8_t *id = zmq_msg_data(frame);
    if (zmq_msg_size(frame) != ROUTER_PEER_BYTES || id[0] != 0) return false;
    memcpy(peer->id, id, ROUTER_PEER_BYTES);
    return true;
}

static bool read_envelope(Router *self, RouterMessage *message)
{
    message->answerable = read_peer(&self->body, &message->peer);
    if (!zmq_msg_more(&self->body) || !receive_frame(self, &self->body)) return false;
    bool version = frame_is_version(zmq_msg_data(&self->body), zmq_msg_size(&self->body));
    if (!version || !zmq_msg_more(&self->body)) return false;
    return receive_frame(self, &self->body) && !zmq_msg_more(&self->body);
}

bool router_receive(Router *self, RouterMessage *message)
{
    *message = (RouterMessage){0};
    if (!receive_frame(self, &self->body)) return false;
    bool in_envelope = read_envelope(self, message);
    skip_rest(self, &self->body);
    message->valid = in_envelope && message->answerable;
    if (!message->valid) return true;
    message->body = zmq_msg_data(&self->body);
    message->size = zmq_msg_size(&self->body);
    return true;
}

/* --- sending --- */

RouterSent router_send(Router *self, const Peer *peer, const ProtobufCMessage *message)
{
    if (zmq_send(self->socket, peer->id, ROUTER_PEER_BYTES, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return zmq_errno() == EAGAIN ? ROUTER_BEHIND : ROUTER_GONE;
    /* Once the first frame is taken, the rest of the message is. */
    zmq_send(self->socket, FRAME_VERSION, FRAME_VERSION_BYTES, ZMQ_DONTWAIT | ZMQ_SNDMORE);
    zmq_msg_t body;
    zmq_msg_init_size(&body, protobuf_c_message_get_packed_size(message));
    protobuf_c_message_pack(message, zmq_msg_data(&body));
    if (zmq_msg_send(&body, self->socket, ZMQ_DONTWAIT) >= 0) return ROUTER_SENT;
    zmq_msg_close(&body);
    return ROUTER_GONE;
}
