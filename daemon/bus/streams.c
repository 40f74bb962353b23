#include "daemon/bus/streams.h"

#include "daemon/bus/stream.h"
#include "daemon/limits.h"
#include "proto/frame.h"
#include "proto/validate.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

struct Streams {
    Router *router;
    Registry *registry;
    GPtrArray *all;       /* Stream */
    guint next;           /* who is served first in the next turn */
    Arena *request;       /* of one request */
    Arena *telling;       /* of one message */
    Delivery *deliveries; /* of one message */
    Delivery **pointers;
    int64_t housekept_ms;
};

static void free_stream(gpointer data)
{
    Stream *stream = data;
    stream_destroy(&stream);
}

Streams *streams_new(void)
{
    Streams *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->all = g_ptr_array_new_with_free_func(free_stream);
    self->request = arena_new(LIMIT_STREAM_ARENA_BYTES);
    self->telling = arena_new(SIZE_MAX);
    self->deliveries = calloc(LIMIT_DELIVERIES_PER_MESSAGE, sizeof *self->deliveries);
    self->pointers = calloc(LIMIT_DELIVERIES_PER_MESSAGE, sizeof *self->pointers);
    if (!self->request || !self->telling || !self->deliveries || !self->pointers)
        streams_destroy(&self);
    else
        for (size_t i = 0; i < LIMIT_DELIVERIES_PER_MESSAGE; i++)
            self->pointers[i] = &self->deliveries[i];
    return self;
}

void streams_destroy(Streams **self)
{
    if (!self || !*self) return;
    g_ptr_array_free((*self)->all, TRUE);
    router_destroy(&(*self)->router);
    arena_destroy(&(*self)->request);
    arena_destroy(&(*self)->telling);
    free((*self)->deliveries);
    free((*self)->pointers);
    free(*self);
    *self = NULL;
}

StatusCode streams_open(Streams *self, const char *endpoint, Registry *registry, Problem *problem)
{
    self->registry = registry;
    self->router = router_new(endpoint, problem);
    return self->router ? STATUS_OK : problem->code;
}

void *streams_socket(Streams *self)
{
    return router_socket(self->router);
}

size_t streams_count(const Streams *self)
{
    return self->all->len;
}

/* --- who is there --- */

static bool is_same_peer(const Peer *left, const Peer *right)
{
    return memcmp(left->id, right->id, ROUTER_PEER_BYTES) == 0;
}

/* *count: how many streams the peer has. NULL: it has none of this number. */
static Stream *find(const Streams *self, const Peer *peer, uint32_t number, size_t *count)
{
    Stream *found = NULL;
    *count = 0;
    for (guint i = 0; i < self->all->len; i++) {
        Stream *stream = self->all->pdata[i];
        if (!is_same_peer(&stream->peer, peer)) continue;
        (*count)++;
        if (stream->number == number) found = stream;
    }
    return found;
}

/* Its place is taken by the last one: the order is of no meaning. */
static void drop(Streams *self, const Stream *stream)
{
    g_ptr_array_remove_fast(self->all, (gpointer)(uintptr_t)stream);
}

static void drop_peer(Streams *self, const Peer *gone)
{
    Peer peer = *gone; /* it may lie in a stream that is about to be freed */
    for (guint i = self->all->len; i-- > 0;) {
        const Stream *stream = self->all->pdata[i];
        if (is_same_peer(&stream->peer, &peer)) g_ptr_array_remove_index_fast(self->all, i);
    }
}

/* --- saying --- */

static StreamMessage message_for(uint32_t number, Plenary__V1__StreamMessage__BodyCase body)
{
    StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.has_stream = 1;
    message.stream = number;
    message.body_case = body;
    return message;
}

static void say_refused(Streams *self, const Peer *peer, uint32_t number, const Problem *problem)
{
    StatusMessage status;
    problem_to_message(problem, &status);
    StreamMessage message = message_for(number, PLENARY__V1__STREAM_MESSAGE__BODY_REFUSED);
    message.refused = &status.status;
    (void)router_send(self->router, peer, &message.base);
}

static void say_resync(Streams *self, const Peer *peer, uint32_t number, const char *reason)
{
    StreamCursor cursor;
    Plenary__V1__Resync resync = PLENARY__V1__RESYNC__INIT;
    stream_head_cursor(self->registry, &cursor);
    resync.reason = (char *)(uintptr_t)reason;
    resync.cursor = &cursor.cursor;
    StreamMessage message = message_for(number, PLENARY__V1__STREAM_MESSAGE__BODY_RESYNC);
    message.resync = &resync;
    (void)router_send(self->router, peer, &message.base);
}

static void say_no_such_stream(Streams *self, const Peer *peer, uint32_t number)
{
    Plenary__V1__NoSuchStream none = PLENARY__V1__NO_SUCH_STREAM__INIT;
    StreamMessage message = message_for(number, PLENARY__V1__STREAM_MESSAGE__BODY_NO_SUCH_STREAM);
    message.no_such_stream = &none;
    (void)router_send(self->router, peer, &message.base);
}

/* Sends to a stream; false: it was not sent (the peer is behind), or there is no stream now. */
static bool say(Streams *self, Stream *stream, const StreamMessage *message, int64_t now_ms,
                bool *gone)
{
    *gone = false;
    switch (router_send(self->router, &stream->peer, &message->base)) {
    case ROUTER_SENT: stream->said_ms = now_ms; return true;
    case ROUTER_BEHIND: stream->wait_until_ms = now_ms + LIMIT_BEHIND_MS; return false;
    case ROUTER_GONE: break;
    }
    *gone = true;
    drop_peer(self, &stream->peer);
    return false;
}

static bool say_caught_up(Streams *self, Stream *stream, int64_t now_ms, bool *gone)
{
    StreamCursor cursor;
    Plenary__V1__CaughtUp caught_up = PLENARY__V1__CAUGHT_UP__INIT;
    stream_cursor(stream, self->registry, stream->position, &cursor);
    caught_up.cursor = &cursor.cursor;
    StreamMessage message =
        message_for(stream->number, PLENARY__V1__STREAM_MESSAGE__BODY_CAUGHT_UP);
    message.caught_up = &caught_up;
    return say(self, stream, &message, now_ms, gone);
}

static void say_heartbeat(Streams *self, Stream *stream, int64_t now_ms, bool *gone)
{
    StreamCursor cursor;
    char time[INSTANT_TEXT_SIZE];
    Plenary__V1__Heartbeat heartbeat = PLENARY__V1__HEARTBEAT__INIT;
    const World *world = &registry_state(self->registry)->world;
    stream_cursor(stream, self->registry, stream->position, &cursor);
    instant_print(world->now_us(world->context), time);
    heartbeat.cursor = &cursor.cursor;
    heartbeat.time = time;
    StreamMessage message =
        message_for(stream->number, PLENARY__V1__STREAM_MESSAGE__BODY_HEARTBEAT);
    message.heartbeat = &heartbeat;
    (void)say(self, stream, &message, now_ms, gone);
}

/* --- requests --- */

static StatusCode check_subscribe(const Streams *self, const Subscribe *subscribe, size_t held,
                                  Problem *problem)
{
    if (!subscribe->has_stream)
        return problem_violation(problem, "stream", "a stream needs a number");
    if (held >= LIMIT_STREAMS_PER_CONNECTION)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "a connection may have %d streams",
                           LIMIT_STREAMS_PER_CONNECTION);
    if (self->all->len >= LIMIT_STREAMS)
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "there are %d streams already",
                           LIMIT_STREAMS);
    return subscribe->query ? validate_query(subscribe->query, problem) : STATUS_OK;
}

static void subscribe(Streams *self, const Peer *peer, const Subscribe *request, int64_t now_ms)
{
    size_t held;
    Problem problem;
    const char *resync = NULL;
    Stream *stream = NULL;
    problem_clear(&problem);
    const Stream *present = find(self, peer, request->stream, &held);
    if (present) drop(self, present);
    Caller caller = access_local();
    StatusCode code = check_subscribe(self, request, held - (present ? 1 : 0), &problem);
    if (code == STATUS_OK)
        code =
            stream_new(self->registry, peer, &caller, request, now_ms, &stream, &resync, &problem);
    if (code != STATUS_OK)
        say_refused(self, peer, request->stream, &problem);
    else if (resync)
        say_resync(self, peer, request->stream, resync);
    else
        g_ptr_array_add(self->all, stream);
}

static void add_credit(Streams *self, const Peer *peer, const Plenary__V1__Credit *request,
                       int64_t now_ms)
{
    size_t held;
    Stream *stream = find(self, peer, request->stream, &held);
    if (!stream) {
        say_no_such_stream(self, peer, request->stream);
        return;
    }
    stream->heard_ms = now_ms;
    stream_add_credit(stream, request->messages, request->bytes);
}

static void handle(Streams *self, const RouterMessage *message, int64_t now_ms)
{
    Problem problem;
    size_t held;
    problem_clear(&problem);
    arena_reset(self->request);
    const StreamRequest *request = (const StreamRequest *)frame_unpack(
        message->body, message->size, &plenary__v1__stream_request__descriptor, self->request,
        &problem);
    if (request) validate_message(&request->base, "", &problem);
    if (problem.code != STATUS_OK) {
        say_refused(self, &message->peer, 0, &problem);
        return;
    }
    switch (request->verb_case) {
    case PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE:
        subscribe(self, &message->peer, request->subscribe, now_ms);
        break;
    case PLENARY__V1__STREAM_REQUEST__VERB_CREDIT:
        add_credit(self, &message->peer, request->credit, now_ms);
        break;
    case PLENARY__V1__STREAM_REQUEST__VERB_UNSUBSCRIBE: {
        const Stream *stream = find(self, &message->peer, request->unsubscribe->stream, &held);
        if (stream) drop(self, stream);
        break;
    }
    default:
        problem_set(&problem, STATUS_INVALID_ARGUMENT, "the request has no verb that is known");
        say_refused(self, &message->peer, 0, &problem);
    }
}

bool streams_drain(Streams *self, int64_t now_ms)
{
    RouterMessage message;
    for (int i = 0; i < LIMIT_STREAM_REQUESTS_PER_TURN; i++) {
        if (!router_receive(self->router, &message)) return false;
        if (message.valid) handle(self, &message, now_ms);
    }
    return true;
}

/* --- the log --- */

/* What one message to one stream takes up. */
typedef struct Gathering {
    Streams *streams;
    const Stream *stream;
    size_t count;
    size_t bytes;
    uint64_t position; /* the last change that was read */
} Gathering;

static bool gather(void *context, uint64_t sequence, Bytes packed)
{
    Gathering *gathering = context;
    Streams *streams = gathering->streams;
    const Stream *stream = gathering->stream;
    State *state = registry_state(streams->registry);
    if (sequence > state->applied.sequence) return false;
    if (gathering->count == LIMIT_DELIVERIES_PER_MESSAGE ||
        gathering->count == stream->credit_messages)
        return false;
    Delivery *delivery = &streams->deliveries[gathering->count];
    if (telling_of(state, &stream->listener, packed, streams->telling, delivery)) {
        size_t bytes = gathering->bytes + delivery->change.len;
        bool fits = bytes <= LIMIT_DELIVERY_BYTES_PER_MESSAGE && bytes <= stream->credit_bytes;
        /* One that is larger than all the credit goes out alone, or it would never go. */
        bool alone = gathering->count == 0 && stream->credit_bytes > 0;
        if (!fits && !alone) return false;
        gathering->bytes = bytes;
        gathering->count++;
    }
    gathering->position = sequence;
    return true;
}

static bool send_changes(Streams *self, Stream *stream, const Gathering *gathering, int64_t now_ms,
                         bool *gone)
{
    StreamCursor cursor;
    Plenary__V1__Changes changes = PLENARY__V1__CHANGES__INIT;
    stream_cursor(stream, self->registry, gathering->position, &cursor);
    changes.deliveries = self->pointers;
    changes.n_deliveries = gathering->count;
    changes.cursor = &cursor.cursor;
    StreamMessage message = message_for(stream->number, PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES);
    message.changes = &changes;
    if (!say(self, stream, &message, now_ms, gone)) return false;
    stream->credit_messages -= gathering->count;
    stream->credit_bytes -=
        gathering->bytes < stream->credit_bytes ? gathering->bytes : stream->credit_bytes;
    return true;
}

static bool can_read(const Streams *self, const Stream *stream, int64_t now_ms)
{
    return stream->position < registry_applied(self->registry) && stream->credit_messages > 0 &&
           stream->credit_bytes > 0 && now_ms >= stream->wait_until_ms;
}

/* Reads up to `limit` changes for one stream; gives how many it read. */
static size_t serve(Streams *self, Stream *stream, size_t limit, int64_t now_ms, bool *gone)
{
    *gone = false;
    Gathering gathering = {.streams = self, .stream = stream, .position = stream->position};
    uint64_t from = stream->position;
    if (can_read(self, stream, now_ms)) {
        arena_reset(self->telling);
        journal_scan(registry_state(self->registry)->journal, from + 1, limit, gather, &gathering);
    }
    if (gathering.count > 0 && !send_changes(self, stream, &gathering, now_ms, gone)) return 0;
    stream->position = gathering.position;
    bool reached = !stream->caught_up && stream->position >= stream->caught_up_at;
    if (reached && say_caught_up(self, stream, now_ms, gone)) stream->caught_up = true;
    return (size_t)(gathering.position - from);
}

/* Heartbeats, and leases that have run out. */
static void keep_house(Streams *self, int64_t now_ms)
{
    for (guint i = self->all->len; i-- > 0;) {
        if (i >= self->all->len) continue; /* several may have gone at once */
        Stream *stream = self->all->pdata[i];
        bool gone;
        if (now_ms - stream->heard_ms > LIMIT_LEASE_MS)
            drop(self, stream);
        else if (now_ms - stream->said_ms >= LIMIT_HEARTBEAT_MS)
            say_heartbeat(self, stream, now_ms, &gone);
    }
}

bool streams_pump(Streams *self, int64_t now_ms)
{
    size_t left = LIMIT_SCANNED_PER_TURN;
    guint count = self->all->len;
    for (guint i = 0; i < count && left > 0 && self->all->len > 0; i++) {
        bool gone;
        guint index = (self->next + i) % self->all->len;
        size_t read = serve(self, self->all->pdata[index], left, now_ms, &gone);
        left -= read < left ? read : left;
    }
    self->next = self->all->len ? (self->next + 1) % self->all->len : 0;
    if (now_ms - self->housekept_ms >= LIMIT_HEARTBEAT_MS / 4) {
        self->housekept_ms = now_ms;
        keep_house(self, now_ms);
    }
    for (guint i = 0; i < self->all->len; i++)
        if (can_read(self, self->all->pdata[i], now_ms)) return true;
    return false;
}
