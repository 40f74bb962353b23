/*
 * batch - the changes that one view hears from a position on, packed into one message's worth.
 *
 * Streams with the same view at the same position share a batch within a turn: each change is
 * then decoded, matched and packed once, however many hear it. What a batch points at is the
 * journal's snapshot, so it lives no longer than the turn. Loop's thread only.
 */
#ifndef PLENARY_DAEMON_BUS_BATCH_H
#define PLENARY_DAEMON_BUS_BATCH_H

#include "daemon/bus/credit.h"
#include "daemon/bus/cursor.h"
#include "daemon/bus/say.h"

typedef struct Batches Batches;

/* Lent until the next batches_take or batches_forget. */
typedef struct Batch {
    uint64_t after;                      /* begins behind this change */
    uint64_t scanned;                    /* and everything up to this one has been looked at */
    size_t count;                        /* of deliveries */
    uint64_t bytes;                      /* of their changes */
    const Plenary__V1__Changes *changes; /* with the cursor at `scanned` */
    SayPacked *packed;                   /* of these */
    const char
        *misfit; /* why the stream needs a snapshot; it then holds nothing. NULL: it does not */
} Batch;

/* NULL: no memory. */
Batches *batches_new(Registry *registry);
void batches_destroy(Batches **self);

/* The batch behind `after` for a view, within the credit. NULL: a change cannot be read. */
const Batch *batches_take(Batches *self, const View *view, uint64_t after,
                          const StreamCredit *credit, int64_t all_away);

/* The snapshot ends: what was made is not used again. */
void batches_forget(Batches *self);

#endif
