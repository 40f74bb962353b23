/*
 * fake_stream - a small but true stream, as a script of fake_daemon: a journal of `head` changes,
 * sent after the cursor as far as credit goes, then CaughtUp, then heartbeats. The test tells it
 * through the atomics how to misbehave.
 */
#ifndef TESTS_FAKE_STREAM_H
#define TESTS_FAKE_STREAM_H

#include "clients/lib/plenary.h"
#include "fake_daemon.h"

enum {
    BATCH_MAX = 64,
    SUBSCRIBES_MAX = 32,
    EVERY_TWICE = 1 << 20, /* FakeStream.twice: every change in two deliveries */
};

/* How a stream was asked for. */
typedef struct Asked {
    Plenary__V1__Subscribe__StartCase start;
    uint64_t sequence; /* of the cursor, or after */
    uint32_t epoch;
    uint32_t credit_messages;
    bool directory;
    char name[16];
} Asked;

typedef struct FakeStream {
    atomic_uint_fast64_t head;
    atomic_bool is_mute;    /* sends nothing any more, as if it hung */
    atomic_bool forgets;    /* the stream ends without a word; NoSuchStream when asked */
    atomic_bool sends_junk; /* one batch that cannot be read */
    atomic_int refusals;    /* Subscribes that are refused for now */
    atomic_bool forbids;    /* Subscribes are refused for good */
    atomic_uint_fast64_t acknowledged;
    atomic_int asked_count;
    Asked asked[SUBSCRIBES_MAX];
    uint32_t epoch;
    uint32_t batch;       /* changes in a message */
    uint64_t twice;       /* this change comes in two deliveries */
    bool is_about_events; /* each change revises event 1, to the revision of its sequence */
    uint64_t erases;      /* but this one, which erases a person from it */

    bool is_open;
    bool is_caught_up;
    FakePeer peer;
    uint32_t stream;
    uint32_t old_stream;
    uint64_t sent; /* sequence */
    int64_t credit;
    int64_t credit_lowest; /* below zero: more was sent than was allowed */
    int64_t credit_highest;
} FakeStream;

static char registry_id[] = "01890a5d-ac96-774b-bcce-b302099a8057";

static inline Plenary__V1__Cursor make_cursor(const FakeStream *stream, uint64_t sequence)
{
    Plenary__V1__Cursor cursor = PLENARY__V1__CURSOR__INIT;
    cursor.registry_id = registry_id;
    cursor.has_epoch = 1;
    cursor.epoch = stream->epoch;
    cursor.has_sequence = 1;
    cursor.sequence = sequence;
    return cursor;
}

static inline void send_message(Fake *fake, uint32_t stream, Plenary__V1__StreamMessage *message)
{
    FakeStream *self = fake->context;
    message->has_stream = 1;
    message->stream = stream;
    fake_send(fake, &self->peer, &message->base);
}

static inline void send_changes(Fake *fake, uint32_t stream, uint64_t after, uint64_t last)
{
    FakeStream *self = fake->context;
    static _Thread_local uint8_t packed[2 * BATCH_MAX][64];
    static _Thread_local Plenary__V1__Delivery deliveries[2 * BATCH_MAX];
    Plenary__V1__Delivery *list[2 * BATCH_MAX];
    size_t count = 0;
    for (uint64_t sequence = after + 1; sequence <= last; sequence++) {
        bool is_twice = self->twice == sequence || self->twice == EVERY_TWICE;
        for (int i = 0; i < (is_twice ? 2 : 1); i++) {
            Plenary__V1__Change change = PLENARY__V1__CHANGE__INIT;
            change.has_sequence = 1;
            change.sequence = sequence;
            Plenary__V1__Event event = PLENARY__V1__EVENT__INIT;
            event.has_number = event.has_revision = 1;
            event.number = 1;
            bool is_erased = self->erases == sequence;
            event.revision = (uint32_t)(sequence - is_erased);
            change.has_action = is_erased;
            change.action = PLENARY__V1__CHANGE__ACTION__ERASED;
            if (self->is_about_events) {
                change.record_case = PLENARY__V1__CHANGE__RECORD_EVENT;
                change.event = &event;
            }
            Plenary__V1__Delivery *delivery = &deliveries[count];
            plenary__v1__delivery__init(delivery);
            delivery->has_relation = 1;
            delivery->relation = i ? PLENARY__V1__DELIVERY__RELATION__CHANGED
                                   : PLENARY__V1__DELIVERY__RELATION__ENTERED;
            if (is_erased) delivery->relation = PLENARY__V1__DELIVERY__RELATION__AGAIN;
            delivery->has_change = 1;
            delivery->change.len = plenary__v1__change__pack(&change, packed[count]);
            delivery->change.data = packed[count];
            list[count++] = delivery;
        }
    }
    Plenary__V1__Cursor cursor = make_cursor(self, last);
    Plenary__V1__Changes changes = PLENARY__V1__CHANGES__INIT;
    changes.n_deliveries = count;
    changes.deliveries = list;
    changes.cursor = &cursor;
    Plenary__V1__StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES;
    message.changes = &changes;
    send_message(fake, stream, &message);
}

static inline void send_caught_up(Fake *fake)
{
    FakeStream *self = fake->context;
    Plenary__V1__Cursor cursor = make_cursor(self, self->sent);
    Plenary__V1__CaughtUp caught_up = PLENARY__V1__CAUGHT_UP__INIT;
    caught_up.cursor = &cursor;
    Plenary__V1__StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_CAUGHT_UP;
    message.caught_up = &caught_up;
    send_message(fake, self->stream, &message);
    self->is_caught_up = true;
}

static inline void send_heartbeat(Fake *fake)
{
    FakeStream *self = fake->context;
    Plenary__V1__Cursor cursor = make_cursor(self, self->sent);
    Plenary__V1__Heartbeat heartbeat = PLENARY__V1__HEARTBEAT__INIT;
    heartbeat.cursor = &cursor;
    Plenary__V1__StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_HEARTBEAT;
    message.heartbeat = &heartbeat;
    send_message(fake, self->stream, &message);
}

static inline void send_no_such_stream(Fake *fake, uint32_t stream)
{
    Plenary__V1__NoSuchStream none = PLENARY__V1__NO_SUCH_STREAM__INIT;
    Plenary__V1__StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_NO_SUCH_STREAM;
    message.no_such_stream = &none;
    send_message(fake, stream, &message);
}

static inline void send_refused(Fake *fake, Plenary__V1__StatusCode code)
{
    FakeStream *self = fake->context;
    char text[] = "said no";
    Plenary__V1__Status status = PLENARY__V1__STATUS__INIT;
    status.has_code = 1;
    status.code = code;
    status.message = text;
    Plenary__V1__StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_REFUSED;
    message.refused = &status;
    send_message(fake, self->stream, &message);
    self->is_open = false;
}

static inline void send_resync(Fake *fake)
{
    FakeStream *self = fake->context;
    char reason[] = "another epoch";
    Plenary__V1__Cursor cursor = make_cursor(self, atomic_load(&self->head));
    Plenary__V1__Resync resync = PLENARY__V1__RESYNC__INIT;
    resync.reason = reason;
    resync.cursor = &cursor;
    Plenary__V1__StreamMessage message = PLENARY__V1__STREAM_MESSAGE__INIT;
    message.body_case = PLENARY__V1__STREAM_MESSAGE__BODY_RESYNC;
    message.resync = &resync;
    send_message(fake, self->stream, &message);
    self->is_open = false;
}

static inline void open_stream(Fake *fake, const FakePeer *peer,
                               const Plenary__V1__Subscribe *subscribe)
{
    FakeStream *self = fake->context;
    Asked asked = {.start = subscribe->start_case,
                   .credit_messages = subscribe->credit_messages,
                   .directory = subscribe->directory};
    switch (subscribe->start_case) {
    case PLENARY__V1__SUBSCRIBE__START_CURSOR:
        asked.sequence = subscribe->cursor->sequence;
        asked.epoch = subscribe->cursor->epoch;
        break;
    case PLENARY__V1__SUBSCRIBE__START_AFTER_SEQUENCE:
        asked.sequence = subscribe->after_sequence;
        break;
    default: asked.sequence = atomic_load(&self->head);
    }
    if (subscribe->name) (void)snprintf(asked.name, sizeof asked.name, "%.15s", subscribe->name);
    int nth = atomic_load(&self->asked_count);
    if (nth < SUBSCRIBES_MAX) self->asked[nth] = asked;

    self->is_open = true;
    self->is_caught_up = false;
    self->peer = *peer;
    self->old_stream = self->stream;
    self->stream = subscribe->stream;
    self->sent = asked.sequence;
    self->credit = subscribe->credit_messages;
    self->credit_highest = self->credit;
    atomic_store(&self->forgets, false);
    if (atomic_load(&self->forbids))
        send_refused(fake, PLENARY__V1__STATUS_CODE__PERMISSION_DENIED);
    else if (atomic_fetch_sub(&self->refusals, 1) > 0)
        send_refused(fake, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED);
    else if (asked.epoch && asked.epoch != self->epoch)
        send_resync(fake);
    atomic_store(&self->asked_count, nth + 1);
}

static inline void add_credit(Fake *fake, const FakePeer *peer, const Plenary__V1__Credit *credit)
{
    FakeStream *self = fake->context;
    bool is_known = self->is_open && credit->stream == self->stream && !atomic_load(&self->forgets);
    if (!is_known) {
        self->peer = *peer;
        self->is_open = false;
        send_no_such_stream(fake, credit->stream);
        return;
    }
    self->credit += credit->messages;
    if (self->credit > self->credit_highest) self->credit_highest = self->credit;
    if (credit->has_acknowledged_sequence)
        atomic_store(&self->acknowledged, credit->acknowledged_sequence);
}

static inline void stream_script(Fake *fake, const FakePeer *peer, const uint8_t *body, size_t size)
{
    FakeStream *self = fake->context;
    Plenary__V1__StreamRequest *request = plenary__v1__stream_request__unpack(NULL, size, body);
    assert(request);
    if (atomic_load(&self->is_mute)) {
        plenary__v1__stream_request__free_unpacked(request, NULL);
        return;
    }
    if (request->verb_case == PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE)
        open_stream(fake, peer, request->subscribe);
    if (request->verb_case == PLENARY__V1__STREAM_REQUEST__VERB_CREDIT)
        add_credit(fake, peer, request->credit);
    plenary__v1__stream_request__free_unpacked(request, NULL);
}

static inline void send_what_credit_allows(Fake *fake)
{
    FakeStream *self = fake->context;
    uint64_t head = atomic_load(&self->head);
    while (self->sent < head && self->credit > 0) {
        uint64_t last = self->sent + self->batch;
        if (last > head) last = head;
        if (last - self->sent > (uint64_t)self->credit) last = self->sent + (uint64_t)self->credit;
        send_changes(fake, self->stream, self->sent, last);
        self->credit -= (int64_t)(last - self->sent);
        self->sent = last;
    }
    if (self->credit < self->credit_lowest) self->credit_lowest = self->credit;
}

static inline void stream_tick(Fake *fake)
{
    static const uint8_t junk[] = {0xFF, 0xFF};
    FakeStream *self = fake->context;
    if (!self->is_open || atomic_load(&self->is_mute) || atomic_load(&self->forgets)) return;
    if (atomic_exchange(&self->sends_junk, false)) {
        fake_send_frame(fake, &self->peer, "PLN1", junk, sizeof junk);
        self->sent++; /* what it held is gone */
        return;
    }
    /* What still comes of the stream before must not be heard. */
    if (self->old_stream && self->sent) send_changes(fake, self->old_stream, 0, 1);
    send_what_credit_allows(fake);
    if (self->sent < atomic_load(&self->head)) return;
    if (!self->is_caught_up)
        send_caught_up(fake);
    else
        send_heartbeat(fake);
}

#endif
