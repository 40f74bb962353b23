/*
 * mirror_base - the LMDB environment behind a mirror: its lock, its tables, one transaction.
 *
 * Each table is there twice, once for each generation: the one that counts, and the one that is
 * built beside. All reading and writing goes through one writing transaction, which is begun when
 * first needed and ends by base_commit or base_abort; so what was written is read at once. Bytes
 * that are given are lent until the next write or the end of the transaction.
 *
 * Rules of this LMDB (0.9.24), each tried in the daemon: no MDB_DUPSORT, no WRITEMAP, no NOSYNC, a
 * large sparse map. A write that fails ends the transaction: what was not committed is gone.
 * Numbers are LMDB's error codes, for base_explain. One thread.
 */
#ifndef PLENARY_CLIENTS_MIRROR_BASE_H
#define PLENARY_CLIENTS_MIRROR_BASE_H

#include "proto/status.h"

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum BaseTable {
    BASE_EVENTS,        /* number, 4 bytes, highest first -> packed Event */
    BASE_IDS,           /* id -> number */
    BASE_ORGANISATIONS, /* id -> packed Organisation */
    BASE_TABLES
} BaseTable;

enum {
    BASE_GENERATIONS = 2,
    BASE_MAP_GIB = 64, /* of addresses, not of disk */
};

typedef struct MirrorBase {
    char *path; /* of the data file */
    int lock;   /* -1: not held */
    MDB_env *env;
    MDB_txn *transaction; /* NULL: none is going on */
    MDB_dbi meta;
    MDB_dbi tables[BASE_GENERATIONS][BASE_TABLES];
    bool was_damaged; /* and put aside: this one is empty */
} MirrorBase;

/* FAILED_PRECONDITION: another process has the folder. UNAVAILABLE: the disk. What is no mirror, or
 * one that is cut short, is renamed to "mirror.mdb.damaged". On failure there is nothing to close.
 */
StatusCode base_open(MirrorBase *self, const char *folder, Problem *problem);
void base_close(MirrorBase *self);

/* The one row that says what counts. False: there is none yet. */
bool base_state(MirrorBase *self, MDB_val *state);
int base_put_state(MirrorBase *self, const void *state, size_t size);

bool base_get(MirrorBase *self, size_t generation, BaseTable table, MDB_val key, MDB_val *value);
int base_put(MirrorBase *self, size_t generation, BaseTable table, MDB_val key, MDB_val value);

/* What is not there is no error. */
int base_delete(MirrorBase *self, size_t generation, BaseTable table, MDB_val key);

/* Empties the tables of a generation. */
int base_clear(MirrorBase *self, size_t generation);

size_t base_count(MirrorBase *self, size_t generation, BaseTable table);

/* NULL: it cannot be read. To be closed (mdb_cursor_close) before the transaction ends. */
MDB_cursor *base_cursor(MirrorBase *self, size_t generation, BaseTable table);

int base_commit(MirrorBase *self);
void base_abort(MirrorBase *self);

/* Writes the file anew, row by row, with `state` in the place of its own: nothing is in it then but
 * what one can read in it. LMDB's own copy would not do, as pages keep bytes of what was removed.
 * It takes its place in one move; a damaged one beside it goes. No transaction is going on. May be
 * tried again. */
int base_renew(MirrorBase *self, size_t generation, const void *state, size_t size);

/* Why: UNAVAILABLE, with the file and the reason. */
StatusCode base_explain(const MirrorBase *self, int error, Problem *problem);

#endif
