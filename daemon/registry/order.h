/*
 * order - the one order of commands: what waits, what is decided for the next group, what flies.
 *
 * Commands are decided one by one against the state, in the order of their arrival, but for those
 * that meet a claim of one on the way: they wait, and nobody who wants the same overtakes them.
 * Each new change is built on the tip, which is what has been decided so far. A command is owned
 * by the order from order_add until its end, when it is answered and gives its claims back.
 *
 * Plain data, which daemon/registry/flight.h works on too. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_ORDER_H
#define PLENARY_REGISTRY_ORDER_H

#include "daemon/registry/command.h"
#include "daemon/registry/outbox.h"

#include <glib.h>

enum {
    ORDER_BLOCKED_MAX = 256, /* commands that one pass finds blocked before it stops */
};

typedef struct Order {
    Outbox outbox;
    Claims *claims;
    GQueue waiting; /* arrived, not decided */
    GQueue decided; /* for the next group */
    GQueue flying;  /* submitted, in order */
    size_t bytes;   /* that the commands of all three take */
    size_t decided_bytes;
    Tip tip; /* of what is decided: the next change is built on it */
} Order;

/* False: no memory. `outbox` is copied; its state must outlive the order. */
bool order_begin(Order *self, const Outbox *outbox);

/* What is still in it is refused. */
void order_end(Order *self, const Problem *problem);

size_t order_count(const Order *self);

/* Is an erasure on its way, which writes anew what a reader of the whole journal may have read? */
bool order_is_erasing(const Order *self);

/* Takes the command over. */
void order_add(Order *self, Command *command);

/* Nobody waits for this ticket's reply any more. */
void order_forget(Order *self, uint64_t ticket);

/* Decides what waits until the next group is full. */
void order_decide(Order *self);

/* --- the end of a command --- */

void order_confirm(Order *self, Command *command, uint64_t sequence,
                   Plenary__V1__Change__Action action, bool unchanged);
void order_refuse(Order *self, Command *command, const Problem *problem);
void order_refuse_all(Order *self, GQueue *queue, const Problem *problem);

/* Nothing of these was done: they wait again, in their order, before what came later. */
void order_again(Order *self, GQueue *commands);

#endif
