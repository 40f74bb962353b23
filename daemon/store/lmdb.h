/*
 * lmdb - transactions with a sticky error, and map growth, over LMDB 0.9.24.
 *
 * A Transaction keeps the first error that any call within it met: later calls do nothing and
 * give nothing, and lmdb_commit tells. So code between begin and commit reads straight. A Lmdb
 * environment may be used by several threads; a Transaction belongs to the thread that began it.
 *
 * Rules of this version, each tried: no MDB_DUPSORT, no WRITEMAP, no NOSYNC; MAP_FULL may come
 * from a put or from commit; only the daemon's loop grows the map, with no transaction alive.
 */
#ifndef PLENARY_STORE_LMDB_H
#define PLENARY_STORE_LMDB_H

#include "proto/status.h"

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LMDB_TABLES_MAX = 16,
    LMDB_KEY_BYTES_MAX = 511,
};

typedef struct Lmdb Lmdb;
typedef struct Transaction Transaction;

/* How a commit ended, as far as the caller must tell them apart. */
typedef enum CommitResult {
    COMMIT_DONE,
    COMMIT_MAP_FULL, /* nothing was done: grow, then do it again */
    COMMIT_NO_SPACE, /* nothing was done: refuse, go on reading */
    COMMIT_UNKNOWN,  /* it may have been done: read-only until a restart */
} CommitResult;

/* Opens (and makes) the environment in `folder`. */
StatusCode lmdb_open(const char *folder, uint64_t map_bytes, Lmdb **self, Problem *problem);
void lmdb_close(Lmdb **self);

/* Doubles the map. No transaction of this environment may be alive, in any thread. */
StatusCode lmdb_grow(Lmdb *self, Problem *problem);

/* Bytes of the data file. */
uint64_t lmdb_file_bytes(const Lmdb *self);

#endif
