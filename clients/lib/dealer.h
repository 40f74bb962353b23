/*
 * dealer - one connection to a daemon's socket: whole messages out, whole messages in.
 *
 * Speaks frames of "PLN1" and a body, drops what is none, bounds every queue. Messages are queued
 * to a living connection only (ZMQ_IMMEDIATE): what could not be sent was not sent, and does not
 * leave later behind the caller's back. libzmq reconnects by itself.
 *
 * Holds its own ZeroMQ context and installs no signal handler. Belongs to one thread at a time.
 */
#ifndef PLENARY_CLIENTS_DEALER_H
#define PLENARY_CLIENTS_DEALER_H

#include "clients/lib/context.h"
#include "clients/lib/plenary.h"
#include "proto/curve.h"
#include "proto/paths.h"

enum {
    DEALER_QUEUE_MAX = 8192,   /* messages in each direction */
    DEALER_LOOK_EVERY_MS = 50, /* how often a broken connection is looked for */
};

typedef struct Dealer Dealer;

/* Where to, and by which keys. */
typedef struct DealerTarget {
    char endpoint[PATHS_ENDPOINT_SIZE];
    char name[CONTEXT_NAME_SIZE];     /* of the context; "": of none */
    char server_key[CURVE_TEXT_SIZE]; /* "": without CURVE */
    CurvePair own;                    /* with CURVE */
} DealerTarget;

/* Which of a daemon's sockets. */
typedef enum DealerDoor {
    DEALER_REQUESTS,
    DEALER_STREAM,
} DealerDoor;

/* Starts to connect; `target` is copied. NULL: the endpoint is none (INVALID_ARGUMENT), or no
 * memory, sockets or threads are left (RESOURCE_EXHAUSTED). */
Dealer *dealer_new(const DealerTarget *target, PlenaryError *error);

/* The same to where the options say: an endpoint, a context, or a home. NULL also: there is no such
 * context, or a key cannot be read. */
Dealer *dealer_connect(const PlenaryOptions *options, DealerDoor door, PlenaryError *error);

/* Takes NULL and a pointer to NULL. Drops what is queued. */
void dealer_destroy(Dealer **self);

/* Queues one message. False: not now, there is no connection or it is full. */
bool dealer_send(Dealer *self, const void *body, size_t size);

/* The next message; lent until the next call. False: there is none now. */
bool dealer_receive(Dealer *self, const uint8_t **body, size_t *size);

/* True while there is a connection (that is not full). */
bool dealer_is_connected(Dealer *self);

/* Waits until there is something to receive, or (for_room) room to send, or the time is over.
 * False: a signal came. */
bool dealer_wait(Dealer *self, bool for_room, int timeout_ms);

/* True once for each time that the server refused our key: then *error says so
 * (UNAUTHENTICATED), and a new connection is begun. */
bool dealer_refused(Dealer *self, PlenaryError *error);

/* Whether it is certain that nobody answers at this endpoint, and a message for the person. Over
 * the network that is so where an attempt of libzmq's has failed since it was asked last, not where
 * one still waits. Of ipc, `by_connecting`: also where there is a socket file, asks by a
 * connect(2). */
bool dealer_nobody_there(Dealer *self, bool by_connecting, PlenaryError *error);

/* The endpoint, and the name of its context: for a person. */
const char *dealer_where(const Dealer *self);

/* The file descriptor of ZMQ_FD; edge-triggered. */
int dealer_fd(Dealer *self);

#endif
