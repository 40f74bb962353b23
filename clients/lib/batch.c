#include "clients/lib/batch.h"

#include "proto/frame.h"

bool batch_init(Batch *self)
{
    *self = (Batch){.arena = arena_new(BATCH_BYTES_MAX)};
    return self->arena != NULL;
}

void batch_free(Batch *self)
{
    arena_destroy(&self->arena);
    *self = (Batch){0};
}

/* Every delivery must hold a change with a sequence. */
static bool load_changes(Batch *self, const Plenary__V1__Changes *changes)
{
    Problem problem;
    if (!changes->cursor || !changes->cursor->has_sequence) return false;
    if (changes->n_deliveries == 0) return true;
    self->changes = arena_array(self->arena, changes->n_deliveries, sizeof *self->changes);
    if (!self->changes) return false;
    for (size_t i = 0; i < changes->n_deliveries; i++) {
        ProtobufCBinaryData packed = changes->deliveries[i]->change;
        ProtobufCMessage *change = frame_unpack(
            packed.data, packed.len, &plenary__v1__change__descriptor, self->arena, &problem);
        self->changes[i] = (Plenary__V1__Change *)change;
        if (!change || !self->changes[i]->has_sequence) return false;
    }
    self->deliveries = changes->deliveries;
    self->count = changes->n_deliveries;
    return true;
}

bool batch_load(Batch *self, const uint8_t *body, size_t size)
{
    Problem problem;
    *self = (Batch){.arena = self->arena};
    arena_reset(self->arena);
    self->message = (Plenary__V1__StreamMessage *)frame_unpack(
        body, size, &plenary__v1__stream_message__descriptor, self->arena, &problem);
    if (!self->message) return false;
    if (self->message->body_case != PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES) return true;
    if (load_changes(self, self->message->changes)) return true;
    self->count = 0;
    return false;
}

bool batch_is_heard(const Batch *self)
{
    return self->next >= self->count;
}

uint64_t batch_done(const Batch *self, uint64_t start)
{
    uint64_t done = start;
    for (size_t i = 0; i < self->next && i + 1 < self->count; i++) {
        uint64_t sequence = self->changes[i]->sequence;
        if (self->changes[i + 1]->sequence > sequence && sequence > done) done = sequence;
    }
    return done;
}
