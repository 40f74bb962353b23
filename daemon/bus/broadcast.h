/*
 * broadcast - tells whoever listens what changes, as far as anybody may know it.
 *
 * A plain publisher for any ZeroMQ SUB. It carries what a reader without a name and with clearance
 * for TLP:CLEAR may see, decided by the same functions as everything else (delivery). A message is
 * the frames [topic][numbers][packed Change]; daemon/bus/topics.h says which topics. The numbers
 * are the change's sequence and that of the change before it on the same topic, 0 where it is not
 * known.
 *
 * Lossy by nature: there is no replay, a listener that is slow misses messages and sees it by the
 * numbers. It begins with the next change that is applied when somebody listens, follows the order
 * in which changes are applied, and costs nothing while nobody listens. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_BROADCAST_H
#define PLENARY_DAEMON_BUS_BROADCAST_H

#include "daemon/registry/registry.h"

enum {
    BROADCAST_NUMBERS_BYTES = 16, /* two numbers of 64 bits, little-endian */
};

typedef struct Broadcast Broadcast;

/* Somebody listens, or nobody does any more. */
typedef void broadcast_told_fn(void *context, bool listens);

typedef struct BroadcastConfig {
    int send_queue; /* messages to one listener */
    broadcast_told_fn *told;
    void *told_context;
} BroadcastConfig;

/* A broadcast without a registry, not open yet. Given: broadcast_destroy. */
StatusCode broadcast_new(const BroadcastConfig *config, Broadcast **self, Problem *problem);

/* Takes NULL. */
void broadcast_destroy(Broadcast **self);

/* Listens for listeners. `registry` is lent until broadcast_close. */
StatusCode broadcast_open(Broadcast *self, Registry *registry, const char *path, Problem *problem);

/* Removes the path and publishes nothing more. */
void broadcast_close(Broadcast *self);

/* Publishes what has been applied, within its bounds: to be called in the turn in which it was
 * applied, before the snapshot is let go. True: there is more to be done at once. */
bool broadcast_turn(Broadcast *self);

/* Messages that were no subscriptions, dropped so far. */
uint64_t broadcast_refused(const Broadcast *self);

/* For zmq_poll. */
void *broadcast_socket(Broadcast *self);

#endif
