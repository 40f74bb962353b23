/*
 * writer - the journal's thread: appends groups of packed changes, each in one durable commit.
 *
 * Letters to it: a group (WriterHead; for each change its size as uint32_t and its bytes; for each
 * replacement its sequence as uint64_t, then the same), the order to compact, or the answer to what
 * it waits for. Letters from it: WriterAnswer. It takes a group only if the group's generation has
 * not failed and its first sequence is the journal's last one plus one. After an outcome that is
 * unknown it never touches the environment again.
 *
 * It compacts between groups: after each a chunk, and as much more as was appended meanwhile, so
 * that it comes to the end. A group that replaces something makes it begin anew, as what was
 * replaced may be in the copy already.
 */
#ifndef PLENARY_STORE_WRITER_H
#define PLENARY_STORE_WRITER_H

#include "daemon/store/journal.h"
#include "daemon/store/lmdb.h"

#include <czmq.h>

typedef enum WriterKind {
    WRITER_GROUP,
    WRITER_GROWN,     /* the map was grown: do the group again */
    WRITER_NOT_GROWN, /* it could not be */
    WRITER_COMPACT,
    WRITER_GO_ON, /* the copy has taken the journal's place, or it could not */
    WRITER_LOST,  /* what has the journal's place now is not known */
} WriterKind;

typedef struct WriterHead {
    WriterKind kind;
    uint32_t generation; /* from 1; a new one after each failure that the loop has acknowledged */
    uint64_t first_sequence;
    uint32_t count;
    uint32_t replaced; /* changes before the group that get other bytes */
} WriterHead;

typedef enum WriterAnswerKind {
    WRITER_RESULT,
    WRITER_MAP_FULL,   /* it waits for WRITER_GROWN; there is no result yet */
    WRITER_COPIED,     /* it waits for WRITER_GO_ON, with a copy that has everything */
    WRITER_NOT_COPIED, /* compacting is over */
} WriterAnswerKind;

typedef struct WriterAnswer {
    WriterAnswerKind kind;
    GroupResult result;  /* of WRITER_RESULT */
    Compacted compacted; /* of WRITER_NOT_COPIED */
} WriterAnswer;

/* `lmdb` is shared with the loop, which may read at any time, and may grow, swap or reopen it
 * only while the writer waits or after an unknown outcome. */
zactor_t *writer_start(Lmdb *lmdb);

#endif
