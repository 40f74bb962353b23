#include "daemon/store/lmdb.h"

#include "daemon/store/folder.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { LMDB_FILE_MODE = 0600 };

struct Lmdb {
    MDB_env *env;
    char *folder;
    uint64_t map_bytes;
    const LmdbTable *tables;
    size_t table_count;
    MDB_dbi handles[LMDB_TABLES_MAX];
    int64_t readers_checked_ms;
};

static StatusCode fault(const Lmdb *self, Problem *problem, const char *what, int error)
{
    StatusCode code = error == MDB_VERSION_MISMATCH || error == MDB_INVALID
                          ? STATUS_FAILED_PRECONDITION
                          : STATUS_UNAVAILABLE;
    return problem_set(problem, code, "%s: %s: %s", self->folder, what, mdb_strerror(error));
}

/* --- the environment --- */

static int open_tables(Lmdb *self, unsigned int env_flags)
{
    MDB_txn *transaction;
    int error = mdb_txn_begin(self->env, NULL, env_flags & MDB_RDONLY, &transaction);
    if (error != 0) return error;
    unsigned int create = (env_flags & MDB_RDONLY) != 0 ? 0 : MDB_CREATE;
    for (size_t i = 0; error == 0 && i < self->table_count; i++)
        error = mdb_dbi_open(transaction, self->tables[i].name, self->tables[i].flags | create,
                             &self->handles[i]);
    if (error != 0) {
        mdb_txn_abort(transaction);
        return error;
    }
    return mdb_txn_commit(transaction);
}

static StatusCode open_environment(Lmdb *self, unsigned int flags, Problem *problem)
{
    int error = mdb_env_create(&self->env);
    if (error != 0) return fault(self, problem, "cannot open the environment", error);
    error = mdb_env_set_mapsize(self->env, self->map_bytes);
    if (error == 0) error = mdb_env_set_maxdbs(self->env, LMDB_TABLES_MAX);
    if (error == 0)
        error = mdb_env_open(self->env, self->folder, MDB_NOTLS | flags, LMDB_FILE_MODE);
    if (error == 0) error = open_tables(self, flags);
    if (error == 0) return STATUS_OK;
    mdb_env_close(self->env);
    self->env = NULL;
    return fault(self, problem, "cannot open the environment", error);
}

StatusCode lmdb_open(const char *folder, uint64_t map_bytes, const LmdbTable *tables, size_t count,
                     Lmdb **self, Problem *problem)
{
    assert(count <= LMDB_TABLES_MAX);
    StatusCode code = folder_make(folder, problem);
    if (code != STATUS_OK) return code;
    Lmdb *made = calloc(1, sizeof *made);
    char *name = strdup(folder);
    if (made == NULL || name == NULL) {
        free(made);
        free(name);
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    }
    long page = 4096; /* LMDB wants whole pages */
    *made = (Lmdb){.folder = name,
                   .map_bytes = (map_bytes + (uint64_t)page - 1) / (uint64_t)page * (uint64_t)page,
                   .tables = tables,
                   .table_count = count};
    code = open_environment(made, 0, problem);
    if (code == STATUS_OK) code = folder_sync(folder, problem);
    if (code != STATUS_OK) {
        lmdb_close(&made);
        return code;
    }
    int dead = 0;
    (void)mdb_reader_check(made->env, &dead);
    *self = made;
    return STATUS_OK;
}

void lmdb_close(Lmdb **self)
{
    if (self == NULL || *self == NULL) return;
    if ((*self)->env != NULL) mdb_env_close((*self)->env);
    free((*self)->folder);
    free(*self);
    *self = NULL;
}

StatusCode lmdb_open_like(const Lmdb *self, const char *folder, uint64_t map_bytes, Lmdb **other,
                          Problem *problem)
{
    return lmdb_open(folder, map_bytes, self->tables, self->table_count, other, problem);
}

const char *lmdb_folder(const Lmdb *self)
{
    return self->folder;
}

size_t lmdb_table_count(const Lmdb *self)
{
    return self->table_count;
}

static uint64_t map_bytes_now(const Lmdb *self)
{
    MDB_envinfo about;
    if (self->env == NULL) return self->map_bytes;
    (void)mdb_env_info(self->env, &about);
    return about.me_mapsize;
}

StatusCode lmdb_grow(Lmdb *self, Problem *problem)
{
    uint64_t wanted = map_bytes_now(self) * 2;
    /* mdb_env_set_mapsize lets the old map go first: see that the new one will fit. */
    void *trial = mmap(NULL, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (trial == MAP_FAILED) return fault(self, problem, "cannot grow the map", errno);
    (void)munmap(trial, wanted);
    int error = mdb_env_set_mapsize(self->env, wanted);
    if (error != 0) return fault(self, problem, "cannot grow the map", error);
    self->map_bytes = wanted;
    return STATUS_OK;
}

void lmdb_shut(Lmdb *self)
{
    self->map_bytes = map_bytes_now(self);
    if (self->env != NULL) mdb_env_close(self->env);
    self->env = NULL;
}

StatusCode lmdb_open_again(Lmdb *self, Problem *problem)
{
    return open_environment(self, 0, problem);
}

StatusCode lmdb_reopen_to_read(Lmdb *self, Problem *problem)
{
    lmdb_shut(self);
    return open_environment(self, MDB_RDONLY, problem);
}

uint64_t lmdb_file_bytes(const Lmdb *self)
{
    int file;
    struct stat about;
    if (self->env == NULL || mdb_env_get_fd(self->env, &file) != 0 || fstat(file, &about) != 0)
        return 0;
    return (uint64_t)about.st_size;
}

void lmdb_check_readers(Lmdb *self, int64_t now_ms)
{
    if (self->env == NULL || now_ms - self->readers_checked_ms < LMDB_READER_CHECK_MS) return;
    self->readers_checked_ms = now_ms;
    int dead = 0;
    (void)mdb_reader_check(self->env, &dead);
}

/* --- writing --- */

static MDB_val lend(Bytes bytes)
{
    /* LMDB takes what it only reads as void *. */
    return (MDB_val){.mv_size = bytes.size, .mv_data = (void *)(uintptr_t)bytes.data};
}

static Bytes lent(MDB_val value)
{
    return (Bytes){.data = value.mv_data, .size = value.mv_size};
}

static bool usable(const Transaction *self)
{
    return self->live && self->error == 0;
}

void lmdb_begin(Lmdb *self, Transaction *transaction)
{
    *transaction = (Transaction){.lmdb = self};
    transaction->error =
        self->env == NULL ? MDB_PANIC : mdb_txn_begin(self->env, NULL, 0, &transaction->handle);
    transaction->live = transaction->error == 0;
}

void lmdb_put(Transaction *self, size_t table, Bytes key, Bytes value, unsigned int flags)
{
    if (!usable(self)) return;
    MDB_val k = lend(key);
    MDB_val v = lend(value);
    errno = 0;
    self->error = mdb_put(self->handle, self->lmdb->handles[table], &k, &v, flags);
}

void lmdb_delete(Transaction *self, size_t table, Bytes key)
{
    if (!usable(self)) return;
    MDB_val k = lend(key);
    errno = 0;
    int error = mdb_del(self->handle, self->lmdb->handles[table], &k, NULL);
    if (error != MDB_NOTFOUND) self->error = error;
}

/* What the file says its last commit is, is still the one before transaction `id`. */
static bool unmoved(Lmdb *self, size_t id)
{
    MDB_txn *probe;
    if (mdb_txn_begin(self->env, NULL, MDB_RDONLY, &probe) != 0) return false;
    MDB_envinfo about;
    bool same = mdb_env_info(self->env, &about) == 0 && about.me_last_txnid + 1 == id &&
                mdb_txn_id(probe) + 1 == id;
    mdb_txn_abort(probe);
    return same;
}

/* LMDB gives EIO of its own where the disk was full after a part of a write. A failed system
 * call leaves its errno behind; the short write leaves none. */
static bool is_no_space(int error, int system_error)
{
    if (error == EIO) return system_error == 0;
    return error == ENOSPC || error == EDQUOT;
}

static CommitResult judge(Lmdb *self, int error, int system_error, size_t id)
{
    bool no_space = is_no_space(error, system_error);
    if ((error != MDB_MAP_FULL && !no_space) || id == 0 || !unmoved(self, id))
        return COMMIT_UNKNOWN;
    return no_space ? COMMIT_NO_SPACE : COMMIT_MAP_FULL;
}

CommitResult lmdb_commit(Transaction *self, char reason[static LMDB_REASON_SIZE])
{
    size_t id = self->live ? mdb_txn_id(self->handle) : 0;
    int system_error = self->error != 0 ? errno : 0;
    int error = self->error;
    if (self->live && error == 0) {
        errno = 0;
        error = mdb_txn_commit(self->handle);
        system_error = errno;
    } else if (self->live) {
        mdb_txn_abort(self->handle);
    }
    Lmdb *lmdb = self->lmdb;
    *self = (Transaction){0};
    if (error == 0) return COMMIT_DONE;
    CommitResult result = judge(lmdb, error, system_error, id);
    const char *why = result == COMMIT_NO_SPACE ? "no space left on the disk" : mdb_strerror(error);
    (void)snprintf(reason, LMDB_REASON_SIZE, "%s", why);
    return result;
}

void lmdb_abort(Transaction *self)
{
    if (self->handle != NULL) mdb_txn_abort(self->handle);
    *self = (Transaction){0};
}

/* --- reading --- */

bool lmdb_get(Transaction *self, size_t table, Bytes key, Bytes *value)
{
    if (!usable(self)) return false;
    MDB_val k = lend(key);
    MDB_val v;
    int error = mdb_get(self->handle, self->lmdb->handles[table], &k, &v);
    if (error != 0) {
        if (error != MDB_NOTFOUND) self->error = error;
        return false;
    }
    *value = lent(v);
    return true;
}

MDB_cursor *lmdb_cursor(Transaction *self, size_t table)
{
    if (!usable(self)) return NULL;
    MDB_cursor *cursor;
    self->error = mdb_cursor_open(self->handle, self->lmdb->handles[table], &cursor);
    return self->error == 0 ? cursor : NULL;
}

bool lmdb_step(Transaction *self, MDB_cursor *cursor, MDB_cursor_op move, Bytes *key, Bytes *value)
{
    if (cursor == NULL || !usable(self)) return false;
    MDB_val k = lend(*key);
    MDB_val v;
    int error = mdb_cursor_get(cursor, &k, &v, move);
    if (error != 0) {
        if (error != MDB_NOTFOUND) self->error = error;
        return false;
    }
    *key = lent(k);
    *value = lent(v);
    return true;
}

uint64_t lmdb_used_bytes(Transaction *self)
{
    uint64_t pages = 0;
    MDB_stat about = {0};
    for (size_t i = 0; usable(self) && i < self->lmdb->table_count; i++) {
        self->error = mdb_stat(self->handle, self->lmdb->handles[i], &about);
        pages += about.ms_branch_pages + about.ms_leaf_pages + about.ms_overflow_pages;
    }
    return pages * about.ms_psize;
}

bool lmdb_last(Transaction *self, size_t table, Bytes *key)
{
    MDB_cursor *cursor = lmdb_cursor(self, table);
    Bytes found = {0};
    Bytes value;
    bool some = lmdb_step(self, cursor, MDB_LAST, &found, &value);
    if (cursor != NULL) mdb_cursor_close(cursor);
    if (some) *key = found;
    return some;
}

/* --- snapshots --- */

void lmdb_renew(Lmdb *self, Transaction *snapshot)
{
    lmdb_release(snapshot);
    snapshot->lmdb = self;
    if (self->env == NULL)
        snapshot->error = MDB_PANIC;
    else if (snapshot->handle == NULL)
        snapshot->error = mdb_txn_begin(self->env, NULL, MDB_RDONLY, &snapshot->handle);
    else
        snapshot->error = mdb_txn_renew(snapshot->handle);
    snapshot->live = snapshot->error == 0;
}

void lmdb_release(Transaction *snapshot)
{
    if (snapshot->live) mdb_txn_reset(snapshot->handle);
    snapshot->live = false;
    snapshot->error = 0;
}
