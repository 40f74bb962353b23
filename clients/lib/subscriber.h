/*
 * subscriber - the state behind a PlenarySubscriber, and what it says to the registry.
 *
 * subscriber.c hears and decides; subscriber_say.c builds and sends the stream's requests. One
 * thread.
 */
#ifndef PLENARY_CLIENTS_SUBSCRIBER_H
#define PLENARY_CLIENTS_SUBSCRIBER_H

#include "clients/lib/batch.h"
#include "clients/lib/dealer.h"
#include "clients/lib/position.h"

typedef enum Phase {
    PHASE_SUBSCRIBING, /* a Subscribe is to be sent, from due_ms on */
    PHASE_LISTENING,   /* it was sent */
    PHASE_STOPPED,     /* until plenary_resume_after, or for good */
} Phase;

struct PlenarySubscriber {
    Dealer *dealer;
    Plenary__V1__Query *query; /* a copy of our own */
    bool directory;
    char *name;
    char *cursor_file;
    uint32_t credit_messages;
    uint64_t credit_bytes;
    int heartbeat_timeout_ms;

    Phase phase;
    bool begins_now;   /* Subscribe.now, as long as no position is known */
    bool has_position; /* `received` says where to go on */
    bool is_lost;      /* PLENARY_LOST was said, PLENARY_BACK was not yet */
    uint32_t stream;  /* a new number for each Subscribe: what belongs to an older one is dropped */
    int failures;     /* since something was last heard */
    int64_t due_ms;   /* when to subscribe */
    int64_t since_ms; /* PHASE_SUBSCRIBING: since when without a connection; 0: there was one */
    int64_t heard_ms; /* when something last came, or was last subscribed */
    int64_t renewed_ms; /* when the lease was last renewed */

    Batch batch;
    bool has_message;       /* batch.message is a control message, or changes, still to be told */
    Position before;        /* where the batch began */
    Position received;      /* after the batch; where to resubscribe */
    Position resync;        /* what the registry offers in a Resync */
    Position recorded;      /* what the cursor file holds */
    uint64_t skip_to;       /* what a repeated start sends again up to here was heard already */
    uint32_t used_messages; /* heard since credit was last given */
    uint64_t used_bytes;
};

/* A Subscribe under a new stream number, from where was received last. False: not now. */
bool subscriber_say_subscribe(PlenarySubscriber *self);

/* Gives back the credit that was used, and renews the lease. `acknowledged` 0: says nothing of it.
 * What could not be said now is said with the next one. */
void subscriber_say_credit(PlenarySubscriber *self, uint64_t acknowledged);

void subscriber_say_unsubscribe(PlenarySubscriber *self);

#endif
