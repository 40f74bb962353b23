/*
 * streams - tells subscribers what changes, from any position in the journal, as credit allows.
 *
 * Replay and live are the same: each stream has a position, and is sent what lies between it and
 * the last applied change, some at a time and each in its turn, so that one that replays, or does
 * not read, holds nobody else back. A stream ends when its connection is gone, when it was silent
 * for STREAMS_LEASE_MS, when its query or its rights come to mean something else (Resync), or when
 * its key is no longer let in. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_STREAMS_H
#define PLENARY_DAEMON_BUS_STREAMS_H

#include "daemon/bus/door.h"
#include "daemon/registry/registry.h"

typedef struct Streams Streams;

/* A named subscriber comes (`comes`) or goes; `sequence` is where it begins, or what it had
 * acknowledged. Lent. */
typedef void streams_told_fn(void *context, const char *name, bool comes, uint64_t sequence);

typedef struct StreamsConfig {
    uint32_t streams;
    uint32_t streams_per_connection;
    streams_told_fn *told;
    void *told_context;
} StreamsConfig;

typedef struct StreamsState {
    uint32_t streams;
    uint64_t refused;   /* messages dropped, as they were none of ours */
    int64_t away_bytes; /* sent and not given back */
} StreamsState;

/* Streams without a registry, not open yet. Given: streams_destroy. */
StatusCode streams_new(const StreamsConfig *config, Streams **self, Problem *problem);
void streams_destroy(Streams **self);

/* Listens. `registry` is lent until streams_close. */
StatusCode streams_open(Streams *self, Registry *registry, const char *path, Problem *problem);

/* On the network too, by door_open_network. */
StatusCode streams_open_network(Streams *self, const DoorNetwork *network, Problem *problem);

/* Takes no more connections and requests, and ends every stream. */
void streams_close(Streams *self);

/* Takes requests, within its bounds. True: there may be more. */
bool streams_receive(Streams *self);

/* Sends what has been applied, within its bounds: to be called in the turn in which it was
 * applied, before the snapshot is let go. True: there is more to be sent at once. */
bool streams_pump(Streams *self);

/* How long the loop may sleep for the streams' sake; -1: as long as nothing comes. */
int streams_wait_ms(const Streams *self);

StreamsState streams_state(const Streams *self);

/* For zmq_poll. That of the network is NULL where there is none. */
void *streams_socket(Streams *self);
void *streams_network_socket(Streams *self);

#endif
