#include "daemon/store/journal.h"

#include "daemon/store/clock.h"
#include "daemon/store/compaction.h"
#include "daemon/store/journal_file.h"
#include "daemon/store/letter.h"
#include "daemon/store/writer.h"

#include <assert.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { JOURNAL_FIRST_EPOCH = 1 };

struct Journal {
    Lmdb *lmdb;
    zactor_t *writer;
    Transaction snapshot;
    GByteArray *group; /* being filled: WriterHead, then the changes */
    WriterHead head;
    uint32_t generation;
    uint32_t in_flight;
    JournalMeta meta;
    bool compacts;
    bool has_compacted; /* `compacted` is to be told */
    Compacted compacted;
};

/* --- what the journal knows of itself --- */

static StatusCode write_meta(Journal *self, const JournalMeta *meta, Problem *problem)
{
    char reason[LMDB_REASON_SIZE] = "";
    Transaction transaction;
    lmdb_begin(self->lmdb, &transaction);
    journal_file_put_meta(&transaction, meta);
    if (lmdb_commit(&transaction, reason) == COMMIT_DONE) return STATUS_OK;
    return problem_set(problem, STATUS_UNAVAILABLE, "cannot write into the journal: %s", reason);
}

static StatusCode open_meta(Journal *self, const char *registry_id, Problem *problem)
{
    Bytes key;
    journal_renew(self);
    bool is_new = !lmdb_last(&self->snapshot, JOURNAL_META, &key) &&
                  !lmdb_last(&self->snapshot, JOURNAL_CHANGES, &key) && self->snapshot.error == 0;
    journal_release(self);
    if (is_new) {
        JournalMeta first = {.epoch = JOURNAL_FIRST_EPOCH};
        memcpy(first.registry_id, registry_id, sizeof first.registry_id);
        StatusCode code = write_meta(self, &first, problem);
        if (code != STATUS_OK) return code;
    }
    journal_renew(self);
    StatusCode code = journal_file_meta(&self->snapshot, &self->meta, problem);
    journal_release(self);
    return code;
}

StatusCode journal_open(const JournalConfig *config, Journal **self, Problem *problem)
{
    Journal *made = calloc(1, sizeof *made);
    if (made == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->generation = 1;
    made->group = g_byte_array_new();
    StatusCode code = journal_file_open(config->folder, config->map_bytes, &made->lmdb, problem);
    if (code == STATUS_OK) code = open_meta(made, config->registry_id, problem);
    if (code != STATUS_OK) {
        journal_close(&made);
        return code;
    }
    made->writer = writer_start(made->lmdb);
    *self = made;
    return STATUS_OK;
}

static bool take_answer(Journal *self, int timeout_ms, GroupResult *result);

void journal_close(Journal **self)
{
    if (self == NULL || *self == NULL) return;
    Journal *journal = *self;
    GroupResult result;
    errno = 0; /* ETERM: czmq was shut down first, and the writer has ended with it */
    while (journal->in_flight > 0 && errno != ETERM)
        (void)take_answer(journal, LETTER_WAIT_FOREVER, &result);
    letter_end_actor(&journal->writer);
    lmdb_abort(&journal->snapshot);
    lmdb_close(&journal->lmdb);
    g_byte_array_unref(journal->group);
    free(journal);
    *self = NULL;
}

const char *journal_registry_id(const Journal *self)
{
    return self->meta.registry_id;
}

uint32_t journal_epoch(const Journal *self)
{
    return self->meta.epoch;
}

StatusCode journal_set_epoch(Journal *self, uint32_t epoch, Problem *problem)
{
    assert(self->in_flight == 0 && !self->compacts && epoch > self->meta.epoch);
    JournalMeta meta = self->meta;
    meta.epoch = epoch;
    StatusCode code = write_meta(self, &meta, problem);
    if (code == STATUS_OK) self->meta = meta;
    return code;
}

/* --- writing --- */

void journal_group_begin(Journal *self, uint64_t first_sequence)
{
    memset(&self->head, 0, sizeof self->head); /* padding travels too */
    self->head.kind = WRITER_GROUP;
    self->head.generation = self->generation;
    self->head.first_sequence = first_sequence;
    g_byte_array_set_size(self->group, sizeof self->head);
}

static void append_sized(Journal *self, const void *change, size_t size)
{
    assert(size <= G_MAXINT32);
    uint32_t length = (uint32_t)size;
    g_byte_array_append(self->group, (const guint8 *)&length, sizeof length);
    g_byte_array_append(self->group, change, length);
}

void journal_group_add(Journal *self, const void *change, size_t size)
{
    assert(self->head.replaced == 0);
    append_sized(self, change, size);
    self->head.count++;
}

void journal_group_replace(Journal *self, uint64_t sequence, const void *change, size_t size)
{
    assert(sequence < self->head.first_sequence);
    g_byte_array_append(self->group, (const guint8 *)&sequence, sizeof sequence);
    append_sized(self, change, size);
    self->head.replaced++;
}

void journal_group_submit(Journal *self)
{
    assert(self->in_flight < JOURNAL_GROUPS_IN_FLIGHT_MAX);
    assert(self->head.count > 0);
    memcpy(self->group->data, &self->head, sizeof self->head);
    letter_send(self->writer, self->group->data, self->group->len);
    self->in_flight++;
    self->head.count = 0;
}

uint32_t journal_groups_in_flight(const Journal *self)
{
    return self->in_flight;
}

static void tell_writer(Journal *self, WriterKind kind)
{
    WriterHead letter;
    memset(&letter, 0, sizeof letter);
    letter.kind = kind;
    letter_send(self->writer, &letter, sizeof letter);
}

static void grow(Journal *self)
{
    Problem problem;
    lmdb_abort(&self->snapshot);
    bool grown = lmdb_grow(self->lmdb, &problem) == STATUS_OK;
    tell_writer(self, grown ? WRITER_GROWN : WRITER_NOT_GROWN);
}

static void end_compacting(Journal *self, const Compacted *compacted)
{
    self->compacts = false;
    self->has_compacted = true;
    self->compacted = *compacted;
}

static void swap(Journal *self)
{
    Compacted compacted;
    lmdb_abort(&self->snapshot);
    bool lost = compaction_swap(self->lmdb, &compacted) == COMPACTION_LOST;
    tell_writer(self, lost ? WRITER_LOST : WRITER_GO_ON);
    end_compacting(self, &compacted);
}

/* The writer will not touch the environment again; reading must go on. */
static void become_read_only(Journal *self)
{
    Problem problem;
    lmdb_abort(&self->snapshot);
    (void)lmdb_reopen_to_read(self->lmdb, &problem);
}

/* False: no result; there may have been an answer of another kind. */
static bool take_answer(Journal *self, int timeout_ms, GroupResult *result)
{
    zframe_t *letter = letter_receive(self->writer, timeout_ms);
    if (letter == NULL) return false;
    WriterAnswer answer;
    assert(zframe_size(letter) == sizeof answer);
    memcpy(&answer, zframe_data(letter), sizeof answer);
    zframe_destroy(&letter);
    switch (answer.kind) {
    case WRITER_RESULT: break;
    case WRITER_MAP_FULL: grow(self); return false;
    case WRITER_COPIED: swap(self); return false;
    case WRITER_NOT_COPIED: end_compacting(self, &answer.compacted); return false;
    }
    self->in_flight--;
    if (answer.result.outcome == GROUP_UNKNOWN) become_read_only(self);
    *result = answer.result;
    return true;
}

bool journal_poll(Journal *self, GroupResult *result)
{
    lmdb_check_readers(self->lmdb, clock_ms());
    return take_answer(self, 0, result);
}

void *journal_socket(Journal *self)
{
    return zactor_sock(self->writer);
}

void journal_acknowledge_failure(Journal *self)
{
    assert(self->in_flight == 0);
    self->generation++;
}

/* --- compacting --- */

void journal_compact(Journal *self)
{
    assert(!self->compacts && !self->has_compacted);
    self->compacts = true;
    tell_writer(self, WRITER_COMPACT);
}

bool journal_compacted(Journal *self, Compacted *compacted)
{
    if (!self->has_compacted) return false;
    self->has_compacted = false;
    *compacted = self->compacted;
    return true;
}

uint64_t journal_compacted_bytes(const Journal *self)
{
    return self->compacts ? compaction_copied(self->lmdb) : 0;
}

/* --- reading --- */

void journal_renew(Journal *self)
{
    lmdb_renew(self->lmdb, &self->snapshot);
}

void journal_release(Journal *self)
{
    lmdb_release(&self->snapshot);
}

/* Growing the map ends the snapshot within a turn: a read then takes a new one. */
static Transaction *snapshot_of(Journal *self)
{
    if (!self->snapshot.live) journal_renew(self);
    return &self->snapshot;
}

uint64_t journal_last(Journal *self)
{
    return journal_file_last(snapshot_of(self));
}

bool journal_get(Journal *self, uint64_t sequence, Bytes *change)
{
    Bytes key = {(const uint8_t *)&sequence, sizeof sequence};
    return lmdb_get(snapshot_of(self), JOURNAL_CHANGES, key, change);
}

size_t journal_scan(Journal *self, uint64_t first, size_t limit, journal_fn *each, void *context)
{
    Transaction *snapshot = snapshot_of(self);
    MDB_cursor *cursor = lmdb_cursor(snapshot, JOURNAL_CHANGES);
    Bytes key = {(const uint8_t *)&first, sizeof first};
    Bytes change;
    size_t count = 0;
    bool on = true;
    MDB_cursor_op move = MDB_SET_RANGE;
    while (on && count < limit && lmdb_step(snapshot, cursor, move, &key, &change)) {
        uint64_t sequence;
        memcpy(&sequence, key.data, sizeof sequence);
        on = each(context, sequence, change);
        count++;
        move = MDB_NEXT;
    }
    if (cursor != NULL) mdb_cursor_close(cursor);
    return count;
}

uint64_t journal_file_bytes(const Journal *self)
{
    return lmdb_file_bytes(self->lmdb);
}
