/*
 * lmdb - transactions with a sticky error, and map growth, over LMDB 0.9.24.
 *
 * A Transaction keeps the first error that any call within it met: later calls do nothing and
 * give nothing, and lmdb_commit tells. So code between begin and commit reads straight. A Lmdb
 * environment may be used by several threads; a Transaction belongs to the thread that began it.
 *
 * Rules of this version, each tried: no MDB_DUPSORT, no WRITEMAP, no NOSYNC; MAP_FULL may come
 * from a put or from commit; only the daemon's loop grows the map, with no transaction alive; a
 * write that the full disk cuts short is told as EIO, not ENOSPC.
 */
#ifndef PLENARY_STORE_LMDB_H
#define PLENARY_STORE_LMDB_H

#include "daemon/store/bytes.h"
#include "proto/status.h"

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LMDB_FILE "data.mdb" /* of an environment, in its folder */

enum {
    LMDB_TABLES_MAX = 16,
    LMDB_KEY_BYTES_MAX = 511,
    LMDB_REASON_SIZE = 120,
    LMDB_READER_CHECK_MS = 60 * 1000,
};

typedef struct Lmdb Lmdb;

/* A table of an environment; it is named by its place in the list given to lmdb_open. */
typedef struct LmdbTable {
    const char *name;
    unsigned int flags; /* MDB_INTEGERKEY or 0 */
} LmdbTable;

/* Plain memory of its owner's; begin with all zero. */
typedef struct Transaction {
    Lmdb *lmdb;
    MDB_txn *handle;
    bool live;
    int error; /* the first one met; 0: none */
} Transaction;

/* How a commit ended, as far as the caller must tell them apart. */
typedef enum CommitResult {
    COMMIT_DONE,
    COMMIT_MAP_FULL, /* nothing was done: grow, then do it again */
    COMMIT_NO_SPACE, /* nothing was done: refuse, go on reading */
    COMMIT_UNKNOWN,  /* it may have been done: read-only until a restart */
} CommitResult;

/* --- the environment; the loop's thread --- */

/* Opens (and makes) the environment in `folder` with these tables, which must outlive it. */
StatusCode lmdb_open(const char *folder, uint64_t map_bytes, const LmdbTable *tables, size_t count,
                     Lmdb **self, Problem *problem);
void lmdb_close(Lmdb **self);

/* Another environment with the same tables. Any thread, which it then belongs to. */
StatusCode lmdb_open_like(const Lmdb *self, const char *folder, uint64_t map_bytes, Lmdb **other,
                          Problem *problem);

const char *lmdb_folder(const Lmdb *self);
size_t lmdb_table_count(const Lmdb *self);

/* Doubles the map. No transaction of this environment may be alive, in any thread. On failure
 * the map is as it was. */
StatusCode lmdb_grow(Lmdb *self, Problem *problem);

/* After COMMIT_UNKNOWN LMDB may refuse even to read: opens the environment again, for reading
 * only. No transaction of it may be alive, in any thread. */
StatusCode lmdb_reopen_to_read(Lmdb *self, Problem *problem);

/* Closes its file for a while, so that another one may take its place. No transaction of it may be
 * alive, in any thread, and none finds anything until it is open again; if that fails it stays
 * closed. */
void lmdb_shut(Lmdb *self);
StatusCode lmdb_open_again(Lmdb *self, Problem *problem);

/* Bytes of the data file. */
uint64_t lmdb_file_bytes(const Lmdb *self);

/* Frees the slots of readers that died; does it at most once in LMDB_READER_CHECK_MS. */
void lmdb_check_readers(Lmdb *self, int64_t now_ms);

/* --- a writing transaction; one at a time, the thread that began it --- */

void lmdb_begin(Lmdb *self, Transaction *transaction);
void lmdb_put(Transaction *self, size_t table, Bytes key, Bytes value, unsigned int flags);

/* A key that is not there is no error. */
void lmdb_delete(Transaction *self, size_t table, Bytes key);

CommitResult lmdb_commit(Transaction *self, char reason[static LMDB_REASON_SIZE]);
void lmdb_abort(Transaction *self);

/* --- reading, in either kind of transaction; bytes are lent until its next change or end --- */

bool lmdb_get(Transaction *self, size_t table, Bytes key, Bytes *value);

/* Bytes of the pages that the tables are in, without the free ones. */
uint64_t lmdb_used_bytes(Transaction *self);

/* The last key; false: the table is empty. */
bool lmdb_last(Transaction *self, size_t table, Bytes *key);

/* NULL: an error was met. To be closed (mdb_cursor_close) before the transaction ends. */
MDB_cursor *lmdb_cursor(Transaction *self, size_t table);

/* One step of a cursor: `move` is SET_RANGE (with *key), FIRST, LAST, NEXT or PREV. */
bool lmdb_step(Transaction *self, MDB_cursor *cursor, MDB_cursor_op move, Bytes *key, Bytes *value);

/* --- a snapshot: a reading transaction that is let go and taken anew, turn by turn --- */

/* Makes what is durable now visible. */
void lmdb_renew(Lmdb *self, Transaction *snapshot);

/* Lets it go; cheap to renew. Reads then give nothing. */
void lmdb_release(Transaction *snapshot);

#endif
