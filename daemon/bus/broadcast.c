#include "daemon/bus/broadcast.h"

#include "daemon/bus/delivery.h"
#include "daemon/bus/endpoint.h"
#include "daemon/bus/limits.h"
#include "daemon/bus/ticks.h"
#include "daemon/bus/topics.h"

#include <czmq.h>
#include <endian.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    CANCEL = 0, /* the first byte of what a listener sends; the topic follows */
    SUBSCRIBE = 1,
};

struct Broadcast {
    BroadcastConfig config;
    zsock_t *socket;
    void *handle; /* of libzmq */
    Endpoint endpoint;
    Registry *registry; /* NULL: it is not open */
    View view;
    Arena *view_arena;
    Arena *scratch;    /* of one change */
    Arena *kept;       /* of it, packed */
    uint64_t position; /* everything up to this change has been published, or heard by nobody */
    uint64_t subscriptions; /* topics that somebody listens to */
    bool listens;           /* somebody does, as it was told last */
    GHashTable *known;      /* topic -> its last change, a uint64_t; owns both */
    size_t known_bytes;
    uint64_t refused;
    int64_t until_us; /* of this turn */
};

/* --- its life --- */

/* XPUB, to count subscriptions and for nothing else: XPUB_MANUAL mixes peers up, and with
 * XPUB_NODROP a slow listener would stop the others. */
static bool make_socket(Broadcast *self)
{
    const EndpointLimits limits = {BROADCAST_RECEIVE_QUEUE, self->config.send_queue,
                                   BROADCAST_MESSAGE_BYTES};
    self->socket = zsock_new(ZMQ_XPUB);
    if (!self->socket) return false;
    self->handle = zsock_resolve(self->socket);
    return endpoint_limit(self->handle, &limits);
}

StatusCode broadcast_new(const BroadcastConfig *config, Broadcast **self, Problem *problem)
{
    Broadcast *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory for the broadcast");
    made->config = *config;
    made->view_arena = arena_new(STREAMS_ARENA_BYTES);
    made->scratch = arena_new(BROADCAST_ARENA_BYTES);
    made->kept = arena_new(BROADCAST_ARENA_BYTES);
    made->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    StatusCode code = STATUS_OK;
    if (!made->view_arena || !made->scratch || !made->kept)
        code = problem_set(problem, STATUS_INTERNAL, "no memory for the broadcast");
    else if (!make_socket(made))
        code = problem_set(problem, STATUS_INTERNAL, "no ZeroMQ socket can be made: %s",
                           zmq_strerror(errno));
    if (code == STATUS_OK)
        *self = made;
    else
        broadcast_destroy(&made);
    return code;
}

void broadcast_destroy(Broadcast **self)
{
    if (!self || !*self) return;
    zsock_destroy(&(*self)->socket);
    g_hash_table_destroy((*self)->known);
    arena_destroy(&(*self)->view_arena);
    arena_destroy(&(*self)->scratch);
    arena_destroy(&(*self)->kept);
    free(*self);
    *self = NULL;
}

StatusCode broadcast_open(Broadcast *self, Registry *registry, const char *path, Problem *problem)
{
    const Caller caller = access_anonymous();
    arena_reset(self->view_arena);
    StatusCode code = view_make(registry_state(registry), &caller, NULL, false, self->view_arena,
                                &self->view, problem);
    if (code == STATUS_OK) code = endpoint_open(&self->endpoint, self->handle, path, problem);
    if (code != STATUS_OK) return code;
    self->registry = registry;
    self->position = registry_applied(registry);
    return STATUS_OK;
}

void broadcast_close(Broadcast *self)
{
    endpoint_close(&self->endpoint);
    self->registry = NULL;
}

/* --- listeners --- */

/* A listener's library sends each topic of its own once, and this side's tells the first
 * subscription and the last cancellation of a topic. Only a peer that writes ZMTP by hand can
 * cancel for others; then they hear again when somebody subscribes. */
static void count_subscription(Broadcast *self, const uint8_t *data, size_t size)
{
    if (size == 0 || data[0] > SUBSCRIBE)
        self->refused++;
    else if (data[0] == SUBSCRIBE)
        self->subscriptions++;
    else if (self->subscriptions > 0)
        self->subscriptions--;
}

/* True: there may be more. */
static bool take_subscriptions(Broadcast *self)
{
    bool taken = true;
    for (int i = 0; i < BROADCAST_SUBSCRIPTIONS_PER_TURN && taken; i++) {
        zmq_msg_t message;
        zmq_msg_init(&message);
        taken = zmq_msg_recv(&message, self->handle, ZMQ_DONTWAIT) >= 0;
        if (taken) count_subscription(self, zmq_msg_data(&message), zmq_msg_size(&message));
        zmq_msg_close(&message);
    }
    return taken;
}

/* What the last change of each topic was is not known from here on. */
static void forget(Broadcast *self)
{
    g_hash_table_remove_all(self->known);
    self->known_bytes = 0;
}

static void notice_listeners(Broadcast *self)
{
    bool listens = self->subscriptions > 0;
    if (listens == self->listens) return;
    self->listens = listens;
    if (!listens) forget(self);
    self->config.told(self->config.told_context, listens);
}

/* --- publishing --- */

/* Remembers the change as the last one of the topic; gives the one before, or 0. */
static uint64_t note_last(Broadcast *self, const char *topic, size_t length, uint64_t sequence)
{
    uint64_t *last = g_hash_table_lookup(self->known, topic);
    uint64_t previous = last ? *last : 0;
    size_t bytes = length + BROADCAST_KNOWN_OVERHEAD_BYTES;
    if (!last) {
        if (self->known_bytes + bytes > BROADCAST_KNOWN_BYTES) forget(self);
        self->known_bytes += bytes;
        last = g_new(uint64_t, 1);
        g_hash_table_insert(self->known, g_strndup(topic, length), last);
    }
    *last = sequence;
    return previous;
}

typedef struct Publication {
    Broadcast *broadcast;
    uint64_t sequence;
    zmq_msg_t body; /* shared by all its topics */
} Publication;

/* Sending never waits: who has no room misses the message. */
static void send_topic(void *context, const char *topic, size_t length)
{
    Publication *publication = context;
    Broadcast *self = publication->broadcast;
    const uint64_t numbers[] = {
        htole64(publication->sequence),
        htole64(note_last(self, topic, length, publication->sequence)),
    };
    static_assert(sizeof numbers == BROADCAST_NUMBERS_BYTES, "as the header says");
    zmq_msg_t body;
    zmq_msg_init(&body);
    if (zmq_msg_copy(&body, &publication->body) == 0 &&
        zmq_send(self->handle, topic, length, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0 &&
        zmq_send(self->handle, numbers, sizeof numbers, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0)
        (void)zmq_msg_send(&body, self->handle, ZMQ_DONTWAIT);
    zmq_msg_close(&body);
}

static bool publish(Broadcast *self, uint64_t sequence, const Heard *heard)
{
    Publication publication = {.broadcast = self, .sequence = sequence};
    if (zmq_msg_init_size(&publication.body, heard->change.size) != 0) return false;
    memcpy(zmq_msg_data(&publication.body), heard->change.data, heard->change.size);
    topics_of(registry_state(self->registry), heard, self->scratch, send_topic, &publication);
    zmq_msg_close(&publication.body);
    return true;
}

/* What an erasure wrote anew. Who refers to a record that turned is not told: a listener has no
 * copy to keep right. */
static bool publish_again(Broadcast *self, const DeliveryContext *delivery, const Change *cause)
{
    Again again;
    if (cause->action != PLENARY__V1__CHANGE__ACTION__ERASED) return true;
    delivery_find_again(delivery, cause, &again);
    for (size_t i = 0; i < again.count; i++) {
        Heard heard;
        if (!delivery_make_again(delivery, &again, again.numbers[i], &heard)) return false;
        if (delivery_is_heard(&heard) && !publish(self, again.sequence, &heard)) return false;
    }
    return !again.too_many;
}

/* Which topics a change that cannot be read would have had is not known: all of them may have
 * missed it, and say so. */
static bool publish_change(void *context, uint64_t sequence, Bytes packed)
{
    Broadcast *self = context;
    Heard heard;
    const DeliveryContext delivery = {
        .state = registry_state(self->registry),
        .view = &self->view,
        .scratch = self->scratch,
        .kept = self->kept,
        .wants_images = true,
    };
    arena_reset(self->kept);
    bool made = delivery_make(&delivery, packed, &heard);
    if (made && delivery_is_heard(&heard)) made = publish(self, sequence, &heard);
    if (made && heard.cause) made = publish_again(self, &delivery, heard.cause);
    if (!made) forget(self);
    self->position = sequence;
    return ticks_us() < self->until_us;
}

bool broadcast_turn(Broadcast *self)
{
    if (!self->registry) return false;
    bool more = take_subscriptions(self);
    notice_listeners(self);
    uint64_t head = registry_applied(self->registry);
    if (!self->listens) self->position = head;
    if (self->position == head) return more;
    uint64_t ahead = head - self->position;
    self->until_us = ticks_us() + BROADCAST_TURN_US;
    (void)journal_scan(registry_state(self->registry)->journal, self->position + 1,
                       ahead < BROADCAST_CHANGES_PER_TURN ? (size_t)ahead
                                                          : BROADCAST_CHANGES_PER_TURN,
                       publish_change, self);
    return more || self->position < head;
}

uint64_t broadcast_refused(const Broadcast *self)
{
    return self->refused;
}

void *broadcast_socket(Broadcast *self)
{
    return self->handle;
}
