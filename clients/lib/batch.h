/*
 * batch - the changes of one stream message, unpacked and waiting to be heard one by one.
 *
 * All of a batch lives in one arena and goes when the next one is loaded. One thread.
 */
#ifndef PLENARY_CLIENTS_BATCH_H
#define PLENARY_CLIENTS_BATCH_H

#include "clients/lib/position.h"
#include "proto/arena.h"

enum {
    BATCH_BYTES_MAX = 64 * 1024 * 1024, /* of an unpacked message */
};

typedef struct Batch {
    Arena *arena;
    Plenary__V1__StreamMessage *message; /* what was loaded last */
    Plenary__V1__Delivery **deliveries;
    Plenary__V1__Change **changes; /* of each delivery */
    size_t count;
    size_t next; /* the first one that was not heard */
} Batch;

/* False: no memory. */
bool batch_init(Batch *self);
void batch_free(Batch *self);

/* Unpacks a StreamMessage in the place of the batch before. False, and empty: it is none, or one
 * of its changes is none. */
bool batch_load(Batch *self, const uint8_t *body, size_t size);

bool batch_is_heard(const Batch *self);

/* The last change up to which all was heard, where the batch began at `start`. A change may come
 * in several deliveries: it counts when the one after it has a higher sequence. */
uint64_t batch_done(const Batch *self, uint64_t start);

#endif
