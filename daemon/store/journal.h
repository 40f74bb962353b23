/*
 * journal - the log of changes, the only truth, and the thread that writes it.
 *
 * The environment's tables: `changes`, sequence (MDB_INTEGERKEY) -> packed Change, appended in
 * order; `meta`. A writer thread takes groups of packed changes, appends each group in one
 * durable transaction and answers with a result. The loop submits groups, polls results and
 * reads; the two sides exchange messages only.
 *
 * What is in the log stays as it is, but where a person is erased from it: a group may also put
 * other bytes in the place of changes before it, within its transaction.
 *
 * If a group fails, the writer fails every group behind it until the loop has acknowledged the
 * failure, which starts a new generation; and it takes a group only if its first sequence is the
 * last one plus one. All functions below belong to the loop's thread.
 */
#ifndef PLENARY_STORE_JOURNAL_H
#define PLENARY_STORE_JOURNAL_H

#include "daemon/store/bytes.h"
#include "daemon/store/compacted.h"
#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JOURNAL_DIGEST_BYTES = 32,
    JOURNAL_REGISTRY_ID_SIZE = 37,
    JOURNAL_GROUPS_IN_FLIGHT_MAX = 4,
    JOURNAL_FORMAT_VERSION = 1,
};

typedef struct Journal Journal;

/* How a group ended. */
typedef enum GroupOutcome {
    GROUP_DURABLE,
    GROUP_NO_SPACE, /* nothing of it was done; the disk is full */
    GROUP_BEHIND,   /* nothing of it was done; a group before it failed */
    GROUP_MISSING,  /* nothing of it was done; a change that it replaces is not there */
    GROUP_UNKNOWN,  /* it may have been done: the daemon is read-only until a restart */
} GroupOutcome;

typedef struct GroupResult {
    uint64_t first_sequence;
    uint32_t count;
    GroupOutcome outcome;
    char reason[160]; /* for the log, where it is not GROUP_DURABLE */
} GroupResult;

typedef struct JournalConfig {
    const char *folder;                         /* of the environment; made with mode 0700 */
    uint64_t map_bytes;                         /* a large sparse map up front */
    char registry_id[JOURNAL_REGISTRY_ID_SIZE]; /* used where the journal is new */
} JournalConfig;

/* Opens or makes the journal and starts its writer. Given: journal_close. */
StatusCode journal_open(const JournalConfig *config, Journal **self, Problem *problem);

/* Waits for what was submitted, stops the writer, closes. Takes NULL and a pointer to NULL. */
void journal_close(Journal **self);

const char *journal_registry_id(const Journal *self);
uint32_t journal_epoch(const Journal *self);

/* Begins a new epoch, a higher one, which tells every subscriber that the history it knows may be
 * another. Nobody may be writing. */
StatusCode journal_set_epoch(Journal *self, uint32_t epoch, Problem *problem);

/* --- writing --- */

/* Begins, fills and submits a group. At most JOURNAL_GROUPS_IN_FLIGHT_MAX may be on the way. */
void journal_group_begin(Journal *self, uint64_t first_sequence);
void journal_group_add(Journal *self, const void *change, size_t size);
void journal_group_submit(Journal *self);

/* After the group's additions: these bytes take the place of the change at `sequence`, which is
 * durable and before the group's first, in the same transaction as what is added. */
void journal_group_replace(Journal *self, uint64_t sequence, const void *change, size_t size);
uint32_t journal_groups_in_flight(const Journal *self);

/* A result that has arrived; false: none yet. Results come in the order of submission. A
 * MAP_FULL is handled within (the map grows and the writer does the group again), and so is the
 * swap of a compacted file: no snapshot outlives it. */
bool journal_poll(Journal *self, GroupResult *result);

/* A zsock_t to poll for input: something waits for journal_poll. */
void *journal_socket(Journal *self);

/* After a failed group, and once nothing is in flight: the writer takes groups again. */
void journal_acknowledge_failure(Journal *self);

/* --- compacting: the file is written anew, without what was replaced in it --- */

/* The writer begins it, between groups. One at a time. A change that is replaced meanwhile makes
 * it begin anew. */
void journal_compact(Journal *self);

/* True, once: it is over, and ended so. */
bool journal_compacted(Journal *self, Compacted *compacted);

/* Bytes that the new file has so far. */
uint64_t journal_compacted_bytes(const Journal *self);

/* --- reading, in a snapshot that lives from turn to turn --- */

/* Makes what is durable now visible to the reads below. Lent bytes of earlier reads end here. */
void journal_renew(Journal *self);

/* Lets the snapshot go, so that no reader outlives a turn. */
void journal_release(Journal *self);

/* The last sequence in the snapshot; 0: empty. */
uint64_t journal_last(Journal *self);

/* The packed change; lent until the next renew or release. False: there is none. */
bool journal_get(Journal *self, uint64_t sequence, Bytes *change);

/* Calls `each` for changes from `first` on, in order, `limit` at most, until it gives false.
 * Gives the number of changes it was called for. */
typedef bool journal_fn(void *context, uint64_t sequence, Bytes change);
size_t journal_scan(Journal *self, uint64_t first, size_t limit, journal_fn *each, void *context);

uint64_t journal_file_bytes(const Journal *self);

#endif
