#include "daemon/store/views.h"

#include "daemon/store/base.h"
#include "daemon/store/checkpoint.h"
#include "daemon/store/clock.h"
#include "daemon/store/compaction.h"
#include "daemon/store/delta.h"
#include "daemon/store/letter.h"
#include "daemon/store/lmdb.h"
#include "daemon/store/merge.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RETRY_MS_MIN = 200, /* after a fold that found no room; doubled each time */
    RETRY_MS_MAX = 30 * 1000,
};

typedef enum FoldState {
    FOLD_IDLE,    /* nothing is frozen */
    FOLD_WORKING, /* the checkpointer has the frozen delta */
    FOLD_WAITING, /* no room: again at retry_at_ms */
    FOLD_OVER,    /* not again before a restart; reads go on */
} FoldState;

typedef enum CompactState {
    COMPACT_IDLE,
    COMPACT_WANTED,  /* a fold that is under way began too early */
    COMPACT_FOLDING, /* what was in memory when it was asked for */
    COMPACT_COPYING, /* nothing is folded */
    COMPACT_OVER,    /* `compacted` is to be told */
} CompactState;

struct Views {
    ViewsConfig config;
    Lmdb *lmdb;
    Transaction snapshot;
    zactor_t *checkpointer;
    Delta *active;
    Delta *frozen; /* NULL: none */
    ViewsMark base_mark;
    ViewsMark frozen_mark;
    ViewsMark applied_mark; /* of the last views_applied, or of what was there before */
    FoldState fold;
    bool hurried; /* this fold makes no pauses */
    int64_t retry_at_ms;
    int64_t retry_ms;
    CompactState compact;
    Compacted compacted;
    char failure[160];
};

static StatusCode read_mark(Views *self, Problem *problem)
{
    lmdb_renew(self->lmdb, &self->snapshot);
    bool read = base_get_mark(&self->snapshot, &self->base_mark);
    lmdb_release(&self->snapshot);
    if (read) return STATUS_OK;
    return problem_set(problem, STATUS_INTERNAL,
                       "%s: the views are damaged: rebuild them with "
                       "plenaryd --reindex",
                       self->config.folder);
}

StatusCode views_open(const ViewsConfig *config, Views **self, Problem *problem)
{
    assert(config->fold_keys > 0);
    Views *made = calloc(1, sizeof *made);
    if (made == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->config = *config;
    StatusCode code = base_open(config->folder, config->map_bytes, &made->lmdb, problem);
    if (code == STATUS_OK) code = read_mark(made, problem);
    if (code != STATUS_OK) {
        views_close(&made);
        return code;
    }
    made->config.folder = NULL; /* was lent */
    made->applied_mark = made->base_mark;
    made->active = delta_new();
    CheckpointConfig checkpoint = {.lmdb = made->lmdb,
                                   .fold_keys = config->fold_keys,
                                   .fold_pause_ms = config->fold_pause_ms,
                                   .fold_stop_after = config->fold_stop_after};
    made->checkpointer = checkpoint_start(&checkpoint);
    *self = made;
    return STATUS_OK;
}

void views_close(Views **self)
{
    if (self == NULL || *self == NULL) return;
    Views *views = *self;
    letter_end_actor(&views->checkpointer);
    delta_destroy(&views->active);
    delta_destroy(&views->frozen);
    lmdb_abort(&views->snapshot);
    lmdb_close(&views->lmdb);
    free(views);
    *self = NULL;
}

const ViewsMark *views_mark(const Views *self)
{
    return &self->base_mark;
}

/* --- applying --- */

static Bytes facet_bytes(const char *facet, size_t length)
{
    return (Bytes){(const uint8_t *)facet, length};
}

void views_facet_add(Views *self, const char *facet, size_t length, uint32_t number)
{
    delta_facet_add(self->active, facet_bytes(facet, length), number);
}

void views_facet_remove(Views *self, const char *facet, size_t length, uint32_t number)
{
    delta_facet_remove(self->active, facet_bytes(facet, length), number);
}

void views_put(Views *self, ViewTable table, Bytes key, Bytes value)
{
    delta_put(self->active, table, key, value);
}

void views_delete(Views *self, ViewTable table, Bytes key)
{
    delta_delete(self->active, table, key);
}

void views_applied(Views *self, const ViewsMark *mark)
{
    self->applied_mark = *mark;
}

/* --- reading --- */

void views_renew(Views *self)
{
    views_release(self);
    lmdb_renew(self->lmdb, &self->snapshot);
}

void views_release(Views *self)
{
    if (self->snapshot.error != 0)
        (void)snprintf(self->failure, sizeof self->failure, "cannot read the views: %s",
                       mdb_strerror(self->snapshot.error));
    lmdb_release(&self->snapshot);
}

static Transaction *snapshot_of(Views *self)
{
    if (!self->snapshot.live) views_renew(self);
    return &self->snapshot;
}

static bool may_be_key(Bytes key)
{
    return key.size > 0 && key.size <= LMDB_KEY_BYTES_MAX;
}

roaring_bitmap_t *views_facet(Views *self, const char *facet, size_t length)
{
    Bytes key = facet_bytes(facet, length);
    roaring_bitmap_t *events = NULL;
    if (may_be_key(key)) events = base_facet(snapshot_of(self), key);
    if (events == NULL) events = roaring_bitmap_create();
    assert(events != NULL);
    if (!may_be_key(key)) return events;
    const Numbers *frozen = self->frozen == NULL ? NULL : delta_facet(self->frozen, key);
    const Numbers *active = delta_facet(self->active, key);
    if (frozen != NULL) numbers_apply(frozen, events);
    if (active != NULL) numbers_apply(active, events);
    return events;
}

ViewsFacetSize views_facet_size(Views *self, const char *facet, size_t length)
{
    Bytes key = facet_bytes(facet, length);
    ViewsFacetSize size = {0};
    if (!may_be_key(key)) return size;
    roaring_bitmap_t *events = base_facet(snapshot_of(self), key);
    if (events != NULL) {
        size.base = roaring_bitmap_get_cardinality(events);
        roaring_bitmap_free(events);
    }
    const Delta *const deltas[] = {self->active, self->frozen};
    for (size_t i = 0; i < sizeof deltas / sizeof *deltas; i++) {
        const Numbers *numbers = deltas[i] == NULL ? NULL : delta_facet(deltas[i], key);
        if (numbers != NULL) size.delta += numbers_changes(numbers);
    }
    return size;
}

bool views_get(Views *self, ViewTable table, Bytes key, Bytes *value)
{
    if (!may_be_key(key)) return false;
    DeltaFound found = delta_get(self->active, table, key, value);
    if (found == DELTA_NOTHING && self->frozen != NULL)
        found = delta_get(self->frozen, table, key, value);
    if (found != DELTA_NOTHING) return found == DELTA_VALUE;
    return lmdb_get(snapshot_of(self), table, key, value);
}

static MergeSource source_of(Views *self, size_t table)
{
    return (MergeSource){
        .snapshot = snapshot_of(self), .table = table, .deltas = {self->active, self->frozen}};
}

static void scan(Views *self, ViewTable table, Bytes bound, bool back, view_fn *each, void *context)
{
    MergeSource source = source_of(self, table);
    Merge merge;
    Bytes key, value;
    merge_open(&source, bound, back, &merge);
    while (merge_next(&merge, &key, &value) && each(context, key, value))
        continue;
    merge_close(&merge);
}

void views_scan(Views *self, ViewTable table, Bytes first, view_fn *each, void *context)
{
    scan(self, table, first, false, each, context);
}

void views_scan_back(Views *self, ViewTable table, Bytes before, view_fn *each, void *context)
{
    scan(self, table, before, true, each, context);
}

/* The lowest key above all that begin with `prefix`, in `room`; empty: there is none. */
static Bytes after_prefix(Bytes prefix, uint8_t room[static LMDB_KEY_BYTES_MAX + 1])
{
    while (prefix.size > 0 && prefix.data[prefix.size - 1] == UINT8_MAX)
        prefix.size--;
    if (prefix.size > 0) {
        memcpy(room, prefix.data, prefix.size);
        room[prefix.size - 1]++;
    }
    return (Bytes){room, prefix.size};
}

/* Where a walk over the facets with `prefix` begins. */
static Bytes facet_bound(Bytes prefix, Bytes first, bool back,
                         uint8_t room[static LMDB_KEY_BYTES_MAX + 1])
{
    if (!back) return bytes_compare(first, prefix) > 0 ? first : prefix;
    Bytes end = after_prefix(prefix, room);
    if (first.size == 0 || (end.size > 0 && bytes_compare(first, end) >= 0)) return end;
    memcpy(room, first.data, first.size); /* the key next above `first`, which takes part */
    room[first.size] = 0;
    return (Bytes){room, first.size + 1};
}

static Bytes facet_text(const char *text)
{
    const char *some = text == NULL ? "" : text;
    size_t length = strlen(some);
    return facet_bytes(some, length < LMDB_KEY_BYTES_MAX ? length : LMDB_KEY_BYTES_MAX);
}

void views_facet_names(Views *self, const char *prefix, const char *first, bool descending,
                       facet_name_fn *each, void *context)
{
    uint8_t room[LMDB_KEY_BYTES_MAX + 1];
    Bytes start = facet_text(prefix);
    MergeSource source = source_of(self, BASE_FACETS);
    Merge merge;
    Bytes key, value;
    merge_open(&source, facet_bound(start, facet_text(first), descending, room), descending,
               &merge);
    while (merge_next(&merge, &key, &value)) {
        if (key.size < start.size || memcmp(key.data, start.data, start.size) != 0) break;
        if (!each(context, (const char *)key.data, key.size)) break;
    }
    merge_close(&merge);
}

/* --- checkpointing --- */

static size_t bytes_of(const Views *self)
{
    return delta_bytes(self->active) + (self->frozen == NULL ? 0 : delta_bytes(self->frozen));
}

static bool is_full(const Views *self)
{
    return bytes_of(self) >= self->config.delta_bytes_max;
}

ViewsState views_state(const Views *self)
{
    ViewsState state = {.delta_bytes = bytes_of(self),
                        .file_bytes = lmdb_file_bytes(self->lmdb),
                        .base_sequence = self->base_mark.sequence,
                        .folding = self->fold == FOLD_WORKING,
                        .full = is_full(self)};
    memcpy(state.failure, self->failure, sizeof state.failure);
    return state;
}

static void order(Views *self, CheckpointOrderKind kind, Delta *delta)
{
    CheckpointOrder letter;
    memset(&letter, 0, sizeof letter); /* padding travels too */
    letter.kind = kind;
    letter.delta = delta;
    letter.mark = self->frozen_mark;
    letter_send(self->checkpointer, &letter, sizeof letter);
}

static void start_fold(Views *self)
{
    self->fold = FOLD_WORKING;
    self->hurried = false;
    order(self, CHECKPOINT_FOLD, self->frozen);
}

static void hurry(Views *self)
{
    if (self->fold != FOLD_WORKING || self->hurried) return;
    self->hurried = true;
    order(self, CHECKPOINT_HURRY, NULL);
}

static bool has_unfolded(const Views *self)
{
    return delta_bytes(self->active) > 0 || !base_same_mark(&self->applied_mark, &self->base_mark);
}

static void freeze(Views *self)
{
    self->frozen = self->active;
    self->frozen_mark = self->applied_mark;
    self->active = delta_new();
    start_fold(self);
}

static void fail(Views *self, FoldState state, const char *reason)
{
    (void)snprintf(self->failure, sizeof self->failure, "cannot fold into the views: %.*s",
                   LMDB_REASON_SIZE, reason);
    self->fold = state;
    if (state != FOLD_WAITING) return;
    self->retry_ms = self->retry_ms == 0 ? RETRY_MS_MIN : self->retry_ms * 2;
    if (self->retry_ms > RETRY_MS_MAX) self->retry_ms = RETRY_MS_MAX;
    self->retry_at_ms = clock_ms() + self->retry_ms;
}

/* The base has it all; no snapshot that may lack some of it is alive. */
static void folded(Views *self)
{
    assert(!self->snapshot.live);
    self->base_mark = self->frozen_mark;
    order(self, CHECKPOINT_DROP, self->frozen);
    self->frozen = NULL;
    self->fold = FOLD_IDLE;
    self->retry_ms = 0;
    self->failure[0] = '\0';
}

static void grow(Views *self)
{
    Problem problem;
    lmdb_abort(&self->snapshot);
    if (lmdb_grow(self->lmdb, &problem) == STATUS_OK)
        order(self, CHECKPOINT_GROWN, NULL);
    else
        fail(self, FOLD_WAITING, problem.message);
}

/* The checkpointer will not touch the environment again; reading must go on. */
static void become_read_only(Views *self, const char *reason)
{
    Problem problem;
    lmdb_abort(&self->snapshot);
    (void)lmdb_reopen_to_read(self->lmdb, &problem);
    fail(self, FOLD_OVER, reason);
}

/* --- compacting --- */

static void end_compacting(Views *self, StatusCode code, const char *message)
{
    self->compacted = compacted_not(code, message);
    self->compact = COMPACT_OVER;
}

static void go_on_compacting(Views *self)
{
    if (self->compact != COMPACT_WANTED && self->compact != COMPACT_FOLDING) return;
    if (self->fold == FOLD_WAITING || self->fold == FOLD_OVER) {
        end_compacting(self, STATUS_UNAVAILABLE, self->failure);
    } else if (self->fold == FOLD_IDLE && self->compact == COMPACT_WANTED && has_unfolded(self)) {
        self->compact = COMPACT_FOLDING;
        freeze(self);
    } else if (self->fold == FOLD_IDLE) {
        self->compact = COMPACT_COPYING;
        order(self, CHECKPOINT_COMPACT, NULL);
    }
}

/* The checkpointer has closed the copy, and waits for orders. */
static void swap(Views *self)
{
    if (self->compact != COMPACT_COPYING) return; /* it was given up */
    lmdb_abort(&self->snapshot);
    self->compact = COMPACT_OVER;
    if (compaction_swap(self->lmdb, &self->compacted) == COMPACTION_LOST)
        become_read_only(self, self->compacted.message);
}

static void not_copied(Views *self, const CheckpointAnswer *answer)
{
    if (self->compact == COMPACT_COPYING) end_compacting(self, answer->code, answer->reason);
}

static void give_up_compacting(Views *self)
{
    if (self->compact == COMPACT_COPYING) order(self, CHECKPOINT_GIVE_UP, NULL);
    if (self->compact != COMPACT_OVER) self->compact = COMPACT_IDLE;
}

void views_compact(Views *self)
{
    assert(self->compact == COMPACT_IDLE);
    self->compact = COMPACT_WANTED;
    go_on_compacting(self);
}

bool views_compacted(Views *self, Compacted *compacted)
{
    if (self->compact != COMPACT_OVER) return false;
    self->compact = COMPACT_IDLE;
    *compacted = self->compacted;
    return true;
}

uint64_t views_compacted_bytes(const Views *self)
{
    return self->compact == COMPACT_COPYING ? compaction_copied(self->lmdb) : 0;
}

/* --- turns --- */

/* False: there was no answer. */
static bool take_answer(Views *self, int timeout_ms)
{
    zframe_t *letter = letter_receive(self->checkpointer, timeout_ms);
    if (letter == NULL) return false;
    CheckpointAnswer answer;
    assert(zframe_size(letter) == sizeof answer);
    memcpy(&answer, zframe_data(letter), sizeof answer);
    zframe_destroy(&letter);
    switch (answer.kind) {
    case CHECKPOINT_FOLDED: folded(self); break;
    case CHECKPOINT_MAP_FULL: grow(self); break;
    case CHECKPOINT_NO_SPACE: fail(self, FOLD_WAITING, answer.reason); break;
    case CHECKPOINT_STOPPED: fail(self, FOLD_OVER, answer.reason); break;
    case CHECKPOINT_UNKNOWN: become_read_only(self, answer.reason); break;
    case CHECKPOINT_COPIED: swap(self); break;
    case CHECKPOINT_NOT_COPIED: not_copied(self, &answer); break;
    }
    return true;
}

void views_tick(Views *self, bool force)
{
    int64_t now_ms = clock_ms();
    views_release(self);
    while (take_answer(self, 0))
        continue;
    if (self->fold == FOLD_WAITING && now_ms >= self->retry_at_ms) start_fold(self);
    go_on_compacting(self);
    bool large = delta_bytes(self->active) >= self->config.delta_bytes_freeze;
    bool may = self->fold == FOLD_IDLE && self->compact != COMPACT_COPYING;
    if (may && (large || force) && has_unfolded(self)) freeze(self);
    if (is_full(self)) hurry(self);
    lmdb_check_readers(self->lmdb, now_ms);
}

void *views_socket(Views *self)
{
    return zactor_sock(self->checkpointer);
}

StatusCode views_fold_all(Views *self, Problem *problem)
{
    views_release(self);
    give_up_compacting(self);
    if (self->fold == FOLD_WAITING) start_fold(self);
    for (;;) {
        if (self->fold == FOLD_IDLE && !has_unfolded(self)) return STATUS_OK;
        if (self->fold == FOLD_IDLE) freeze(self);
        hurry(self);
        if (self->fold != FOLD_WORKING || !take_answer(self, LETTER_WAIT_FOREVER)) break;
    }
    return problem_set(problem, STATUS_UNAVAILABLE, "%s", self->failure);
}
