/*
 * snapshot - asks the registry for all that a subscription sees, into a mirror's snapshot.
 *
 * Page after page in number order, so that what matches all along is in it exactly once; the
 * directory too. What changes meanwhile may or may not be in it: the stream, taken up at a place
 * from before the snapshot, brings it again (clients/lib/mirror.h says what then counts). One
 * thread.
 */
#ifndef PLENARY_CLIENTS_SNAPSHOT_H
#define PLENARY_CLIENTS_SNAPSHOT_H

#include "clients/lib/mirror.h"
#include "clients/lib/plenary.h"

#include <stdbool.h>

/* Asked between pages: true ends it. */
typedef bool snapshot_stop_fn(void *context);

/* Begins the mirror's snapshot and fills it; does not end it. `query` NULL: everything. ABORTED:
 * it was stopped. Other failures are the registry's, the connection's or the disk's. */
StatusCode snapshot_take(PlenaryClient *client, const Query *query, Mirror *mirror,
                         snapshot_stop_fn *stop, void *context, Problem *problem);

#endif
