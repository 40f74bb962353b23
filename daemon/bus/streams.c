#include "daemon/bus/streams.h"

#include "daemon/bus/batch.h"
#include "daemon/bus/say.h"
#include "daemon/bus/stream.h"
#include "daemon/bus/ticks.h"
#include "daemon/registry/subscribers.h"
#include "proto/fields.h"
#include "proto/frame.h"
#include "proto/peek.h"
#include "proto/validate.h"

#include <glib.h>
#include <stdlib.h>

_Static_assert((int)STREAMS_NAME_BYTES <= (int)SUBSCRIBERS_NAME_BYTES_MAX, "a name is kept whole");

struct Streams {
    StreamsConfig config;
    Say *say;
    Registry *registry;
    Batches *batches;
    Arena *arena;      /* of one request */
    GPtrArray *order;  /* Stream, in the order of their turns; owns them */
    GHashTable *index; /* the same, by key */
    size_t next;       /* whose turn it is */
    bool has_ended;    /* some are to be swept up */
    bool is_open;
    uint64_t principals; /* the generation that the streams' rights are of */
    uint64_t noticed;    /* up to here the directory's changes have been noticed */
    int64_t away;        /* bytes, of all streams */
    int64_t tick_ms;     /* when leases and heartbeats are looked at next */
    int64_t retry_ms;    /* when the first of those whose queue was full may be tried; 0: none */
};

static void free_stream(void *stream)
{
    Stream *self = stream;
    stream_destroy(&self);
}

StatusCode streams_new(const StreamsConfig *config, Streams **self, Problem *problem)
{
    Streams *made = calloc(1, sizeof *made);
    if (!made) return problem_set(problem, STATUS_INTERNAL, "no memory for the streams");
    StatusCode code = say_new(&made->say, problem);
    made->arena = arena_new(STREAMS_ARENA_BYTES);
    if (code == STATUS_OK && !made->arena)
        code = problem_set(problem, STATUS_INTERNAL, "no memory for the streams");
    if (code != STATUS_OK) {
        streams_destroy(&made);
        return code;
    }
    made->order = g_ptr_array_new_with_free_func(free_stream);
    made->index = g_hash_table_new(stream_hash, stream_equal);
    made->config = *config;
    *self = made;
    return STATUS_OK;
}

void streams_destroy(Streams **self)
{
    if (!self || !*self) return;
    if ((*self)->index) g_hash_table_destroy((*self)->index);
    if ((*self)->order) g_ptr_array_free((*self)->order, TRUE);
    batches_destroy(&(*self)->batches);
    say_destroy(&(*self)->say);
    arena_destroy(&(*self)->arena);
    free(*self);
    *self = NULL;
}

StatusCode streams_open(Streams *self, Registry *registry, const char *path, Problem *problem)
{
    self->registry = registry;
    self->noticed = registry_applied(registry);
    self->principals = principals_generation(registry_state(registry)->principals);
    self->batches = batches_new(registry);
    if (!self->batches) return problem_set(problem, STATUS_INTERNAL, "no memory for the streams");
    StatusCode code = door_open(say_door(self->say), path, problem);
    self->is_open = code == STATUS_OK;
    return code;
}

/* --- those with a name --- */

static int64_t now_us(const Streams *self)
{
    const World *world = &registry_state(self->registry)->world;
    return world->now_us(world->context);
}

static void note_arrival(Streams *self, const Stream *stream)
{
    const SubscribersArrival arrival = {.name = stream->name,
                                        .query = stream->query,
                                        .query_bytes = stream->query_bytes,
                                        .directory = stream->view.hears_directory,
                                        .position = stream->position};
    if (!stream->name[0]) return;
    subscribers_come(registry_state(self->registry)->subscribers, &arrival, now_us(self));
    self->config.told(self->config.told_context, stream->name, true, stream->position);
}

static void note_departure(Streams *self, const Stream *stream)
{
    if (!stream->name[0]) return;
    subscribers_go(registry_state(self->registry)->subscribers, stream->name, now_us(self));
    self->config.told(self->config.told_context, stream->name, false, stream->acknowledged);
}

/* Nobody can have dealt with what was not sent to them. */
static void note_acknowledged(Streams *self, Stream *stream, uint64_t sequence)
{
    if (sequence > stream->position) sequence = stream->position;
    if (sequence <= stream->acknowledged) return;
    stream->acknowledged = sequence;
    if (stream->name[0])
        subscribers_acknowledge(registry_state(self->registry)->subscribers, stream->name, sequence,
                                now_us(self));
}

/* --- ending --- */

static void end_stream(Streams *self, Stream *stream)
{
    if (stream->is_ended) return;
    stream->is_ended = true;
    self->has_ended = true;
    self->away -= stream->credit.away;
    g_hash_table_remove(self->index, stream);
    note_departure(self, stream);
}

/* Its connection is gone, and with it all its streams. */
static void end_peer(Streams *self, PeerId peer)
{
    for (guint i = 0; i < self->order->len; i++) {
        Stream *stream = g_ptr_array_index(self->order, i);
        if (stream->peer.id == peer) end_stream(self, stream);
    }
}

static void sweep(Streams *self)
{
    if (!self->has_ended) return;
    for (guint i = self->order->len; i-- > 0;) {
        const Stream *stream = g_ptr_array_index(self->order, i);
        if (stream->is_ended) g_ptr_array_remove_index(self->order, i);
    }
    self->has_ended = false;
}

StatusCode streams_open_network(Streams *self, const DoorNetwork *network, Problem *problem)
{
    return door_open_network(say_door(self->say), network, problem);
}

void streams_close(Streams *self)
{
    door_close(say_door(self->say));
    self->is_open = false;
    for (guint i = 0; i < self->order->len; i++)
        end_stream(self, g_ptr_array_index(self->order, i));
    sweep(self);
    batches_destroy(&self->batches);
}

/* --- saying --- */

/* What came of sending to a stream. True: it left. */
static bool note_output(Streams *self, Stream *stream, DoorOutput output)
{
    int64_t now_ms = ticks_ms();
    switch (output) {
    case DOOR_SENT:
        stream->said_ms = now_ms;
        stream->back_off_ms = 0;
        return true;
    case DOOR_GONE: end_peer(self, stream->peer.id); return false;
    case DOOR_FULL: break;
    }
    int64_t wait_ms = stream->back_off_ms ? 2 * stream->back_off_ms : STREAMS_FULL_RETRY_MS;
    if (wait_ms > STREAMS_FULL_RETRY_MAX_MS) wait_ms = STREAMS_FULL_RETRY_MAX_MS;
    stream->back_off_ms = wait_ms;
    stream->retry_ms = now_ms + wait_ms;
    if (!self->retry_ms || stream->retry_ms < self->retry_ms) self->retry_ms = stream->retry_ms;
    return false;
}

static SayTo to_stream(Streams *self, const Stream *stream)
{
    return (SayTo){self->say, self->registry, &stream->peer, stream->number};
}

/* --- requests --- */

static StatusCode check_room(const Streams *self, const Peer *peer, Problem *problem)
{
    guint of_peer = 0;
    guint of_key = 0;
    for (guint i = 0; i < self->order->len; i++) {
        const Stream *stream = g_ptr_array_index(self->order, i);
        of_peer += stream->peer.id == peer->id && !stream->is_ended;
        of_key += stream->peer.owner == peer->owner && !stream->is_ended;
    }
    bool key_has_room = peer->owner == PEER_OF_MACHINE || of_key < STREAMS_PER_KEY;
    if (of_peer < self->config.streams_per_connection && key_has_room &&
        g_hash_table_size(self->index) < self->config.streams)
        return STATUS_OK;
    problem->retry_after_ms = STREAMS_HEARTBEAT_MS;
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED,
                       "there are too many streams: %u of one connection, %u of one key, %u in all "
                       "are the limit",
                       self->config.streams_per_connection, (unsigned)STREAMS_PER_KEY,
                       self->config.streams);
}

static Stream *find(const Streams *self, PeerId peer, uint32_t number)
{
    const Stream key = {.peer = {.id = peer}, .number = number};
    return g_hash_table_lookup(self->index, &key);
}

static void add_stream(Streams *self, Stream *stream)
{
    int64_t now_ms = ticks_ms();
    stream->said_ms = now_ms;
    stream->lease_until_ms = now_ms + STREAMS_LEASE_MS;
    g_ptr_array_add(self->order, stream);
    g_hash_table_add(self->index, stream);
    note_arrival(self, stream);
}

/* A number that is in use begins anew. */
static void take_subscribe(Streams *self, const Peer *peer, const Subscribe *subscribe)
{
    const SayTo to = {self->say, self->registry, peer, subscribe->stream};
    const Principals *principals = registry_state(self->registry)->principals;
    Stream *old = find(self, peer->id, subscribe->stream);
    if (old) end_stream(self, old);
    sweep(self);

    Problem problem;
    Stream *stream = NULL;
    const char *misfit = NULL;
    View view;
    Caller caller;
    problem_clear(&problem);
    if (peer_caller(peer, principals, &caller, &problem) != STATUS_OK ||
        check_room(self, peer, &problem) != STATUS_OK ||
        stream_new(self->registry, peer, &caller, subscribe, self->arena, &stream, &misfit, &view,
                   &problem) != STATUS_OK) {
        (void)say_refused(&to, &problem);
    } else if (misfit) {
        (void)say_resync(&to, &view, misfit);
    } else {
        add_stream(self, stream);
    }
}

static void take_credit(Streams *self, const Peer *peer, const Plenary__V1__Credit *credit)
{
    Stream *stream = find(self, peer->id, credit->stream);
    if (!stream) {
        (void)say_no_such_stream(&(SayTo){self->say, self->registry, peer, credit->stream});
        return;
    }
    self->away -= stream->credit.away;
    credit_add(&stream->credit, credit->messages, credit->bytes);
    self->away += stream->credit.away;
    stream->lease_until_ms = ticks_ms() + STREAMS_LEASE_MS;
    note_acknowledged(self, stream, credit->acknowledged_sequence);
}

static void take_request(Streams *self, const Peer *peer, Bytes body)
{
    Problem problem;
    problem_clear(&problem);
    arena_reset(self->arena);
    const StreamRequest *request = (const StreamRequest *)frame_unpack(
        body.data, body.size, &plenary__v1__stream_request__descriptor, self->arena, &problem);
    if (request) (void)validate_message(&request->base, "", &problem);
    if (request && problem.code == STATUS_OK) {
        switch (request->verb_case) {
        case PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE:
            take_subscribe(self, peer, request->subscribe);
            return;
        case PLENARY__V1__STREAM_REQUEST__VERB_CREDIT:
            take_credit(self, peer, request->credit);
            return;
        case PLENARY__V1__STREAM_REQUEST__VERB_UNSUBSCRIBE: {
            Stream *stream = find(self, peer->id, request->unsubscribe->stream);
            if (stream) end_stream(self, stream);
            return;
        }
        default: problem_set(&problem, STATUS_INVALID_ARGUMENT, "there is no verb");
        }
    }
    bool subscribes = request && request->verb_case == PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE;
    uint32_t number = subscribes ? request->subscribe->stream : 0;
    (void)say_refused(&(SayTo){self->say, self->registry, peer, number}, &problem);
}

bool streams_receive(Streams *self)
{
    if (!self->is_open) return false;
    DoorInput input = DOOR_REFUSED;
    int64_t until_us = ticks_us() + STREAMS_TURN_US;
    for (int i = 0; i < STREAMS_MESSAGES_PER_TURN && input != DOOR_NOTHING; i++) {
        Peer peer;
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        input = door_receive(say_door(self->say), &peer, &frame);
        if (input == DOOR_MESSAGE) take_request(self, &peer, door_body(&frame));
        zmq_msg_close(&frame);
        if (ticks_us() >= until_us) break;
    }
    sweep(self);
    return input != DOOR_NOTHING;
}

/* --- sending --- */

typedef struct Notice {
    Streams *streams;
    bool directory_changed;
} Notice;

static bool notice_change(void *context, uint64_t sequence, Bytes change)
{
    Notice *notice = context;
    notice->streams->noticed = sequence;
    if (peek_has(change.data, change.size, FIELD_CHANGE_ORGANISATION))
        notice->directory_changed = true;
    return true;
}

/* A query names organisations by what they are called: when the directory changes, it may come to
 * mean something else. */
static void notice_directory(Streams *self)
{
    uint64_t head = registry_applied(self->registry);
    if (head == self->noticed) return;
    if (self->order->len == 0) {
        self->noticed = head;
        return;
    }
    Notice notice = {.streams = self};
    uint64_t ahead = head - self->noticed;
    (void)journal_scan(registry_state(self->registry)->journal, self->noticed + 1,
                       ahead < BATCH_SCANNED ? (size_t)ahead : BATCH_SCANNED, notice_change,
                       &notice);
    for (guint i = 0; notice.directory_changed && i < self->order->len; i++)
        ((Stream *)g_ptr_array_index(self->order, i))->is_stale = true;
}

/* Who was shut out hears nothing more from this turn on; whose rights are others begins anew. */
static void notice_principals(Streams *self)
{
    const Principals *principals = registry_state(self->registry)->principals;
    uint64_t generation = principals_generation(principals);
    if (generation == self->principals) return;
    self->principals = generation;
    for (guint i = 0; i < self->order->len; i++) {
        Stream *stream = g_ptr_array_index(self->order, i);
        Problem problem;
        problem_clear(&problem);
        if (stream->is_ended || stream_renew(stream, principals, &problem) == STATUS_OK) continue;
        const SayTo to = to_stream(self, stream);
        (void)say_refused(&to, &problem);
        end_stream(self, stream);
    }
}

static void end_misfit(Streams *self, Stream *stream, const char *why)
{
    const SayTo to = to_stream(self, stream);
    DoorOutput output = say_resync(&to, &stream->view, why);
    if (note_output(self, stream, output)) end_stream(self, stream);
}

static void end_broken(Streams *self, Stream *stream)
{
    const SayTo to = to_stream(self, stream);
    Problem problem;
    problem_clear(&problem);
    problem_set(&problem, STATUS_INTERNAL, "change %llu cannot be read",
                (unsigned long long)stream->position + 1);
    (void)say_refused(&to, &problem);
    end_stream(self, stream);
}

/* False: nothing more can be sent to it now. */
static bool send_batch(Streams *self, Stream *stream)
{
    const Batch *batch =
        batches_take(self->batches, &stream->view, stream->position, &stream->credit, self->away);
    if (!batch) {
        end_broken(self, stream);
        return false;
    }
    if (batch->misfit) {
        end_misfit(self, stream, batch->misfit);
        return false;
    }
    if (batch->count > 0) {
        const SayTo to = to_stream(self, stream);
        if (!note_output(self, stream, say_changes(&to, batch->changes, batch->packed)))
            return false;
        credit_spend(&stream->credit, batch->count, batch->bytes);
        self->away += (int64_t)batch->bytes;
    }
    stream->position = batch->scanned;
    return true;
}

/* Is there room again in a queue that was full? A heartbeat is made quickly; a batch that then
 * cannot leave would be made for nothing, again and again, for one that does not read. */
static bool has_room_again(Streams *self, Stream *stream)
{
    const SayTo to = to_stream(self, stream);
    stream->retry_ms = 0;
    return note_output(self, stream, say_heartbeat(&to, &stream->view, stream->position));
}

static bool has_work(const Streams *self, const Stream *stream)
{
    return stream->position < registry_applied(self->registry) &&
           stream_may_be_sent(stream, self->away);
}

/* One stream's turn. True: there is more for it at once. */
static bool pump_stream(Streams *self, Stream *stream)
{
    if (stream->is_ended) return false;
    if (stream->retry_ms) {
        if (ticks_ms() < stream->retry_ms) return false;
        if (!has_room_again(self, stream)) return false;
    }
    if (stream->is_stale) stream_refresh(stream, registry_state(self->registry));
    if (stream->is_misfit) {
        end_misfit(self, stream,
                   stream->has_other_rights ? "what you may see has changed"
                                            : "what the query's names mean has changed");
        return false;
    }
    if (has_work(self, stream) && !send_batch(self, stream)) return false;
    if (!stream->is_caught_up && stream->position >= stream->caught_up_at) {
        const SayTo to = to_stream(self, stream);
        stream->is_caught_up =
            note_output(self, stream, say_caught_up(&to, &stream->view, stream->position));
    }
    return !stream->is_ended && !stream->retry_ms && has_work(self, stream);
}

/* The loop sleeps until then: what is past must not stay, or it would not sleep. */
static void find_next_retry(Streams *self)
{
    self->retry_ms = 0;
    for (guint i = 0; i < self->order->len; i++) {
        const Stream *stream = g_ptr_array_index(self->order, i);
        if (stream->is_ended || !stream->retry_ms) continue;
        if (!self->retry_ms || stream->retry_ms < self->retry_ms) self->retry_ms = stream->retry_ms;
    }
}

/* Leases that have run out, and heartbeats for who has heard nothing. */
static void tick(Streams *self, int64_t now_ms)
{
    self->tick_ms = now_ms + STREAMS_TICK_MS;
    for (guint i = 0; i < self->order->len; i++) {
        Stream *stream = g_ptr_array_index(self->order, i);
        if (stream->is_ended) continue;
        if (now_ms >= stream->lease_until_ms) {
            end_stream(self, stream);
            continue;
        }
        if (now_ms - stream->said_ms >= STREAMS_HEARTBEAT_MS && now_ms >= stream->retry_ms) {
            const SayTo to = to_stream(self, stream);
            (void)note_output(self, stream, say_heartbeat(&to, &stream->view, stream->position));
        }
    }
}

bool streams_pump(Streams *self)
{
    if (!self->is_open) return false;
    notice_principals(self);
    notice_directory(self);
    bool more = self->noticed < registry_applied(self->registry);
    int64_t until_us = ticks_us() + STREAMS_TURN_US;
    guint count = self->order->len;
    for (guint i = 0; i < count; i++) {
        self->next = (self->next + 1) % count;
        if (pump_stream(self, g_ptr_array_index(self->order, self->next))) more = true;
        if (i + 1 < count && ticks_us() >= until_us) {
            more = true;
            break;
        }
    }
    int64_t now_ms = ticks_ms();
    if (self->order->len > 0 && now_ms >= self->tick_ms) tick(self, now_ms);
    if (self->retry_ms && now_ms >= self->retry_ms) find_next_retry(self);
    sweep(self);
    batches_forget(self->batches);
    return more;
}

int streams_wait_ms(const Streams *self)
{
    if (self->order->len == 0) return -1;
    int64_t due_ms = self->tick_ms;
    if (self->retry_ms && self->retry_ms < due_ms) due_ms = self->retry_ms;
    int64_t wait_ms = due_ms - ticks_ms();
    if (wait_ms < 0) return 0;
    return wait_ms < STREAMS_TICK_MS ? (int)wait_ms : STREAMS_TICK_MS;
}

StreamsState streams_state(const Streams *self)
{
    return (StreamsState){
        .streams = g_hash_table_size(self->index),
        .refused = door_refused(say_door(self->say)),
        .away_bytes = self->away,
    };
}

void *streams_socket(Streams *self)
{
    return door_socket(say_door(self->say));
}

void *streams_network_socket(Streams *self)
{
    return door_network_socket(say_door(self->say));
}
