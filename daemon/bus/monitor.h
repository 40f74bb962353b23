/*
 * monitor - hears which connections of a network's socket begin and end, and can end one.
 *
 * libzmq sends an event for each from its own thread, and waits where there is no room for it:
 * the end that is read has no bound, and the thread of daemon/bus/zap.h reads all that is there at
 * each turn. Events tell a descriptor of this process. It is libzmq's to close; what may be done
 * with it is to shut the connection, which libzmq hears as an end by the other side.
 */
#ifndef PLENARY_DAEMON_BUS_MONITOR_H
#define PLENARY_DAEMON_BUS_MONITOR_H

#include "daemon/bus/connections.h"

/* Which socket's connections: a number that is said of each of them. */
typedef enum MonitorDoor {
    MONITOR_REQUESTS,
    MONITOR_STREAM,
    MONITOR_DOORS,
} MonitorDoor;

typedef struct MonitorEvent {
    bool begins;
    Connection connection; /* the address of one that begins only; all 0: it is gone again */
} MonitorEvent;

/* On the socket's side, before it is bound; monitor_connect must follow before the bind. False:
 * errno says why. */
bool monitor_begin(void *socket, MonitorDoor door);

/* On the socket's side, before it is closed. */
void monitor_stop(void *socket);

/* On the reader's side. NULL: errno says why. Given: zmq_close. */
void *monitor_connect(void *context, MonitorDoor door);

/* False: nothing waits. */
bool monitor_take(void *reader, MonitorDoor door, MonitorEvent *event);

/* Shuts the connection, where its descriptor still is that connection's. */
void monitor_end(const Connection *connection);

#endif
