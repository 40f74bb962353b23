/*
 * compaction - an environment written anew beside itself, without what was deleted in it.
 *
 * LMDB keeps what was deleted or replaced: in free pages, in the gaps of those in use, and behind
 * the ends of long values, where its own compacting copy takes it over. So every key is put into a
 * fresh environment, in order, a chunk a step, each durable. Then the fresh file takes the place of
 * the old one in one rename: a crash finds the one or the other, and what is left beside is tidied
 * at the next start.
 *
 * Copying belongs to one thread, which alone writes to the source. Between two steps it holds no
 * transaction of the source. Meanwhile the source's first table may get more keys at its end, which
 * are copied too; any other change to it asks for a new beginning. Swapping is the loop's.
 */
#ifndef PLENARY_STORE_COMPACTION_H
#define PLENARY_STORE_COMPACTION_H

#include "daemon/store/compacted.h"
#include "daemon/store/lmdb.h"

#define COMPACTION_SUFFIX ".new" /* of the folder beside */

enum {
    COMPACTION_CHUNK_BYTES =
        1024 * 1024, /* of keys and values, in one step; the last may be over */
    COMPACTION_SPARE_BYTES = 1024 * 1024, /* of disk that is left to others, at least */
    COMPACTION_SPARE_SHARE = 16,          /* and one part in so many of what is copied */
};

typedef struct Compaction Compaction;

/* UNAVAILABLE: there is no room for it. Given: compaction_end or compaction_finish. */
StatusCode compaction_begin(Lmdb *source, Compaction **self, Problem *problem);

/* Copies the next `bytes`. *done: the copy has all that the source has. After a failure only
 * compaction_end may follow. */
StatusCode compaction_step(Compaction *self, size_t bytes, bool *done, Problem *problem);

/* Removes the copy. Takes a pointer to NULL. */
void compaction_end(Compaction **self);

/* Closes the copy, which is whole, and leaves it for compaction_swap. */
void compaction_finish(Compaction **self);

typedef enum CompactionSwap {
    COMPACTION_SWAPPED,
    COMPACTION_KEPT, /* the old file goes on */
    COMPACTION_LOST, /* which file a restart will find, is not known, or it could not be opened:
                        nothing may be written before a restart */
} CompactionSwap;

/* The copy takes the source's place. No transaction of the source may be alive, in any thread.
 * *compacted: how it ended. */
CompactionSwap compaction_swap(Lmdb *source, Compacted *compacted);

/* Removes a copy that waits to be swapped. */
void compaction_discard(const Lmdb *source);

/* Bytes that the copy has so far; 0: there is none. */
uint64_t compaction_copied(const Lmdb *source);

#endif
