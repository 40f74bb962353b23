/*
 * desk - takes requests from their socket, hands them to the registry, sends the replies.
 *
 * A request that is well formed and valid gets exactly one reply, unless its peer is gone or does
 * not read. What is not even well formed gets INVALID_ARGUMENT where it shows a correlation, and
 * is dropped otherwise. Bounded in what it takes in one turn and in what waits. Loop's thread
 * only.
 */
#ifndef PLENARY_DAEMON_BUS_DESK_H
#define PLENARY_DAEMON_BUS_DESK_H

#include "daemon/bus/door.h"
#include "daemon/registry/registry.h"

typedef struct Desk Desk;

typedef struct DeskConfig {
    uint32_t requests; /* on the way at once */
    uint32_t requests_per_connection;
} DeskConfig;

typedef struct DeskState {
    uint64_t refused; /* messages dropped, as they were none of ours */
    uint64_t lost;    /* replies that could not leave: the peer did not read */
    size_t tickets;   /* requests without a reply that has left */
} DeskState;

/* A desk without a registry, not open yet. Given: desk_destroy. */
StatusCode desk_new(const DeskConfig *config, Desk **self, Problem *problem);
void desk_destroy(Desk **self);

/* Listens. `registry` is lent until desk_close. */
StatusCode desk_open(Desk *self, Registry *registry, const char *path, Problem *problem);

/* On the network too, by door_open_network. */
StatusCode desk_open_network(Desk *self, const DoorNetwork *network, Problem *problem);

/* Takes no more connections and no more requests; replies still leave. */
void desk_close(Desk *self);

/* A registry_reply_fn: the context is the desk. */
void desk_reply(void *desk, uint64_t ticket, const Reply *reply);

/* Takes what came, within its bounds. True: there may be more. */
bool desk_turn(Desk *self);

/* How long the loop may sleep for the desk's sake; -1: as long as nothing comes. */
int desk_wait_ms(const Desk *self);

DeskState desk_state(const Desk *self);

/* For zmq_poll. That of the network is NULL where there is none. */
void *desk_socket(Desk *self);
void *desk_network_socket(Desk *self);

#endif
