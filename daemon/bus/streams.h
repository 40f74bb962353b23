/*
 * streams - cursors in the log: each listener reads it at its own pace.
 *
 * A stream has a query, a position and a credit. Replay and live are one path: read the journal
 * from the position up to what is applied, tell what is for this listener, move on. Nobody holds
 * anybody else back: each turn serves every stream a little, and a peer whose queue is full is
 * left alone for a while. The registry is lent. Loop's thread only.
 */
#ifndef PLENARY_BUS_STREAMS_H
#define PLENARY_BUS_STREAMS_H

#include "daemon/registry/registry.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Streams Streams;

/* Nobody is served before streams_open. NULL: no memory. */
Streams *streams_new(void);
void streams_destroy(Streams **self);

StatusCode streams_open(Streams *self, const char *endpoint, Registry *registry, Problem *problem);

/* For zmq_poll. */
void *streams_socket(Streams *self);

/* Takes requests that have come in. `now_ms` is of the monotonic clock. True: there may be more. */
bool streams_drain(Streams *self, int64_t now_ms);

/* Sends what there is to send, within the bounds of a turn. True: there is more to send now. */
bool streams_pump(Streams *self, int64_t now_ms);

size_t streams_count(const Streams *self);

#endif
