/*
 * calls - the requests that a client has on the way, and what each of them waits for.
 *
 * A table of PLENARY_IN_FLIGHT_MAX places. A call's correlation number names its place, so that a
 * reply finds it at once, and is never used twice. Knows no sockets and no clock. One thread.
 */
#ifndef PLENARY_CLIENTS_CALLS_H
#define PLENARY_CLIENTS_CALLS_H

#include "clients/lib/plenary.h"

typedef enum CallState {
    CALL_FREE,
    CALL_UNSENT,  /* in the outbox; the attempt ends at due_ms */
    CALL_SENT,    /* the attempt ends at due_ms */
    CALL_RESTING, /* the next attempt begins at due_ms */
    CALL_DONE,    /* reply or error is there */
} CallState;

typedef struct Call {
    CallState state;
    uint64_t correlation;
    void *tag;
    bool is_awaited; /* plenary_call takes it, not plenary_receive */
    uint8_t *packed;
    size_t size;
    int attempt; /* from 1 */
    int busy;    /* replies that asked to come again and count as no attempt */
    int64_t due_ms;
    Plenary__V1__Reply *reply; /* of CALL_DONE; NULL: error */
    PlenaryError error;
} Call;

/* Places in the order in which they were put. */
typedef struct Line {
    uint16_t places[PLENARY_IN_FLIGHT_MAX];
    size_t first;
    size_t count;
} Line;

typedef struct Calls {
    Call places[PLENARY_IN_FLIGHT_MAX];
    Line free;
    Line outbox; /* CALL_UNSENT */
    Line done;   /* CALL_DONE that are not awaited */
    uint64_t serial;
    size_t count; /* not free */
} Calls;

void calls_init(Calls *self);

/* Forgets every call with all that it holds. */
void calls_clear(Calls *self);

/* A free place with a fresh correlation; NULL: all are taken. */
Call *calls_take(Calls *self);

/* Gives the place back. Its reply is the caller's. */
void calls_release(Calls *self, Call *call);

/* The call that waits for a reply with this correlation, or NULL. */
Call *calls_find(Calls *self, uint64_t correlation);

/* To CALL_UNSENT, at the outbox's end. */
void calls_post(Calls *self, Call *call, int64_t due_ms);

/* The first of the outbox, or NULL. It leaves by any of the functions below. */
Call *calls_unsent(Calls *self);

void calls_sent(Calls *self, Call *call);
void calls_rest(Calls *self, Call *call, int64_t due_ms);

/* To CALL_DONE. Where `reply` is NULL, the caller fills call->error. */
void calls_done(Calls *self, Call *call, Plenary__V1__Reply *reply);

/* The next finished call that nobody awaits, out of its line; NULL: none. */
Call *calls_next_done(Calls *self);

#endif
