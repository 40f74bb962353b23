/*
 * subscribers - who hears by a name, and how far each has come: best effort.
 *
 * Bounded, and no view of the journal: losing it loses only what is said of who was told. Streams
 * bring what they see; status, history and the note of it that is kept between two runs read it.
 * Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_SUBSCRIBERS_H
#define PLENARY_REGISTRY_SUBSCRIBERS_H

#include "proto/arena.h"
#include "proto/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SUBSCRIBERS_MAX = 128, /* then who is away for longest is forgotten */
    SUBSCRIBERS_NAME_BYTES_MAX = 64,
    SUBSCRIBERS_QUERY_BYTES_MAX = 4096, /* packed; a larger query is not kept */
    SUBSCRIBERS_NOTE_BYTES_MAX = 1024 * 1024,
};

typedef struct Subscribers Subscribers;

/* NULL: no memory. */
Subscribers *subscribers_new(void);
void subscribers_destroy(Subscribers **self);

/* What a stream with a name begins with. `query` is packed; NULL: everything. */
typedef struct SubscribersArrival {
    const char *name;
    const uint8_t *query;
    size_t query_bytes;
    bool directory;
    uint64_t position; /* it hears what follows that change */
} SubscribersArrival;

/* One that goes on within what it had heard, by the same query, keeps what it had acknowledged; any
 * other begins anew. */
void subscribers_come(Subscribers *self, const SubscribersArrival *arrival, int64_t now_us);
void subscribers_acknowledge(Subscribers *self, const char *name, uint64_t sequence,
                             int64_t now_us);
void subscribers_go(Subscribers *self, const char *name, int64_t now_us);

/* Forgets the queries that ask for people or words: a person was erased who may be named in them.
 */
void subscribers_forget_names(Subscribers *self);

/* Rises with everything that is worth a new note. */
uint64_t subscribers_version(const Subscribers *self);

/* All of them, in the arena. False: it is full. */
bool subscribers_list(const Subscribers *self, Arena *arena, Subscriber ***list, size_t *count);

/* Takes back what was listed once: nobody is connected yet. What is not as it must be is left
 * out. */
void subscribers_restore(Subscribers *self, Subscriber *const *list, size_t count);

#endif
