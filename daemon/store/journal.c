#include "daemon/store/journal.h"

#include "daemon/store/clock.h"
#include "daemon/store/letter.h"
#include "daemon/store/lmdb.h"
#include "daemon/store/writer.h"

#include <assert.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { JOURNAL_FIRST_EPOCH = 1 };

static const LmdbTable journal_tables[JOURNAL_TABLE_COUNT] = {
    [JOURNAL_CHANGES] = {"changes", MDB_INTEGERKEY},
    [JOURNAL_META] = {"meta", 0},
};

struct Journal {
    Lmdb *lmdb;
    zactor_t *writer;
    Transaction snapshot;
    GByteArray *group; /* being filled: WriterHead, then the changes */
    WriterHead head;
    uint32_t generation;
    uint32_t in_flight;
    char registry_id[JOURNAL_REGISTRY_ID_SIZE];
    uint32_t epoch;
};

/* --- what the journal knows of itself --- */

static Bytes text(const char *name)
{
    return (Bytes){(const uint8_t *)name, strlen(name)};
}

static uint32_t get_number(Transaction *transaction, const char *name)
{
    Bytes value;
    uint32_t number = 0;
    if (lmdb_get(transaction, JOURNAL_META, text(name), &value) && value.size == sizeof number)
        memcpy(&number, value.data, sizeof number);
    return number;
}

static void put_number(Transaction *transaction, const char *name, uint32_t number)
{
    Bytes value = {(const uint8_t *)&number, sizeof number};
    lmdb_put(transaction, JOURNAL_META, text(name), value, 0);
}

static StatusCode make_meta(Journal *self, const char *registry_id, Problem *problem)
{
    char reason[LMDB_REASON_SIZE] = "";
    Transaction transaction;
    lmdb_begin(self->lmdb, &transaction);
    lmdb_put(&transaction, JOURNAL_META, text("registry_id"), text(registry_id), 0);
    put_number(&transaction, "epoch", JOURNAL_FIRST_EPOCH);
    put_number(&transaction, "format", JOURNAL_FORMAT_VERSION);
    if (lmdb_commit(&transaction, reason) == COMMIT_DONE) return STATUS_OK;
    return problem_set(problem, STATUS_UNAVAILABLE, "cannot begin the journal: %s", reason);
}

static StatusCode read_meta(Journal *self, Problem *problem)
{
    Transaction *snapshot = &self->snapshot;
    Bytes id;
    uint32_t format = get_number(snapshot, "format");
    if (format > JOURNAL_FORMAT_VERSION)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "the journal was written by a newer plenaryd: its format is %u, this "
                           "plenaryd knows %u at most",
                           format, JOURNAL_FORMAT_VERSION);
    self->epoch = get_number(snapshot, "epoch");
    if (format == 0 || self->epoch == 0 ||
        !lmdb_get(snapshot, JOURNAL_META, text("registry_id"), &id) ||
        id.size >= sizeof self->registry_id)
        return problem_set(problem, STATUS_INTERNAL,
                           "the journal is damaged: its meta table does not name its format, its "
                           "epoch and its registry");
    memcpy(self->registry_id, id.data, id.size);
    self->registry_id[id.size] = '\0';
    return STATUS_OK;
}

static StatusCode open_meta(Journal *self, const char *registry_id, Problem *problem)
{
    Bytes key;
    journal_renew(self);
    bool is_new = !lmdb_last(&self->snapshot, JOURNAL_META, &key) &&
                  !lmdb_last(&self->snapshot, JOURNAL_CHANGES, &key) && self->snapshot.error == 0;
    journal_release(self);
    if (is_new) {
        StatusCode code = make_meta(self, registry_id, problem);
        if (code != STATUS_OK) return code;
    }
    journal_renew(self);
    StatusCode code = read_meta(self, problem);
    journal_release(self);
    return code;
}

StatusCode journal_open(const JournalConfig *config, Journal **self, Problem *problem)
{
    Journal *made = calloc(1, sizeof *made);
    if (made == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->generation = 1;
    made->group = g_byte_array_new();
    StatusCode code = lmdb_open(config->folder, config->map_bytes, journal_tables,
                                JOURNAL_TABLE_COUNT, &made->lmdb, problem);
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
    return self->registry_id;
}

uint32_t journal_epoch(const Journal *self)
{
    return self->epoch;
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

void journal_group_add(Journal *self, const void *change, size_t size)
{
    assert(size <= G_MAXINT32);
    uint32_t length = (uint32_t)size;
    g_byte_array_append(self->group, (const guint8 *)&length, sizeof length);
    g_byte_array_append(self->group, change, length);
    self->head.count++;
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

static void grow(Journal *self)
{
    Problem problem;
    WriterHead letter;
    memset(&letter, 0, sizeof letter);
    lmdb_abort(&self->snapshot);
    letter.kind = lmdb_grow(self->lmdb, &problem) == STATUS_OK ? WRITER_GROWN : WRITER_NOT_GROWN;
    letter_send(self->writer, &letter, sizeof letter);
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
    if (answer.map_full) {
        grow(self);
        return false;
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
    Bytes key;
    uint64_t sequence = 0;
    if (lmdb_last(snapshot_of(self), JOURNAL_CHANGES, &key)) memcpy(&sequence, key.data, key.size);
    return sequence;
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
