#include "bench/hearers.h"

#include "bench/series.h"
#include "proto/contract.h"
#include "proto/fields.h"
#include "proto/frame.h"
#include "proto/peek.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ENDPOINT_SIZE = HOUSE_PATH_SIZE + 32,
    REQUEST_SIZE = 128,
    SILENCE_MS = 60000,
    WAIT_MS = 1000,
};

static bool open_one(Hearers *self, size_t i, const char *endpoint, int queue)
{
    int linger_ms = 0;
    void *socket = zmq_socket(self->context, ZMQ_DEALER);
    if (!socket) return false;
    self->each[i].socket = socket;
    self->items[i] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof queue);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    return zmq_connect(socket, endpoint) == 0;
}

bool hearers_open(Hearers *self, const House *house, size_t count, int queue, Trouble *trouble)
{
    char endpoint[ENDPOINT_SIZE];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/run/stream.ipc", house->home);
    *self = (Hearers){.count = count, .context = zmq_ctx_new()};
    self->each = calloc(count, sizeof *self->each);
    self->items = calloc(count, sizeof *self->items);
    bool done = self->context && self->each && self->items;
    for (size_t i = 0; i < count && done; i++)
        done = open_one(self, i, endpoint, queue);
    return done || trouble_set(trouble, "%zu subscribers: %s", count, zmq_strerror(zmq_errno()));
}

void hearers_close(Hearers *self)
{
    for (size_t i = 0; i < self->count && self->each; i++)
        if (self->each[i].socket) zmq_close(self->each[i].socket);
    if (self->context) zmq_ctx_term(self->context);
    free(self->each);
    free(self->items);
    *self = (Hearers){0};
}

/* --- saying --- */

static bool say(const Hearer *hearer, const StreamRequest *request, Trouble *trouble)
{
    uint8_t frame[FRAME_VERSION_BYTES + REQUEST_SIZE];
    size_t size = plenary__v1__stream_request__get_packed_size(request);
    if (size > REQUEST_SIZE) return trouble_set(trouble, "a stream request is too large");
    plenary__v1__stream_request__pack(request, frame_begin(frame));
    return zmq_send(hearer->socket, frame, FRAME_VERSION_BYTES + size, 0) >= 0 ||
           trouble_set(trouble, "a subscriber cannot send: %s", zmq_strerror(zmq_errno()));
}

bool hearers_subscribe(Hearers *self, size_t hearer, const HearersWish *wish, Trouble *trouble)
{
    StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    Subscribe subscribe = PLENARY__V1__SUBSCRIBE__INIT;
    subscribe.has_stream = subscribe.has_credit_messages = subscribe.has_credit_bytes = 1;
    subscribe.stream = wish->stream;
    subscribe.credit_messages = wish->credit_changes;
    subscribe.credit_bytes = wish->credit_bytes;
    subscribe.start_case = wish->now ? PLENARY__V1__SUBSCRIBE__START_NOW
                                     : PLENARY__V1__SUBSCRIBE__START_AFTER_SEQUENCE;
    if (wish->now)
        subscribe.now = 1;
    else
        subscribe.after_sequence = wish->after;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE;
    request.subscribe = &subscribe;
    self->each[hearer].position = wish->after;
    self->each[hearer].is_caught_up = false;
    return say(&self->each[hearer], &request, trouble);
}

static bool subscribe_all(Hearers *self, const HearersWish *wish, Trouble *trouble)
{
    for (size_t i = 0; i < self->count; i++)
        if (!hearers_subscribe(self, i, wish, trouble)) return false;
    return true;
}

bool hearers_subscribe_all(Hearers *self, uint64_t after, Trouble *trouble)
{
    const HearersWish wish = {.stream = 1,
                              .after = after,
                              .credit_changes = HEARERS_CREDIT_CHANGES,
                              .credit_bytes = HEARERS_CREDIT_BYTES};
    return subscribe_all(self, &wish, trouble);
}

static bool give_back(const Hearer *hearer, uint64_t changes, uint64_t bytes, Trouble *trouble)
{
    StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    Plenary__V1__Credit credit = PLENARY__V1__CREDIT__INIT;
    credit.has_stream = credit.has_messages = credit.has_bytes = 1;
    credit.stream = 1;
    credit.messages = (uint32_t)changes;
    credit.bytes = bytes;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_CREDIT;
    request.credit = &credit;
    return say(hearer, &request, trouble);
}

/* --- hearing --- */

typedef struct Span {
    const uint8_t *data;
    size_t size;
} Span;

/* The message within that is field `field`, without the length before it. */
static bool enter(Span *span, uint32_t field)
{
    if (!peek_message(span->data, span->size, field, &span->data, &span->size)) return false;
    bool more = true;
    while (more && span->size > 0) {
        more = *span->data & 0x80U;
        span->data++;
        span->size--;
    }
    return true;
}

/* The sequence of the cursor in the message that is field `body`. False: there is no such field. */
static bool peek_sequence(const uint8_t *data, size_t size, uint32_t body, uint32_t cursor,
                          uint64_t *sequence)
{
    Span span = {data, size};
    return enter(&span, body) && enter(&span, cursor) &&
           peek_varint(span.data, span.size, FIELD_CURSOR_SEQUENCE, sequence);
}

typedef struct Taking {
    Hearers *hearers;
    hearers_fn *each;
    void *context;
    Trouble *trouble;
} Taking;

static bool take_frame(const Taking *taking, size_t i, zmq_msg_t *frame)
{
    const uint8_t *data;
    size_t size;
    if (!frame_body(zmq_msg_data(frame), zmq_msg_size(frame), &data, &size))
        return trouble_set(taking->trouble, "a subscriber hears what is no frame of ours");
    Hearer *hearer = &taking->hearers->each[i];
    uint64_t sequence;
    if (peek_sequence(data, size, FIELD_STREAM_MESSAGE_CAUGHT_UP, FIELD_CAUGHT_UP_CURSOR,
                      &sequence)) {
        hearer->position = sequence;
        hearer->is_caught_up = true;
        return true;
    }
    if (peek_has(data, size, FIELD_STREAM_MESSAGE_HEARTBEAT)) return true;
    if (!peek_sequence(data, size, FIELD_STREAM_MESSAGE_CHANGES, FIELD_CHANGES_CURSOR, &sequence))
        return trouble_set(taking->trouble, "a subscriber's stream broke");
    uint64_t after = hearer->position;
    hearer->position = sequence;
    hearer->messages++;
    hearer->bytes += size;
    if (taking->each) taking->each(taking->context, i, after, sequence);
    return give_back(hearer, sequence - after, size, taking->trouble);
}

/* One message that has come. *came is false where there is none. */
static bool take_message(const Taking *taking, size_t i, bool *came)
{
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    *came = zmq_msg_recv(&frame, taking->hearers->each[i].socket, ZMQ_DONTWAIT) >= 0;
    bool done = !*came || take_frame(taking, i, &frame);
    zmq_msg_close(&frame);
    return done;
}

bool hearers_take(Hearers *self, int wait_ms, hearers_fn *each, void *context, Trouble *trouble)
{
    const Taking taking = {self, each, context, trouble};
    if (zmq_poll(self->items, (int)self->count, wait_ms) < 0)
        return trouble_set(trouble, "zmq_poll: %s", zmq_strerror(zmq_errno()));
    for (size_t i = 0; i < self->count; i++) {
        bool came = self->items[i].revents != 0;
        while (came)
            if (!take_message(&taking, i, &came)) return false;
    }
    return true;
}

bool hearers_take_one(Hearers *self, size_t hearer, Trouble *trouble)
{
    const Taking taking = {.hearers = self, .trouble = trouble};
    bool came = false;
    return take_message(&taking, hearer, &came) && came;
}

/* --- waiting --- */

bool hearers_take_until(Hearers *self, uint64_t position, Trouble *trouble)
{
    int64_t end_ns = series_now_ns() + SILENCE_MS * INT64_C(1000000);
    for (size_t done = 0; done < self->count;) {
        const Hearer *hearer = &self->each[done];
        if (hearer->is_caught_up && hearer->position >= position) {
            done++;
            continue;
        }
        if (!hearers_take(self, WAIT_MS, NULL, NULL, trouble)) return false;
        if (series_now_ns() > end_ns)
            return trouble_set(trouble, "subscriber %zu has heard up to %llu, not %llu", done,
                               (unsigned long long)hearer->position, (unsigned long long)position);
    }
    return true;
}

bool hearers_stand_by(Hearers *self, Trouble *trouble)
{
    const HearersWish wish = {.stream = 1,
                              .now = true,
                              .credit_changes = HEARERS_CREDIT_CHANGES,
                              .credit_bytes = HEARERS_CREDIT_BYTES};
    return subscribe_all(self, &wish, trouble) && hearers_take_until(self, 0, trouble);
}
