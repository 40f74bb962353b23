#include "clients/lib/pace.h"
#include "clients/lib/subscriber.h"
#include "proto/frame.h"

#include <stdlib.h>

static bool say(PlenarySubscriber *self, const Plenary__V1__StreamRequest *request)
{
    size_t size = plenary__v1__stream_request__get_packed_size(request);
    uint8_t *packed = size <= FRAME_BODY_BYTES_MAX ? malloc(size) : NULL;
    if (!packed) return false;
    plenary__v1__stream_request__pack(request, packed);
    bool sent = dealer_send(self->dealer, packed, size);
    free(packed);
    return sent;
}

void subscriber_say_unsubscribe(PlenarySubscriber *self)
{
    Plenary__V1__Unsubscribe unsubscribe = PLENARY__V1__UNSUBSCRIBE__INIT;
    unsubscribe.has_stream = 1;
    unsubscribe.stream = self->stream;
    Plenary__V1__StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_UNSUBSCRIBE;
    request.unsubscribe = &unsubscribe;
    (void)say(self, &request);
}

void subscriber_say_credit(PlenarySubscriber *self, uint64_t acknowledged)
{
    Plenary__V1__Credit credit = PLENARY__V1__CREDIT__INIT;
    credit.has_stream = 1;
    credit.stream = self->stream;
    credit.has_messages = 1;
    credit.messages = self->used_messages;
    credit.has_bytes = 1;
    credit.bytes = self->used_bytes;
    credit.has_acknowledged_sequence = acknowledged != 0;
    credit.acknowledged_sequence = acknowledged;
    Plenary__V1__StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_CREDIT;
    request.credit = &credit;
    if (!say(self, &request)) return;
    self->used_messages = 0;
    self->used_bytes = 0;
    self->renewed_ms = pace_now_ms();
}

static void set_start(const PlenarySubscriber *self, Plenary__V1__Subscribe *subscribe,
                      Plenary__V1__Cursor **cursor)
{
    const Position *from = &self->received;
    if (from->cursor_size && self->has_position)
        *cursor = plenary__v1__cursor__unpack(NULL, from->cursor_size, from->cursor);
    if (*cursor) {
        subscribe->start_case = PLENARY__V1__SUBSCRIBE__START_CURSOR;
        subscribe->cursor = *cursor;
    } else if (self->begins_now && !self->has_position) {
        subscribe->start_case = PLENARY__V1__SUBSCRIBE__START_NOW;
        subscribe->now = 1;
    } else {
        subscribe->start_case = PLENARY__V1__SUBSCRIBE__START_AFTER_SEQUENCE;
        subscribe->after_sequence = from->done;
    }
}

bool subscriber_say_subscribe(PlenarySubscriber *self)
{
    Plenary__V1__Cursor *cursor = NULL;
    Plenary__V1__Subscribe subscribe = PLENARY__V1__SUBSCRIBE__INIT;
    subscribe.has_stream = 1;
    subscribe.stream = ++self->stream;
    subscribe.query = self->query;
    subscribe.has_directory = self->directory;
    subscribe.directory = self->directory;
    subscribe.has_credit_messages = 1;
    subscribe.credit_messages = self->credit_messages;
    subscribe.has_credit_bytes = 1;
    subscribe.credit_bytes = self->credit_bytes;
    subscribe.name = self->name;
    set_start(self, &subscribe, &cursor);
    Plenary__V1__StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE;
    request.subscribe = &subscribe;
    bool said = say(self, &request);
    if (cursor) plenary__v1__cursor__free_unpacked(cursor, NULL);
    return said;
}
