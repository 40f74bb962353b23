#include "daemon/store/checkpoint.h"

#include "daemon/store/base.h"
#include "daemon/store/compaction.h"
#include "daemon/store/letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Where a fold stands: the view tables one after the other, then the facets. */
typedef struct FoldPlace {
    size_t table;
    TreePlace place;
} FoldPlace;

typedef struct Checkpoint {
    CheckpointConfig config;
    zsock_t *pipe;
    Delta *delta; /* being folded, lent; NULL: none */
    ViewsMark mark;
    FoldPlace next;
    uint32_t transactions; /* done in this fold */
    bool working;          /* false: idle, or waiting for an order to go on */
    bool hurry;
    bool compacts;
    Compaction *compaction; /* NULL: none, or it is to begin */
} Checkpoint;

static const Tree *tree_of(const Delta *delta, size_t table)
{
    return table == BASE_FACETS ? delta_facets(delta) : delta_table(delta, (ViewTable)table);
}

static Bytes beginning(void)
{
    return (Bytes){(const uint8_t *)"", 0};
}

/* Puts the place on a key; false: the delta is at its end. */
static bool settle(const Delta *delta, FoldPlace *at)
{
    while (at->place.node == NULL) {
        if (at->table == BASE_FACETS) return false;
        at->place = tree_from(tree_of(delta, ++at->table), beginning());
    }
    return true;
}

static bool fold_keys(Checkpoint *self, Transaction *transaction, FoldPlace *at)
{
    bool more = settle(self->delta, at);
    for (uint32_t i = 0; more && i < self->config.fold_keys && transaction->error == 0; i++) {
        const TreeKey *key = tree_at(at->place);
        if (at->table == BASE_FACETS)
            base_fold_facet(transaction, key);
        else
            base_fold_value(transaction, (ViewTable)at->table, key);
        tree_forward(&at->place);
        more = settle(self->delta, at);
    }
    return more;
}

static void answer(Checkpoint *self, CheckpointAnswerKind kind, const char *reason)
{
    CheckpointAnswer letter;
    memset(&letter, 0, sizeof letter);
    letter.kind = kind;
    (void)snprintf(letter.reason, sizeof letter.reason, "%s", reason);
    self->working = false;
    if (kind == CHECKPOINT_FOLDED) self->delta = NULL;
    letter_send(self->pipe, &letter, sizeof letter);
}

static void fold_some(Checkpoint *self)
{
    char reason[LMDB_REASON_SIZE] = "";
    FoldPlace at = self->next;
    Transaction transaction;
    lmdb_begin(self->config.lmdb, &transaction);
    bool more = fold_keys(self, &transaction, &at);
    if (!more) base_put_mark(&transaction, &self->mark);
    CommitResult result = lmdb_commit(&transaction, reason);
    if (result == COMMIT_MAP_FULL) {
        answer(self, CHECKPOINT_MAP_FULL, reason);
    } else if (result == COMMIT_NO_SPACE) {
        answer(self, CHECKPOINT_NO_SPACE, reason);
    } else if (result == COMMIT_UNKNOWN) {
        answer(self, CHECKPOINT_UNKNOWN, reason);
    } else {
        self->next = at;
        self->transactions++;
        if (!more)
            answer(self, CHECKPOINT_FOLDED, "");
        else if (self->transactions == self->config.fold_stop_after)
            answer(self, CHECKPOINT_STOPPED, "stopped by fold_stop_after");
    }
}

/* --- compacting --- */

static void tell_compacted(Checkpoint *self, const Problem *problem)
{
    CheckpointAnswer letter;
    memset(&letter, 0, sizeof letter);
    letter.kind = problem->code == STATUS_OK ? CHECKPOINT_COPIED : CHECKPOINT_NOT_COPIED;
    letter.code = problem->code;
    (void)snprintf(letter.reason, sizeof letter.reason, "%s", problem->message);
    self->compacts = false;
    letter_send(self->pipe, &letter, sizeof letter);
}

static void copy_some(Checkpoint *self)
{
    Problem problem;
    bool done = false;
    problem_clear(&problem);
    if (self->compaction == NULL)
        (void)compaction_begin(self->config.lmdb, &self->compaction, &problem);
    else
        (void)compaction_step(self->compaction, COMPACTION_CHUNK_BYTES, &done, &problem);
    if (problem.code != STATUS_OK) compaction_end(&self->compaction);
    if (done) compaction_finish(&self->compaction);
    if (problem.code != STATUS_OK || done) tell_compacted(self, &problem);
}

static void give_up_compacting(Checkpoint *self)
{
    self->compacts = false;
    compaction_end(&self->compaction);
    compaction_discard(self->config.lmdb);
}

/* --- orders --- */

static void begin_fold(Checkpoint *self, const CheckpointOrder *order)
{
    if (self->delta != order->delta) {
        self->delta = order->delta;
        self->mark = order->mark;
        self->next = (FoldPlace){.place = tree_from(tree_of(order->delta, 0), beginning())};
        self->transactions = 0;
        self->hurry = false;
    }
    self->working = true;
}

static void obey(Checkpoint *self, zframe_t *letter)
{
    CheckpointOrder order;
    assert(zframe_size(letter) == sizeof order);
    memcpy(&order, zframe_data(letter), sizeof order);
    switch (order.kind) {
    case CHECKPOINT_FOLD: begin_fold(self, &order); break;
    case CHECKPOINT_GROWN: self->working = self->delta != NULL; break;
    case CHECKPOINT_HURRY: self->hurry = true; break;
    case CHECKPOINT_DROP: delta_destroy(&order.delta); break;
    case CHECKPOINT_COMPACT: self->compacts = true; break;
    case CHECKPOINT_GIVE_UP: give_up_compacting(self); break;
    }
}

static int patience_ms(const Checkpoint *self)
{
    if (self->compacts) return (int)self->config.fold_pause_ms;
    if (!self->working) return LETTER_WAIT_FOREVER;
    return self->hurry || self->transactions == 0 ? 0 : (int)self->config.fold_pause_ms;
}

static void checkpoint_actor(zsock_t *pipe, void *config)
{
    Checkpoint self = {.config = *(const CheckpointConfig *)config, .pipe = pipe};
    letter_ready(pipe);
    for (;;) {
        int wait_ms = patience_ms(&self);
        zframe_t *letter = letter_receive(pipe, wait_ms);
        if (letter == NULL && wait_ms == LETTER_WAIT_FOREVER) break;
        bool end = letter != NULL && letter_is_end(letter);
        if (letter != NULL && !end) obey(&self, letter);
        zframe_destroy(&letter);
        if (end) break;
        if (self.working) fold_some(&self);
        if (self.compacts) copy_some(&self);
    }
    compaction_end(&self.compaction);
}

zactor_t *checkpoint_start(const CheckpointConfig *config)
{
    CheckpointConfig lent = *config;
    return letter_start_actor(checkpoint_actor, &lent);
}
