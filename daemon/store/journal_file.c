#include "daemon/store/journal_file.h"

#include <string.h>

static const LmdbTable journal_tables[JOURNAL_TABLE_COUNT] = {
    [JOURNAL_CHANGES] = {"changes", MDB_INTEGERKEY},
    [JOURNAL_META] = {"meta", 0},
};

StatusCode journal_file_open(const char *folder, uint64_t map_bytes, Lmdb **self, Problem *problem)
{
    return lmdb_open(folder, map_bytes, journal_tables, JOURNAL_TABLE_COUNT, self, problem);
}

/* --- meta --- */

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

StatusCode journal_file_meta(Transaction *transaction, JournalMeta *meta, Problem *problem)
{
    Bytes id;
    uint32_t format = get_number(transaction, "format");
    if (format > JOURNAL_FORMAT_VERSION)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "the journal was written by a newer plenaryd: its format is %u, this "
                           "plenaryd knows %u at most",
                           format, JOURNAL_FORMAT_VERSION);
    JournalMeta found = {.epoch = get_number(transaction, "epoch")};
    if (format == 0 || found.epoch == 0 ||
        !lmdb_get(transaction, JOURNAL_META, text("registry_id"), &id) ||
        id.size >= sizeof found.registry_id)
        return problem_set(problem, STATUS_INTERNAL,
                           "the journal is damaged: its meta table does not name its format, its "
                           "epoch and its registry");
    memcpy(found.registry_id, id.data, id.size);
    *meta = found;
    return STATUS_OK;
}

void journal_file_put_meta(Transaction *transaction, const JournalMeta *meta)
{
    lmdb_put(transaction, JOURNAL_META, text("registry_id"), text(meta->registry_id), 0);
    put_number(transaction, "epoch", meta->epoch);
    put_number(transaction, "format", JOURNAL_FORMAT_VERSION);
}

/* --- changes --- */

uint64_t journal_file_last(Transaction *transaction)
{
    Bytes key;
    uint64_t sequence = 0;
    if (lmdb_last(transaction, JOURNAL_CHANGES, &key) && key.size == sizeof sequence)
        memcpy(&sequence, key.data, sizeof sequence);
    return sequence;
}

void journal_file_append(Transaction *transaction, uint64_t sequence, Bytes change)
{
    Bytes key = {(const uint8_t *)&sequence, sizeof sequence};
    lmdb_put(transaction, JOURNAL_CHANGES, key, change, MDB_APPEND);
}

void journal_file_replace(Transaction *transaction, uint64_t sequence, Bytes change)
{
    Bytes key = {(const uint8_t *)&sequence, sizeof sequence};
    lmdb_put(transaction, JOURNAL_CHANGES, key, change, 0);
}

bool journal_file_has(Transaction *transaction, uint64_t sequence)
{
    Bytes key = {(const uint8_t *)&sequence, sizeof sequence};
    Bytes change;
    return lmdb_get(transaction, JOURNAL_CHANGES, key, &change);
}
