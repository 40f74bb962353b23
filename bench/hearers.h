/*
 * hearers - many subscribers at little cost: what they hear is counted and not unpacked.
 *
 * Each has a connection and a stream of everything; what it hears is told by its cursor, as nothing
 * is left out. One thread drives all of them. Trouble is set by whatever is not a stream's
 * ordinary course.
 */
#ifndef PLENARY_BENCH_HEARERS_H
#define PLENARY_BENCH_HEARERS_H

#include "bench/house.h"
#include "bench/trouble.h"

#include <stddef.h>
#include <stdint.h>
#include <zmq.h>

enum {
    HEARERS_QUEUE = 1000, /* messages that wait to be taken, of one hearer */
    HEARERS_CREDIT_CHANGES = 10000,
    HEARERS_CREDIT_BYTES = 8 * 1024 * 1024,
};

typedef struct Hearer {
    void *socket;
    uint64_t position; /* it has heard everything up to this change */
    uint64_t messages; /* with changes, that it took */
    uint64_t bytes;    /* of them */
    bool is_caught_up; /* it has all that was there when it subscribed */
} Hearer;

typedef struct Hearers {
    void *context;
    Hearer *each;
    zmq_pollitem_t *items;
    size_t count;
} Hearers;

/* What a subscription asks for. */
typedef struct HearersWish {
    uint32_t stream;
    bool now;       /* else from `after` on */
    uint64_t after; /* sequence */
    uint32_t credit_changes;
    uint64_t credit_bytes;
} HearersWish;

/* Connects `count` of them; `queue` messages wait in each at most. */
bool hearers_open(Hearers *self, const House *house, size_t count, int queue, Trouble *trouble);
void hearers_close(Hearers *self);

bool hearers_subscribe(Hearers *self, size_t hearer, const HearersWish *wish, Trouble *trouble);

/* Subscribes all with HEARERS_CREDIT_..., after a sequence. */
bool hearers_subscribe_all(Hearers *self, uint64_t after, Trouble *trouble);

/* The same from now on, and waits until each has caught up: then its stream is there. */
bool hearers_stand_by(Hearers *self, Trouble *trouble);

/* A hearer has heard the changes behind `after` up to `position`. */
typedef void hearers_fn(void *context, size_t hearer, uint64_t after, uint64_t position);

/* Waits for `wait_ms` at most, takes what has come, and gives its credit back. `each` may be
 * NULL. */
bool hearers_take(Hearers *self, int wait_ms, hearers_fn *each, void *context, Trouble *trouble);

/* The same for one message of one hearer. False also where none has come. */
bool hearers_take_one(Hearers *self, size_t hearer, Trouble *trouble);

/* Takes until each has caught up, and has heard up to `position`: then nothing more is on the way
 * to it. */
bool hearers_take_until(Hearers *self, uint64_t position, Trouble *trouble);

#endif
