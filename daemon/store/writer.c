#include "daemon/store/writer.h"

#include "daemon/store/compaction.h"
#include "daemon/store/journal_file.h"
#include "daemon/store/letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What it asked the loop for; nothing is done until that has come. */
typedef enum WriterWait {
    WAITS_FOR_NOTHING,
    WAITS_FOR_MAP,  /* a larger one, for the first waiting group */
    WAITS_FOR_SWAP, /* the compacted copy takes the journal's place */
} WriterWait;

typedef struct Writer {
    Lmdb *lmdb;
    zsock_t *pipe;
    zframe_t *waiting[JOURNAL_GROUPS_IN_FLIGHT_MAX]; /* groups not done yet, in order */
    size_t waiting_count;
    uint32_t failed_generation; /* this one and those before it are over */
    WriterWait waits_for;
    bool lost;    /* the next group's outcome is unknown, whatever it is */
    bool unknown; /* the environment may not be touched again */
    bool compacts;
    Compaction *compaction; /* NULL: none, or it is to begin */
    size_t appended;        /* bytes, since the last chunk */
} Writer;

/* --- a group's letter --- */

static Bytes read_change(const uint8_t **next)
{
    uint32_t size;
    memcpy(&size, *next, sizeof size);
    Bytes change = {*next + sizeof size, size};
    *next += sizeof size + size;
    return change;
}

static uint64_t read_sequence(const uint8_t **next)
{
    uint64_t sequence;
    memcpy(&sequence, *next, sizeof sequence);
    *next += sizeof sequence;
    return sequence;
}

static void put_changes(Transaction *transaction, const WriterHead *head, const uint8_t *next)
{
    for (uint32_t i = 0; i < head->count; i++)
        journal_file_append(transaction, head->first_sequence + i, read_change(&next));
    for (uint32_t i = 0; i < head->replaced; i++) {
        uint64_t sequence = read_sequence(&next);
        journal_file_replace(transaction, sequence, read_change(&next));
    }
}

/* --- doing it --- */

/* The journal still ends before this group. */
static bool not_begun(Writer *self, uint64_t first_sequence)
{
    Transaction snapshot = {0};
    lmdb_renew(self->lmdb, &snapshot);
    uint64_t last = journal_file_last(&snapshot);
    bool same = snapshot.error == 0 && last + 1 == first_sequence;
    lmdb_abort(&snapshot);
    return same;
}

static CommitResult append(Writer *self, const WriterHead *head, const uint8_t *changes,
                           char reason[static LMDB_REASON_SIZE])
{
    Transaction transaction;
    lmdb_begin(self->lmdb, &transaction);
    put_changes(&transaction, head, changes);
    CommitResult result = lmdb_commit(&transaction, reason);
    if (result == COMMIT_DONE || not_begun(self, head->first_sequence)) return result;
    return COMMIT_UNKNOWN;
}

/* What the group replaces is there. */
static bool finds_replaced(Writer *self, const WriterHead *head, const uint8_t *next)
{
    Transaction snapshot = {0};
    bool found = true;
    if (head->replaced == 0) return true;
    for (uint32_t i = 0; i < head->count; i++)
        (void)read_change(&next);
    lmdb_renew(self->lmdb, &snapshot);
    for (uint32_t i = 0; found && i < head->replaced; i++) {
        found = journal_file_has(&snapshot, read_sequence(&next));
        (void)read_change(&next);
    }
    lmdb_abort(&snapshot);
    return found;
}

/* Why this group may not even be tried, or NULL. */
static const char *refusal(Writer *self, const WriterHead *head)
{
    if (self->unknown) return "the outcome of an earlier commit is unknown: restart";
    if (head->generation <= self->failed_generation) return "a group before it failed";
    if (!not_begun(self, head->first_sequence)) return "it does not follow the journal's end";
    return NULL;
}

static GroupOutcome outcome_of(CommitResult result)
{
    switch (result) {
    case COMMIT_DONE: return GROUP_DURABLE;
    case COMMIT_NO_SPACE: return GROUP_NO_SPACE;
    case COMMIT_MAP_FULL:
    case COMMIT_UNKNOWN: break;
    }
    return GROUP_UNKNOWN;
}

static void answer(Writer *self, const WriterHead *head, GroupOutcome outcome, const char *reason)
{
    WriterAnswer letter;
    memset(&letter, 0, sizeof letter); /* padding travels too */
    letter.result.first_sequence = head->first_sequence;
    letter.result.count = head->count;
    letter.result.outcome = outcome;
    (void)snprintf(letter.result.reason, sizeof letter.result.reason, "%s", reason);
    if (outcome != GROUP_DURABLE && head->generation > self->failed_generation)
        self->failed_generation = head->generation;
    if (outcome == GROUP_UNKNOWN) self->unknown = true;
    if (outcome == GROUP_UNKNOWN) self->lost = false; /* it is told */
    letter_send(self->pipe, &letter, sizeof letter);
}

static void ask_for(Writer *self, WriterWait what)
{
    WriterAnswer letter;
    memset(&letter, 0, sizeof letter);
    letter.kind = what == WAITS_FOR_MAP ? WRITER_MAP_FULL : WRITER_COPIED;
    self->waits_for = what;
    letter_send(self->pipe, &letter, sizeof letter);
}

static void drop_first(Writer *self)
{
    zframe_destroy(&self->waiting[0]);
    self->waiting_count--;
    memmove(self->waiting, self->waiting + 1, self->waiting_count * sizeof *self->waiting);
}

/* A copy that is under way may have what was replaced. */
static void note_done(Writer *self, const WriterHead *head, size_t bytes)
{
    self->appended += bytes;
    if (head->replaced > 0) compaction_end(&self->compaction);
}

/* False: the map is full. */
static bool do_group(Writer *self, const WriterHead *head, const uint8_t *changes, size_t bytes)
{
    char reason[LMDB_REASON_SIZE] = "";
    CommitResult result = append(self, head, changes, reason);
    if (result == COMMIT_MAP_FULL) {
        ask_for(self, WAITS_FOR_MAP);
        return false;
    }
    if (result == COMMIT_DONE) note_done(self, head, bytes);
    answer(self, head, outcome_of(result), reason);
    return true;
}

/* Does what waits, until something must be waited for. */
static void work(Writer *self)
{
    while (self->waiting_count > 0 && self->waits_for == WAITS_FOR_NOTHING) {
        const uint8_t *changes = zframe_data(self->waiting[0]) + sizeof(WriterHead);
        size_t bytes = zframe_size(self->waiting[0]);
        WriterHead head;
        memcpy(&head, zframe_data(self->waiting[0]), sizeof head);
        const char *refused = self->lost ? NULL : refusal(self, &head);
        if (refused != NULL)
            answer(self, &head, GROUP_BEHIND, refused);
        else if (self->lost)
            answer(self, &head, GROUP_UNKNOWN, "the journal was lost sight of while compacting");
        else if (!finds_replaced(self, &head, changes))
            answer(self, &head, GROUP_MISSING, "a change that it replaces is not there");
        else if (!do_group(self, &head, changes, bytes))
            return;
        drop_first(self);
    }
}

/* The map could not grow: nothing of the first group was done. */
static void give_up_first(Writer *self)
{
    WriterHead head;
    memcpy(&head, zframe_data(self->waiting[0]), sizeof head);
    answer(self, &head, GROUP_NO_SPACE, "the map is full and cannot grow");
    drop_first(self);
}

/* --- compacting --- */

static StatusCode copy_chunk(Writer *self, bool *done, Problem *problem)
{
    size_t bytes = COMPACTION_CHUNK_BYTES + self->appended;
    self->appended = 0;
    if (self->unknown || self->lost)
        return problem_set(problem, STATUS_UNAVAILABLE,
                           "the journal is read-only until the daemon is restarted");
    if (self->compaction == NULL) return compaction_begin(self->lmdb, &self->compaction, problem);
    return compaction_step(self->compaction, bytes, done, problem);
}

static void give_up_compacting(Writer *self, const Problem *problem)
{
    WriterAnswer letter;
    memset(&letter, 0, sizeof letter);
    letter.kind = WRITER_NOT_COPIED;
    letter.compacted = compacted_not(problem->code, problem->message);
    compaction_end(&self->compaction);
    self->compacts = false;
    letter_send(self->pipe, &letter, sizeof letter);
}

/* Nothing is appended between the last chunk and the swap. */
static void compact(Writer *self)
{
    Problem problem;
    bool done = false;
    problem_clear(&problem);
    if (copy_chunk(self, &done, &problem) != STATUS_OK) {
        give_up_compacting(self, &problem);
    } else if (done) {
        compaction_finish(&self->compaction);
        self->compacts = false;
        ask_for(self, WAITS_FOR_SWAP);
    }
}

/* --- the thread --- */

static void obey(Writer *self, WriterKind kind)
{
    if (kind == WRITER_COMPACT) {
        self->compacts = true;
        return;
    }
    self->waits_for = WAITS_FOR_NOTHING;
    if (kind == WRITER_NOT_GROWN) give_up_first(self);
    if (kind == WRITER_LOST) self->lost = true;
}

static void take(Writer *self, zframe_t *letter)
{
    WriterHead head;
    assert(zframe_size(letter) >= sizeof head);
    memcpy(&head, zframe_data(letter), sizeof head);
    if (head.kind == WRITER_GROUP) {
        assert(self->waiting_count < JOURNAL_GROUPS_IN_FLIGHT_MAX);
        self->waiting[self->waiting_count++] = letter;
        return;
    }
    zframe_destroy(&letter);
    obey(self, head.kind);
}

/* While it waits for the loop, the loop may be at the environment. */
static bool may_compact(const Writer *self)
{
    return self->compacts && self->waits_for == WAITS_FOR_NOTHING;
}

static void drop_all(Writer *self)
{
    while (self->waiting_count > 0)
        drop_first(self);
    compaction_end(&self->compaction);
    if (self->waits_for == WAITS_FOR_SWAP) compaction_discard(self->lmdb);
}

static void writer_actor(zsock_t *pipe, void *lmdb)
{
    Writer self = {.lmdb = lmdb, .pipe = pipe};
    letter_ready(pipe);
    for (;;) {
        int wait_ms = may_compact(&self) ? 0 : LETTER_WAIT_FOREVER;
        zframe_t *letter = letter_receive(pipe, wait_ms);
        if (letter == NULL && wait_ms == LETTER_WAIT_FOREVER) break;
        bool end = letter != NULL && letter_is_end(letter);
        if (end) zframe_destroy(&letter);
        if (end) break;
        if (letter != NULL) take(&self, letter);
        work(&self);
        if (may_compact(&self)) compact(&self);
    }
    drop_all(&self);
}

zactor_t *writer_start(Lmdb *lmdb)
{
    return letter_start_actor(writer_actor, lmdb);
}
