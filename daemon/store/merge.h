/*
 * merge - one table walked in key order over active delta, frozen delta and base, read as one.
 *
 * The upper layer's word on a key wins; deleted keys are passed over. Loop's thread; the deltas
 * may not change while a walk is open.
 */
#ifndef PLENARY_STORE_MERGE_H
#define PLENARY_STORE_MERGE_H

#include "daemon/store/delta.h"
#include "daemon/store/lmdb.h"

enum { MERGE_DELTAS = 2 };

typedef struct Merge {
    Transaction *snapshot;
    MDB_cursor *cursor;
    bool back;
    bool facets; /* their keys are never deleted, and have no value here */
    TreePlace places[MERGE_DELTAS];
    bool base_live;
    Bytes base_key, base_value;
} Merge;

typedef struct MergeSource {
    Transaction *snapshot;
    size_t table;                      /* of the base */
    const Delta *deltas[MERGE_DELTAS]; /* active, frozen; NULL: none */
} MergeSource;

/* Begins at the first key that is not below `bound`; with `back`, at the last one that is below
 * it, an empty bound meaning past all keys. To be closed. */
void merge_open(const MergeSource *source, Bytes bound, bool back, Merge *self);
void merge_close(Merge *self);

/* The next key; false: no more. Bytes are lent as a snapshot's and a delta's are. */
bool merge_next(Merge *self, Bytes *key, Bytes *value);

#endif
