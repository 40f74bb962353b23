/*
 * endpoint - what every socket that the daemon listens on has: bounds, and a path or an address.
 *
 * Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_ENDPOINT_H
#define PLENARY_DAEMON_BUS_ENDPOINT_H

#include "proto/curve.h"
#include "proto/status.h"

#include <stdbool.h>

/* Always set: without a domain libzmq asks nobody, and lets every key in. */
#define ENDPOINT_ZAP_DOMAIN "plenary"

enum {
    ENDPOINT_SIZE = 128,
};

typedef struct EndpointLimits {
    int receive_queue; /* messages of one connection */
    int send_queue;    /* messages to one connection */
    int message_bytes; /* a connection that sends more is closed */
} EndpointLimits;

/* "ipc://..." or "tcp://..."; empty: it does not listen. */
typedef struct Endpoint {
    char text[ENDPOINT_SIZE];
} Endpoint;

/* False: the library does not take an option, and errno says why. `socket` is of libzmq. */
bool endpoint_limit(void *socket, const EndpointLimits *limits);

/* Listens at the path, in the place of what is there: only the holder of the folder's lock may. */
StatusCode endpoint_open(Endpoint *self, void *socket, const char *path, Problem *problem);

/* Removes the path, so that nobody else finds it; the connections that are there stay. An address
 * of the network stays in use until the socket is closed. */
void endpoint_close(Endpoint *self);

/* Listens at "tcp://address:port", with CURVE and ZAP's domain ENDPOINT_ZAP_DOMAIN and nothing
 * else. UNAVAILABLE: the address is in use, or is none of this machine's. */
StatusCode endpoint_open_network(Endpoint *self, void *socket, const char *address,
                                 const CurvePair *server, Problem *problem);

#endif
