#include "daemon/store/writer.h"

#include "daemon/store/journal_file.h"
#include "daemon/store/letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct Writer {
    Lmdb *lmdb;
    zsock_t *pipe;
    zframe_t *waiting[JOURNAL_GROUPS_IN_FLIGHT_MAX]; /* groups not done yet, in order */
    size_t waiting_count;
    uint32_t failed_generation; /* this one and those before it are over */
    bool map_full;              /* the first waiting group waits for a larger map */
    bool unknown;               /* the environment may not be touched again */
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
    letter_send(self->pipe, &letter, sizeof letter);
}

static void ask_to_grow(Writer *self)
{
    WriterAnswer letter;
    memset(&letter, 0, sizeof letter);
    letter.map_full = true;
    self->map_full = true;
    letter_send(self->pipe, &letter, sizeof letter);
}

static void drop_first(Writer *self)
{
    zframe_destroy(&self->waiting[0]);
    self->waiting_count--;
    memmove(self->waiting, self->waiting + 1, self->waiting_count * sizeof *self->waiting);
}

/* Does what waits, until the map is full. */
static void work(Writer *self)
{
    while (self->waiting_count > 0 && !self->map_full) {
        const uint8_t *letter = zframe_data(self->waiting[0]);
        WriterHead head;
        memcpy(&head, letter, sizeof head);
        const char *refused = refusal(self, &head);
        char reason[LMDB_REASON_SIZE] = "";
        if (refused != NULL) {
            answer(self, &head, GROUP_BEHIND, refused);
        } else if (!finds_replaced(self, &head, letter + sizeof head)) {
            answer(self, &head, GROUP_MISSING, "a change that it replaces is not there");
        } else {
            CommitResult result = append(self, &head, letter + sizeof head, reason);
            if (result == COMMIT_MAP_FULL) {
                ask_to_grow(self);
                return;
            }
            answer(self, &head, outcome_of(result), reason);
        }
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
    self->map_full = false;
    if (head.kind == WRITER_NOT_GROWN) give_up_first(self);
}

static void writer_actor(zsock_t *pipe, void *lmdb)
{
    Writer self = {.lmdb = lmdb, .pipe = pipe};
    letter_ready(pipe);
    zframe_t *letter;
    while ((letter = letter_receive(pipe, LETTER_WAIT_FOREVER)) != NULL) {
        if (letter_is_end(letter)) break;
        take(&self, letter);
        work(&self);
    }
    zframe_destroy(&letter);
    while (self.waiting_count > 0)
        drop_first(&self);
}

zactor_t *writer_start(Lmdb *lmdb)
{
    return letter_start_actor(writer_actor, lmdb);
}
