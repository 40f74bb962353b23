/*
 * connections - which connections of the network are open, whose they are, and which must end.
 *
 * Plain state and its rules, without sockets or clock; daemon/bus/zap.h owns one in its thread. A
 * connection is silent until a message of it has come, which tells whose it is. Each that is let
 * in has a number, that its messages carry. So the connections of a key are those that spoke and
 * those that were let in and may still: never more than there are, as a connection that stays
 * silent is ended. When there are too many, of an address or in all, the one that is silent for
 * the longest time makes room; one that spoke never has to. One that comes too soon after others
 * of its address is ended at once, before it costs a handshake.
 */
#ifndef PLENARY_DAEMON_BUS_CONNECTIONS_H
#define PLENARY_DAEMON_BUS_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONNECTIONS_ADDRESS_BYTES = 16, /* IPv6, or IPv4 as IPv6 writes it */
};

typedef struct ConnectionsLimits {
    uint32_t all;
    uint32_t per_address; /* an IPv4 address, or the 64 bits of an IPv6 network */
    uint32_t per_key;
    uint32_t silent;
    uint32_t silent_per_address;
    uint32_t silent_per_key; /* let in and not heard of within silent_ms, though they be gone */
    int64_t silent_ms;
    uint32_t burst_of_address; /* that begin at once, then */
    uint32_t per_s_of_address;
    uint32_t addresses; /* that are remembered, beside those with a connection */
} ConnectionsLimits;

/* One end of a connection. A descriptor of the process is used again when it was closed: the
 * client's address and port tell whether it still is the same connection. */
typedef struct Connection {
    uint32_t door;
    int fd;
    uint8_t address[CONNECTIONS_ADDRESS_BYTES];
    uint16_t port;
} Connection;

typedef struct Connections Connections;

/* NULL: no memory. */
Connections *connections_new(const ConnectionsLimits *limits);

/* Takes NULL and a pointer to NULL. */
void connections_destroy(Connections **self);

void connections_opened(Connections *self, const Connection *opened, int64_t now_ms);
void connections_closed(Connections *self, uint32_t door, int fd);

/* May one more be let in, of a key? Then it gets a number, above all before it. `key` is never 0.
 * To be asked when all that was opened before is known. */
bool connections_let_in(Connections *self, uint64_t key, int64_t now_ms, uint64_t *number);

/* A message of the connection with that number came by this descriptor. */
void connections_spoke(Connections *self, uint32_t door, int fd, uint64_t number);

/* One that must end: it counts no longer. False: there is none. */
bool connections_next_to_end(Connections *self, int64_t now_ms, Connection *ended);

/* How long until one has been silent for too long, `most_ms` at most. */
int connections_wait_ms(const Connections *self, int64_t now_ms, int most_ms);

/* How many had to make room, or were too many themselves, since this was asked last. */
uint64_t connections_take_crowded(Connections *self);

size_t connections_open(const Connections *self);
size_t connections_silent(const Connections *self);
size_t connections_of_key(const Connections *self, uint64_t key);

#endif
