/*
 * errand - a request whose work goes on beside the turns: begun at once, answered when it is done.
 *
 * The third kind of verb, beside those that read and those that write. It decides nothing, so it
 * claims nothing, waits for nobody and needs no request id; what it needs of the registry it is
 * given in a bounded share of each turn. One is under way at a time. Loop's thread only.
 *
 * A backup is fed here; compacting is the store's own business, and waited for.
 */
#ifndef PLENARY_REGISTRY_ERRAND_H
#define PLENARY_REGISTRY_ERRAND_H

#include "daemon/registry/erasures.h"
#include "daemon/registry/outbox.h"
#include "daemon/store/backup.h"

/* What is being compacted; the one after the other. */
typedef enum Compacting { COMPACTING_NOTHING, COMPACTING_JOURNAL, COMPACTING_VIEWS } Compacting;

typedef struct Errand {
    Outbox outbox;
    RegistryHealth *health;
    Backup *backup;     /* under way; NULL: none is */
    Erasures *erasures; /* of its judge */
    Compacting compacting;
    Compacted journal; /* how its part ended, while the views are compacted */
    int64_t started_ms;
    uint64_t ticket;
    Request asked; /* its correlation alone */
} Errand;

/* Begins it; the reply for `ticket` comes in a later turn. FAILED_PRECONDITION: one is under way.
 */
typedef StatusCode begin_fn(Errand *self, const Request *request, uint64_t ticket,
                            Problem *problem);

begin_fn begin_backup_registry, begin_compact_registry;

/* Its share of a turn: with a snapshot. */
void errand_turn(Errand *self);

/* A zsock_t to poll for input while one has a socket of its own; NULL: none has. */
void *errand_socket(Errand *self);

/* Gives up what is under way. */
void errand_end(Errand *self, const Problem *problem);

#endif
