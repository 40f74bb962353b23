/*
 * flight - groups of changes on their way into the journal, and what became of them.
 *
 * A group that is durable is applied and answered. One that is not is refused, and everything
 * behind it is decided again on what is durable, once all that was on the way has come back.
 * Plain data; lends the order, the state and the health. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_FLIGHT_H
#define PLENARY_REGISTRY_FLIGHT_H

#include "daemon/registry/order.h"

typedef struct Flight {
    Order *order;
    State *state;
    RegistryHealth *health;
    const char *versions; /* of the views */
    Arena *scratch;       /* of apply */
    GQueue again;         /* of groups behind one that failed, in order */
    bool failing;         /* a group failed: nothing is decided until all that flies is back */
} Flight;

/* Submits what is decided as a group, where the journal may take one more. */
void flight_submit(Flight *self);

/* Takes a group's result, in a snapshot taken after it was polled. */
void flight_take(Flight *self, const GroupResult *result);

/* After the results of a turn: begins anew where a failure has come back whole. */
void flight_recover(Flight *self);

#endif
