/*
 * checkpoint - the thread that folds a frozen delta into the base, or writes the base anew.
 *
 * In key order, in transactions of so many keys with pauses between them, the mark last. It may
 * be ended at any moment: what is folded is folded again after the replay. If the disk is full
 * it keeps its place and goes on when the same delta is ordered again. Compacting goes in chunks,
 * with the same pauses; meanwhile no fold is ordered. Letters only; the one pointer among them is
 * the frozen delta, which neither side changes.
 */
#ifndef PLENARY_STORE_CHECKPOINT_H
#define PLENARY_STORE_CHECKPOINT_H

#include "daemon/store/delta.h"
#include "daemon/store/lmdb.h"
#include "daemon/store/views.h"

#include <czmq.h>

typedef enum CheckpointOrderKind {
    CHECKPOINT_FOLD,  /* `delta` with `mark`; or go on with it */
    CHECKPOINT_GROWN, /* the map was grown: go on */
    CHECKPOINT_HURRY, /* no more pauses in this fold */
    CHECKPOINT_DROP,  /* `delta` is given: destroy it */
    CHECKPOINT_COMPACT,
    CHECKPOINT_GIVE_UP, /* compacting: remove the copy, though it may have been told of */
} CheckpointOrderKind;

typedef struct CheckpointOrder {
    CheckpointOrderKind kind;
    Delta *delta;
    ViewsMark mark;
} CheckpointOrder;

typedef enum CheckpointAnswerKind {
    CHECKPOINT_FOLDED,
    CHECKPOINT_MAP_FULL,   /* waits for CHECKPOINT_GROWN, or for CHECKPOINT_FOLD to try again */
    CHECKPOINT_NO_SPACE,   /* the disk is full: order the fold again later */
    CHECKPOINT_STOPPED,    /* by fold_stop_after */
    CHECKPOINT_UNKNOWN,    /* the base is not written to again until a restart */
    CHECKPOINT_COPIED,     /* the copy waits to be swapped */
    CHECKPOINT_NOT_COPIED, /* for the reason of `code` */
} CheckpointAnswerKind;

typedef struct CheckpointAnswer {
    CheckpointAnswerKind kind;
    StatusCode code;
    char reason[PROBLEM_MESSAGE_SIZE];
} CheckpointAnswer;

typedef struct CheckpointConfig {
    Lmdb *lmdb; /* shared with the loop, which reads */
    uint32_t fold_keys;
    uint32_t fold_pause_ms;
    uint32_t fold_stop_after;
} CheckpointConfig;

zactor_t *checkpoint_start(const CheckpointConfig *config);

#endif
