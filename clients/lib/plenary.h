/*
 * plenary - the public C API of Plenary: requests and subscriptions.
 *
 * A PlenaryClient sends requests to one plenaryd; a PlenarySubscriber hears its changes. Each
 * belongs to one thread at a time; any number may live in a process. Requests and replies are
 * the protobuf-c messages of plenary/v1/request.proto, installed with this header.
 *
 * A request that gets no reply in time is sent again with the same request_id, with back-off, so
 * that nothing is done twice. Every wait is bounded by the options.
 *
 * Link with `pkg-config --cflags --libs plenary`.
 */
#ifndef PLENARY_H
#define PLENARY_H

#include <plenary/v1/change.pb-c.h>
#include <plenary/v1/request.pb-c.h>
#include <plenary/v1/stream.pb-c.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLENARY_API __attribute__((visibility("default")))

enum {
    PLENARY_MESSAGE_SIZE = 320,
    PLENARY_REQUEST_ID_SIZE = 37, /* 36 characters and NUL */
    PLENARY_IN_FLIGHT_MAX = 1024, /* requests on the way at once; plenary_send refuses more */
};

/* What went wrong on this side of the wire; what the registry refuses is in the reply's status. */
typedef struct PlenaryError {
    int code; /* Plenary__V1__StatusCode: UNAVAILABLE, DEADLINE_EXCEEDED, INVALID_ARGUMENT, ... */
    char message[PLENARY_MESSAGE_SIZE];
} PlenaryError;

typedef struct PlenaryOptions {
    /* Folder with run/requests.ipc and run/stream.ipc. NULL: $PLENARY_HOME, else the XDG
     * runtime folder of a person, else /run/plenary. */
    const char *home;
    /* Whole endpoints ("ipc:///run/plenary/requests.ipc"), in the place of the home's. */
    const char *requests_endpoint;
    const char *stream_endpoint;
    int timeout_ms; /* of one attempt; 0: 5,000 */
    int attempts;   /* 0: 3 */
    /* Where no endpoints are given: the name of a context of "plenary context add", or "local" for
     * the sockets of the home. NULL: $PLENARY_CONTEXT, else the one that is in use. */
    const char *context;
    /* With endpoints "tcp://...": the server's public key (40 characters of Z85), and the file of
     * one's own pair (plenary key generate). Over the network there is nothing without keys. */
    const char *server_key;
    const char *key_file;
} PlenaryOptions;

typedef struct PlenaryClient PlenaryClient;
typedef struct PlenarySubscriber PlenarySubscriber;

/* A client. Connecting is lazy: an absent daemon shows at the first call. NULL: *error says why.
 * The strings of `options` are copied; NULL options mean all defaults. */
PLENARY_API PlenaryClient *plenary_client_new(const PlenaryOptions *options, PlenaryError *error);

/* Takes NULL and a pointer to NULL. Requests on the way are forgotten. */
PLENARY_API void plenary_client_destroy(PlenaryClient **self);

/* Sends `request` and waits for its reply, repeating it after a time-out. A verb that writes and
 * has no request_id gets a fresh one. Request fields correlation and request_id are restored on
 * return. Gives true and *reply (owned by the caller: plenary_reply_free), whatever its status; or
 * false and *error. A reply that asks to come again (UNAVAILABLE or RESOURCE_EXHAUSTED with
 * retry_after_ms) is given only if it stays so in all attempts; RESOURCE_EXHAUSTED is tried five
 * times as often, as the registry may be at work at a long question. */
PLENARY_API bool plenary_call(PlenaryClient *self, Plenary__V1__Request *request,
                              Plenary__V1__Reply **reply, PlenaryError *error);

/* Sends without waiting; `tag` comes back with the reply. The client keeps a packed copy and
 * repeats it after a time-out while plenary_receive is being called. False: PLENARY_IN_FLIGHT_MAX
 * are on the way (RESOURCE_EXHAUSTED), or the request is too large (INVALID_ARGUMENT). */
PLENARY_API bool plenary_send(PlenaryClient *self, Plenary__V1__Request *request, void *tag,
                              PlenaryError *error);

/* The next reply, in any order. *reply is NULL where all attempts for that tag timed out (*error
 * says so). False: nothing came within timeout_ms (-1: as long as something is on the way), or
 * nothing is on the way, or a signal came. */
PLENARY_API bool plenary_receive(PlenaryClient *self, int timeout_ms, void **tag,
                                 Plenary__V1__Reply **reply, PlenaryError *error);

/* Requests on the way. */
PLENARY_API size_t plenary_in_flight(const PlenaryClient *self);

/* Of plenary_call or plenary_receive alone, or NULL. All that is in the reply ends with it. */
PLENARY_API void plenary_reply_free(Plenary__V1__Reply *reply);

/* A fresh UUIDv7 of now. */
PLENARY_API void plenary_request_id(char text[PLENARY_REQUEST_ID_SIZE]);

/* --- subscribing --- */

enum {
    PLENARY_POSITION_SIZE = 576, /* bytes; room for any position */
};

typedef struct PlenarySubscription {
    const Plenary__V1__Query *query; /* NULL: everything */
    bool directory;                  /* hears changes of organisations too, whatever the query */
    /* File that keeps the cursor, written atomically; NULL: none is kept. Where it exists, the
     * subscription goes on from there and `after_sequence` and `now` do not count. */
    const char *cursor_file;
    /* Where to go on, as plenary_position gave it: for those who keep it themselves, in one
     * transaction with what they made of the changes. NULL: there is none. Not with a cursor
     * file. */
    const uint8_t *position;
    size_t position_size;
    uint64_t after_sequence;  /* start after this one; 0: from the first change */
    bool now;                 /* start with the next change */
    const char *name;         /* of a named subscriber, or NULL */
    uint32_t credit_messages; /* changes on the way at once; 0: 1,000 */
    uint64_t credit_bytes;    /* of packed changes, likewise; 0: 8 MiB, at least 512 KiB */
    int heartbeat_timeout_ms; /* silence that counts as a lost connection; 0: 15,000 */
} PlenarySubscription;

typedef enum PlenaryHeard {
    PLENARY_NOTHING,   /* within the time that was given */
    PLENARY_CHANGE,    /* `change` and `relation`; of AGAIN, and of an erasure, several may
                        * have one sequence */
    PLENARY_CAUGHT_UP, /* all that was there at the (re)subscription has been heard */
    PLENARY_RESYNC,    /* the cursor does not fit (`error` says why; `sequence` is the head): take
                        * a snapshot, then plenary_resume_after */
    PLENARY_LOST,      /* the daemon is silent (`error`); reconnecting goes on by itself */
    PLENARY_BACK,      /* it answers again */
    PLENARY_REFUSED,   /* the subscription is not allowed or not valid; `error` says why */
} PlenaryHeard;

typedef struct PlenaryNews {
    PlenaryHeard heard;
    Plenary__V1__Change *change; /* lent until the next plenary_hear */
    Plenary__V1__Delivery__Relation relation;
    uint64_t sequence; /* how far the stream has read */
    PlenaryError error;
} PlenaryNews;

PLENARY_API PlenarySubscriber *plenary_subscribe(const PlenaryOptions *options,
                                                 const PlenarySubscription *subscription,
                                                 PlenaryError *error);

/* Takes NULL. Does not write the cursor: only plenary_acknowledge does. */
PLENARY_API void plenary_unsubscribe(PlenarySubscriber **self);

/* Waits up to timeout_ms (-1: without end) for the next piece of news. Credit and reconnecting are
 * its business. A signal ends the wait early, with PLENARY_NOTHING. */
PLENARY_API void plenary_hear(PlenarySubscriber *self, int timeout_ms, PlenaryNews *news);

/* The changes heard so far have been dealt with: makes the cursor durable (write, fsync, rename).
 * Call it after each change, or once for many: what was heard and not acknowledged is heard
 * again after a restart. */
PLENARY_API bool plenary_acknowledge(PlenarySubscriber *self, PlenaryError *error);

/* What a cursor file would hold now, if all that was heard has been dealt with. Gives its size; 0:
 * it began with the next change and knows no place yet. */
PLENARY_API size_t plenary_position(const PlenarySubscriber *self,
                                    uint8_t position[PLENARY_POSITION_SIZE]);

/* After PLENARY_RESYNC, when the snapshot as of `sequence` is in place: goes on after it. */
PLENARY_API void plenary_resume_after(PlenarySubscriber *self, uint64_t sequence);

/* A file descriptor for a poll loop. It becomes readable when something changes, not as long as
 * something is left: before each wait call plenary_hear with timeout_ms 0 until it gives
 * PLENARY_NOTHING, and wait a second at most, as leases and silence are its business too. */
PLENARY_API int plenary_subscriber_fd(PlenarySubscriber *self);

#ifdef __cplusplus
}
#endif

#endif
