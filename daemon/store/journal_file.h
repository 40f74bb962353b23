/*
 * journal_file - a journal's environment: its tables, and what it knows of itself.
 *
 * For those who open one: the journal, and a backup, which is a journal too. Errors stay in the
 * Transaction.
 */
#ifndef PLENARY_STORE_JOURNAL_FILE_H
#define PLENARY_STORE_JOURNAL_FILE_H

#include "daemon/store/journal.h"
#include "daemon/store/lmdb.h"

/* The tables, in the order they are opened in. */
enum { JOURNAL_CHANGES, JOURNAL_META, JOURNAL_TABLE_COUNT };

typedef struct JournalMeta {
    char registry_id[JOURNAL_REGISTRY_ID_SIZE];
    uint32_t epoch;
} JournalMeta;

StatusCode journal_file_open(const char *folder, uint64_t map_bytes, Lmdb **self, Problem *problem);

/* FAILED_PRECONDITION: a newer plenaryd wrote it. INTERNAL: it is damaged. */
StatusCode journal_file_meta(Transaction *transaction, JournalMeta *meta, Problem *problem);
void journal_file_put_meta(Transaction *transaction, const JournalMeta *meta);

/* 0: it has no changes. */
uint64_t journal_file_last(Transaction *transaction);
void journal_file_append(Transaction *transaction, uint64_t sequence, Bytes change);
void journal_file_replace(Transaction *transaction, uint64_t sequence, Bytes change);
bool journal_file_has(Transaction *transaction, uint64_t sequence);

#endif
