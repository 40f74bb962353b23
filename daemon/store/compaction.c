#include "daemon/store/compaction.h"

#include "daemon/store/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_MAP_BYTES = 16 * 1024 * 1024 }; /* to begin with */

/* The last key that was copied; of size 0: none of this table was. */
typedef struct CopyPlace {
    size_t table;
    uint8_t key[LMDB_KEY_BYTES_MAX];
    size_t key_size;
} CopyPlace;

struct Compaction {
    Lmdb *source; /* lent */
    Lmdb *copy;
    CopyPlace at;
};

/* --- where it lies --- */

/* Of the folder beside, or of a file in it. A path too long is empty: nothing is found there. */
static void beside(const Lmdb *source, const char *file, char path[static PATH_MAX])
{
    int length = snprintf(path, PATH_MAX, "%s" COMPACTION_SUFFIX "%s", lmdb_folder(source), file);
    if (length >= PATH_MAX) path[0] = '\0';
}

void compaction_discard(const Lmdb *source)
{
    Problem ignored; /* what cannot be removed is tidied at the next start */
    char folder[PATH_MAX];
    beside(source, "", folder);
    (void)folder_remove(folder, &ignored);
}

uint64_t compaction_copied(const Lmdb *source)
{
    struct stat about;
    char file[PATH_MAX];
    beside(source, "/" LMDB_FILE, file);
    return stat(file, &about) == 0 ? (uint64_t)about.st_size : 0;
}

/* --- beginning and ending --- */

static StatusCode find_room(Lmdb *source, Problem *problem)
{
    Transaction snapshot = {0};
    lmdb_renew(source, &snapshot);
    uint64_t used = lmdb_used_bytes(&snapshot);
    lmdb_abort(&snapshot);
    uint64_t wanted = used + used / COMPACTION_SPARE_SHARE + COMPACTION_SPARE_BYTES;
    uint64_t room = folder_room(lmdb_folder(source));
    if (room >= wanted) return STATUS_OK;
    return problem_set(
        problem, STATUS_UNAVAILABLE,
        "no room on the disk: writing %s anew takes up to %llu MiB, and %llu MiB are "
        "free",
        lmdb_folder(source), (unsigned long long)(wanted >> 20) + 1,
        (unsigned long long)(room >> 20));
}

StatusCode compaction_begin(Lmdb *source, Compaction **self, Problem *problem)
{
    char folder[PATH_MAX];
    beside(source, "", folder);
    StatusCode code = folder_remove(folder, problem);
    if (code == STATUS_OK) code = find_room(source, problem);
    if (code != STATUS_OK) return code;
    Compaction *made = calloc(1, sizeof *made);
    if (made == NULL) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    made->source = source;
    made->at.table = lmdb_table_count(source) - 1;
    code = lmdb_open_like(source, folder, COPY_MAP_BYTES, &made->copy, problem);
    if (code != STATUS_OK) {
        compaction_end(&made);
        return code;
    }
    *self = made;
    return STATUS_OK;
}

void compaction_end(Compaction **self)
{
    if (*self == NULL) return;
    const Lmdb *source = (*self)->source;
    compaction_finish(self);
    compaction_discard(source);
}

void compaction_finish(Compaction **self)
{
    lmdb_close(&(*self)->copy);
    free(*self);
    *self = NULL;
}

/* --- copying --- */

/* To the first key after the place. */
static bool seek(Transaction *from, MDB_cursor *cursor, const CopyPlace *at, Bytes *key,
                 Bytes *value)
{
    const Bytes last = {at->key, at->key_size};
    *key = last;
    if (at->key_size == 0) return lmdb_step(from, cursor, MDB_FIRST, key, value);
    bool found = lmdb_step(from, cursor, MDB_SET_RANGE, key, value);
    bool same = found && key->size == last.size && memcmp(key->data, last.data, last.size) == 0;
    return same ? lmdb_step(from, cursor, MDB_NEXT, key, value) : found;
}

/* Gives how many of the bytes are left when the table is at its end; 0: it may not be. */
static size_t copy_table(Transaction *from, Transaction *to, CopyPlace *at, size_t bytes)
{
    Bytes key, value, last = {0};
    MDB_cursor *cursor = lmdb_cursor(from, at->table);
    bool more = seek(from, cursor, at, &key, &value);
    for (; more && bytes > 0; more = lmdb_step(from, cursor, MDB_NEXT, &key, &value)) {
        lmdb_put(to, at->table, key, value, MDB_APPEND);
        size_t size = key.size + value.size;
        bytes -= size < bytes ? size : bytes;
        last = key;
    }
    if (cursor != NULL) mdb_cursor_close(cursor);
    if (last.size > 0) memcpy(at->key, last.data, last.size);
    if (last.size > 0) at->key_size = last.size;
    return bytes;
}

/* The tables from the last one to the first. True: that one was at its end. */
static bool copy_tables(Transaction *from, Transaction *to, CopyPlace *at, size_t bytes)
{
    while ((bytes = copy_table(from, to, at, bytes)) > 0) {
        if (at->table == 0) return true;
        *at = (CopyPlace){.table = at->table - 1};
    }
    return false;
}

static StatusCode cannot_write(const Compaction *self, const char *reason, Problem *problem)
{
    return problem_set(problem, STATUS_UNAVAILABLE, "%s cannot be written anew: %s",
                       lmdb_folder(self->source), reason);
}

/* *again: nothing was done, and the copy's map has grown. */
static StatusCode copy_chunk(Compaction *self, size_t bytes, bool *done, bool *again,
                             Problem *problem)
{
    char reason[LMDB_REASON_SIZE] = "";
    CopyPlace at = self->at;
    Transaction from = {0};
    Transaction to;
    lmdb_renew(self->source, &from);
    lmdb_begin(self->copy, &to);
    bool whole = copy_tables(&from, &to, &at, bytes);
    int unreadable = from.error;
    lmdb_abort(&from);
    if (unreadable != 0) {
        lmdb_abort(&to);
        return problem_set(problem, STATUS_INTERNAL, "%s cannot be read: %s",
                           lmdb_folder(self->source), mdb_strerror(unreadable));
    }
    CommitResult result = lmdb_commit(&to, reason);
    *again = result == COMMIT_MAP_FULL;
    if (*again) return lmdb_grow(self->copy, problem);
    if (result != COMMIT_DONE) return cannot_write(self, reason, problem);
    self->at = at;
    *done = whole;
    return STATUS_OK;
}

StatusCode compaction_step(Compaction *self, size_t bytes, bool *done, Problem *problem)
{
    assert(bytes > 0);
    StatusCode code;
    bool again = false;
    do
        code = copy_chunk(self, bytes, done, &again, problem);
    while (code == STATUS_OK && again);
    return code;
}

/* --- swapping --- */

static StatusCode move_copy(const Lmdb *source, Problem *problem)
{
    char copy[PATH_MAX];
    char *file = folder_path(lmdb_folder(source), LMDB_FILE);
    StatusCode code = STATUS_OK;
    beside(source, "/" LMDB_FILE, copy);
    if (file == NULL)
        code = problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    else if (rename(copy, file) != 0)
        code = problem_set(problem, STATUS_UNAVAILABLE, "cannot rename %s to %s: %s", copy, file,
                           strerror(errno));
    free(file);
    return code;
}

static int hold_file(const Lmdb *source)
{
    char *file = folder_path(lmdb_folder(source), LMDB_FILE);
    int held = file == NULL ? -1 : open(file, O_RDONLY | O_CLOEXEC);
    free(file);
    return held;
}

static void *close_file(void *held)
{
    (void)close((int)(intptr_t)held);
    return NULL;
}

/* Whoever lets a large file go that has no name any more waits until its blocks are free: some
 * 100 ms for 300 MB on ext4. That is nobody's turn: a thread of its own, which shares nothing. */
static void let_go(int held)
{
    pthread_t thread;
    if (held < 0) return;
    if (pthread_create(&thread, NULL, close_file, (void *)(intptr_t)held) == 0)
        (void)pthread_detach(thread);
    else
        (void)close(held);
}

/* Once it is durable that its name is another's, the old file is gone for good. */
CompactionSwap compaction_swap(Lmdb *source, Compacted *compacted)
{
    Problem problem, other;
    problem_clear(&problem);
    uint64_t before = lmdb_file_bytes(source);
    int held = hold_file(source);
    lmdb_shut(source);
    bool moved = move_copy(source, &problem) == STATUS_OK;
    bool known = !moved || folder_sync(lmdb_folder(source), &problem) == STATUS_OK;
    bool open = lmdb_open_again(source, problem.code == STATUS_OK ? &problem : &other) == STATUS_OK;
    compaction_discard(source);
    let_go(held);
    *compacted = compacted_not(problem.code, problem.message);
    if (!known || !open) return COMPACTION_LOST;
    if (!moved) return COMPACTION_KEPT;
    compacted->bytes_before = before;
    compacted->bytes = lmdb_file_bytes(source);
    return COMPACTION_SWAPPED;
}
