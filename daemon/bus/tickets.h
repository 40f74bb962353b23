/*
 * tickets - which reply goes to which connection, bounded per connection and in all.
 *
 * A ticket is given for each request and taken back with its reply; one that was taken back, or
 * never given, is known as such. Pure memory; one thread.
 */
#ifndef PLENARY_BUS_TICKETS_H
#define PLENARY_BUS_TICKETS_H

#include "daemon/bus/router.h"

typedef struct Tickets Tickets;

/* NULL: no memory. */
Tickets *tickets_new(size_t all_max, size_t connection_max);
void tickets_destroy(Tickets **self);

/* False: the connection, or all together, have as many as they may. */
bool tickets_give(Tickets *self, const Peer *peer, uint64_t *ticket);

/* False: there is no such ticket. */
bool tickets_take(Tickets *self, uint64_t ticket, Peer *peer);

size_t tickets_count(const Tickets *self);

#endif
