/*
 * zap - lets connections in from the network, or not: the ZAP handler (ZeroMQ RFC 27).
 *
 * A thread of its own answers libzmq's question for each connection: CURVE only, and only with a
 * key that a principal has now. The User-Id of a connection is the fingerprint of its key; whose
 * it is the doors look up with each message, so that revoking works at once, also on connections
 * that are there. The thread has its own copy of the keys (daemon/bus/admission.h); the loop sends
 * it the whole table whenever principals have changed, before it answers the change. It also
 * hears which connections begin and end (daemon/bus/monitor.h), and keeps to the bounds of how
 * many there are (daemon/bus/connections.h): the property ZAP_NUMBER of a message is the number of
 * its connection. Made before any socket of the network is bound. All functions here are the
 * loop's.
 */
#ifndef PLENARY_DAEMON_BUS_ZAP_H
#define PLENARY_DAEMON_BUS_ZAP_H

#include "daemon/bus/connections.h"
#include "daemon/bus/monitor.h"
#include "daemon/registry/principals.h"
#include "proto/status.h"

/* Of the messages of the network, beside the User-Id: a decimal number. */
#define ZAP_NUMBER "X-Connection"

enum {
    ZAP_ADDRESS_SIZE = 64,
};

typedef struct Zap Zap;

/* Who was not let in since the last account. */
typedef struct ZapRefused {
    uint64_t unknown;               /* connections with a key that is nobody's */
    uint64_t later;                 /* that came too often */
    uint64_t many;                  /* with a key that has too many at a time */
    uint64_t ended;                 /* ended again to make room, before they said anything */
    uint64_t other;                 /* of another mechanism, or garbled */
    char address[ZAP_ADDRESS_SIZE]; /* of the last one */
    char fingerprint[CURVE_FINGERPRINT_SIZE]; /* the same; "": it had no key */
} ZapRefused;

/* Starts the thread; it knows nobody yet. INTERNAL: there is another handler in this process. */
StatusCode zap_new(const ConnectionsLimits *limits, Zap **self, Problem *problem);

/* To be called when the sockets of the network are closed: libzmq waits for whoever reads what it
 * tells of connections. Takes NULL and a pointer to NULL. */
void zap_destroy(Zap **self);

/* Sends the table where it has changed. Connections made afterwards are judged by it. */
void zap_know(Zap *self, const Principals *principals);

/* Watches the connections of a socket that is not bound yet. */
StatusCode zap_watch(Zap *self, void *socket, MonitorDoor door, Problem *problem);

/* A message came of the connection with that number, by this descriptor: it is not silent. */
void zap_note_spoke(Zap *self, MonitorDoor door, int fd, uint64_t number);

/* Keys over ZAP_KEYS_MAX, which are not let in. */
size_t zap_left_out(const Zap *self);

/* The next account, one in ZAP_REPORT_MS at most. False: there is none. */
bool zap_take_refused(Zap *self, ZapRefused *refused);

/* For zmq_poll. */
void *zap_socket(Zap *self);

#endif
