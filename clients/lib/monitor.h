/*
 * monitor - how the attempts to connect over the network end, as libzmq tells.
 *
 * libzmq connects by itself, again and again; what came of it is told by events, one or two for
 * each attempt. They are read here and kept as findings, each until it is asked for. What they do
 * not tell: why a server hangs up amid the handshake, which it does both where the key that is
 * known of it is not its own and where there are too many connections.
 *
 * Belongs to the thread of its socket; to be destroyed before that.
 */
#ifndef PLENARY_CLIENTS_MONITOR_H
#define PLENARY_CLIENTS_MONITOR_H

#include <stdbool.h>

typedef enum MonitorFinding {
    MONITOR_REFUSED,     /* the server does not let our key in; libzmq does not try again */
    MONITOR_HUNG_UP,     /* it broke off MONITOR_HUNG_UP_MAX handshakes, one after the other */
    MONITOR_NO_LISTENER, /* the system says: nobody listens there, or no way leads there */
    MONITOR_NO_ADDRESS,  /* the host's name is not found */
    MONITOR_FINDINGS,
} MonitorFinding;

enum {
    MONITOR_HUNG_UP_MAX = 3, /* then it is no accident */
};

typedef struct Monitor Monitor;

/* Of a socket of this ZeroMQ context that does not connect yet. NULL: no memory or sockets are
 * left, and errno says so. */
Monitor *monitor_new(void *context, void *socket);

/* Takes NULL and a pointer to NULL. */
void monitor_destroy(Monitor **self);

/* True where it was found since it was asked for last. `self` may be NULL: nothing is found. */
bool monitor_take(Monitor *self, MonitorFinding finding);

#endif
