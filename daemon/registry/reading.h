/*
 * reading - the requests that read: answered at once, or, where that takes long, in slices.
 *
 * Nearly all are answered when they come. One that leaves a rest of a phrase (daemon/registry/
 * phrases.h) is parked: in each turn one of those that wait works off a slice of its rest, and when
 * nothing is left it is answered as if it came now, by the state as it then is. Others are served
 * between slices. Parked requests are bounded in number, of one connection and of all, and in the
 * time that they wait: beyond that they are refused with a time to come again, and what was found
 * out by then is kept. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_READING_H
#define PLENARY_REGISTRY_READING_H

#include "daemon/registry/outbox.h"
#include "daemon/registry/requests.h"

#include <glib.h>

enum {
    READING_PARKED_MAX = 24,
    READING_PARKED_PER_CONNECTION = 8,
    READING_PARKED_BYTES_MAX = 1024 * 1024,     /* of memory, of one request */
    READING_PATIENCE_US = 4 * 1000 * 1000,      /* less than clients wait for a reply */
    READING_ARENA_BYTES_MAX = 64 * 1024 * 1024, /* of one answer */
};

typedef struct Reading {
    Outbox outbox;
    Arena *answers; /* of one read */
    GQueue parked;
} Reading;

/* `outbox` is copied; its state must outlive this. False: no memory. */
bool reading_begin(Reading *self, const Outbox *outbox);

/* Those that are parked are refused. Takes one that never began. */
void reading_end(Reading *self, const Problem *problem);

/* Answers, refuses or parks. A request that is parked keeps its arena: *arena is then NULL. With a
 * snapshot. */
void reading_take(Reading *self, const RequestRow *row, const Caller *caller, Request *request,
                  Arena **arena, uint64_t ticket);

/* One slice of what is parked, or one answer. With a snapshot. */
void reading_turn(Reading *self);

/* Nobody waits for this ticket's reply any more. */
void reading_forget(Reading *self, uint64_t ticket);

size_t reading_parked(const Reading *self);

#endif
