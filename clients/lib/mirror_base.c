#include "clients/lib/mirror_base.h"

#include "clients/lib/folders.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MODE = 0600,
    PATH_SIZE = 4096,
    PID_TEXT_SIZE = 32,
    RENEW_ROWS_MAX = 1000, /* of one transaction */
};

#define DAMAGED ".damaged"
#define BESIDE  ".new"

static const char *const table_names[BASE_GENERATIONS][BASE_TABLES] = {
    {"events.0", "ids.0", "organisations.0"},
    {"events.1", "ids.1", "organisations.1"},
};
static const char state_key[] = "state";

StatusCode base_explain(const MirrorBase *self, int error, Problem *problem)
{
    if (error == MDB_MAP_FULL)
        return problem_set(problem, STATUS_UNAVAILABLE,
                           "%s has reached its bound of %d GiB; narrow the filters", self->path,
                           BASE_MAP_GIB);
    /* LMDB gives EIO of its own where a full disk took a part of a write. */
    const char *hint = error == EIO ? "; is the disk full?" : "";
    return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s%s", self->path, mdb_strerror(error),
                       hint);
}

/* --- the lock --- */

static StatusCode locked_by_another(int lock, const char *folder, Problem *problem)
{
    char pid[PID_TEXT_SIZE];
    ssize_t length = pread(lock, pid, sizeof pid - 1, 0);
    pid[length > 0 ? length : 0] = '\0';
    pid[strcspn(pid, "\n")] = '\0';
    return problem_set(problem, STATUS_FAILED_PRECONDITION,
                       "%s is in use by another process (pid %s)", folder,
                       pid[0] ? pid : "unknown");
}

/* The pid is for people: a full disk that cannot hold it is no reason not to start. */
static void write_pid(int lock)
{
    char pid[PID_TEXT_SIZE];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) == 0) (void)!pwrite(lock, pid, (size_t)length, 0);
}

static StatusCode take_lock(MirrorBase *self, const char *folder, Problem *problem)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/lock", folder);
    self->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (self->lock < 0)
        return problem_set(problem, STATUS_UNAVAILABLE, "%s: %s", path, strerror(errno));
    if (flock(self->lock, LOCK_EX | LOCK_NB) == 0) {
        write_pid(self->lock);
        return STATUS_OK;
    }
    StatusCode code = errno == EWOULDBLOCK ? locked_by_another(self->lock, folder, problem)
                                           : problem_set(problem, STATUS_UNAVAILABLE, "%s: %s",
                                                         path, strerror(errno));
    (void)close(self->lock);
    self->lock = -1;
    return code;
}

/* --- opening --- */

/* The path of a file beside the mirror's. */
static void name_beside(const MirrorBase *self, const char *suffix, char path[static PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s%s", self->path, suffix);
}

static int remove_beside(const MirrorBase *self, const char *suffix)
{
    char path[PATH_SIZE];
    name_beside(self, suffix, path);
    return unlink(path) == 0 || errno == ENOENT ? 0 : errno;
}

/* One that was being written anew when the process ended. */
static int remove_new(const MirrorBase *self)
{
    int error = remove_beside(self, BESIDE);
    return error ? error : remove_beside(self, BESIDE "-lock");
}

static int open_tables(MirrorBase *self)
{
    MDB_txn *transaction;
    int error = mdb_txn_begin(self->env, NULL, 0, &transaction);
    if (error) return error;
    error = mdb_dbi_open(transaction, "meta", MDB_CREATE, &self->meta);
    for (size_t i = 0; i < BASE_GENERATIONS && !error; i++)
        for (size_t t = 0; t < BASE_TABLES && !error; t++)
            error = mdb_dbi_open(transaction, table_names[i][t], MDB_CREATE, &self->tables[i][t]);
    if (!error) return mdb_txn_commit(transaction);
    mdb_txn_abort(transaction);
    return error;
}

/* A file that lost its end would be a fault of memory at the first look there. */
static bool is_cut_short(const MirrorBase *self)
{
    MDB_envinfo about;
    MDB_stat pages;
    struct stat file;
    int descriptor;
    if (mdb_env_info(self->env, &about) != 0 || mdb_env_stat(self->env, &pages) != 0) return true;
    if (mdb_env_get_fd(self->env, &descriptor) != 0 || fstat(descriptor, &file) != 0) return true;
    return (uint64_t)file.st_size < (about.me_last_pgno + 1) * (uint64_t)pages.ms_psize;
}

static int open_environment(MirrorBase *self, const char *path)
{
    int error = mdb_env_create(&self->env);
    if (error) return error;
    error = mdb_env_set_mapsize(self->env, (size_t)BASE_MAP_GIB << 30);
    if (!error) error = mdb_env_set_maxdbs(self->env, 1 + BASE_GENERATIONS * BASE_TABLES);
    if (!error) error = mdb_env_open(self->env, path, MDB_NOSUBDIR, FILE_MODE);
    if (!error && is_cut_short(self)) error = MDB_CORRUPTED;
    if (!error) error = open_tables(self);
    if (!error) return 0;
    mdb_env_close(self->env);
    self->env = NULL;
    return error;
}

static bool is_damage(int error)
{
    return error == MDB_INVALID || error == MDB_VERSION_MISMATCH || error == MDB_CORRUPTED ||
           error == MDB_PAGE_NOTFOUND || error == MDB_INCOMPATIBLE || error == MDB_PANIC;
}

static int put_aside(MirrorBase *self)
{
    char other[PATH_SIZE];
    (void)remove_beside(self, "-lock");
    name_beside(self, DAMAGED, other);
    self->was_damaged = true;
    return rename(self->path, other) == 0 ? 0 : errno;
}

StatusCode base_open(MirrorBase *self, const char *folder, Problem *problem)
{
    char path[PATH_SIZE];
    *self = (MirrorBase){.lock = -1};
    int length = snprintf(path, sizeof path, "%s/mirror.mdb", folder);
    if (length < 0 || length >= PATH_SIZE - 16)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "the path is too long: %s", folder);
    self->path = strdup(path);
    if (!self->path) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    StatusCode code = take_lock(self, folder, problem);
    if (code != STATUS_OK) goto failed;
    int error = remove_new(self);
    if (!error) error = open_environment(self, self->path);
    if (is_damage(error)) error = put_aside(self);
    if (!error && !self->env) error = open_environment(self, self->path);
    code = error ? base_explain(self, error, problem) : folders_sync(folder, problem);
    if (code == STATUS_OK) return STATUS_OK;

failed:
    base_close(self);
    return code;
}

void base_close(MirrorBase *self)
{
    base_abort(self);
    if (self->env) mdb_env_close(self->env);
    if (self->lock >= 0) (void)close(self->lock);
    free(self->path);
    *self = (MirrorBase){.lock = -1};
}

/* --- the transaction --- */

static int begin(MirrorBase *self)
{
    if (self->transaction) return 0;
    return self->env ? mdb_txn_begin(self->env, NULL, 0, &self->transaction) : EIO;
}

void base_abort(MirrorBase *self)
{
    if (self->transaction) mdb_txn_abort(self->transaction);
    self->transaction = NULL;
}

int base_commit(MirrorBase *self)
{
    MDB_txn *transaction = self->transaction;
    self->transaction = NULL;
    return transaction ? mdb_txn_commit(transaction) : 0;
}

/* What a failed write leaves of a transaction cannot be used. */
static int wrote(MirrorBase *self, int error)
{
    if (error) base_abort(self);
    return error;
}

/* --- rows --- */

bool base_state(MirrorBase *self, MDB_val *state)
{
    MDB_val key = {sizeof state_key - 1, (void *)(uintptr_t)state_key};
    return begin(self) == 0 && mdb_get(self->transaction, self->meta, &key, state) == 0;
}

int base_put_state(MirrorBase *self, const void *state, size_t size)
{
    MDB_val key = {sizeof state_key - 1, (void *)(uintptr_t)state_key};
    MDB_val value = {size, (void *)(uintptr_t)state};
    int error = begin(self);
    return error ? error : wrote(self, mdb_put(self->transaction, self->meta, &key, &value, 0));
}

bool base_get(MirrorBase *self, size_t generation, BaseTable table, MDB_val key, MDB_val *value)
{
    return begin(self) == 0 &&
           mdb_get(self->transaction, self->tables[generation][table], &key, value) == 0;
}

int base_put(MirrorBase *self, size_t generation, BaseTable table, MDB_val key, MDB_val value)
{
    int error = begin(self);
    if (error) return error;
    return wrote(self,
                 mdb_put(self->transaction, self->tables[generation][table], &key, &value, 0));
}

int base_delete(MirrorBase *self, size_t generation, BaseTable table, MDB_val key)
{
    int error = begin(self);
    if (error) return error;
    error = mdb_del(self->transaction, self->tables[generation][table], &key, NULL);
    return error == MDB_NOTFOUND ? 0 : wrote(self, error);
}

int base_clear(MirrorBase *self, size_t generation)
{
    int error = begin(self);
    for (size_t t = 0; t < BASE_TABLES && !error; t++)
        error = wrote(self, mdb_drop(self->transaction, self->tables[generation][t], 0));
    return error;
}

size_t base_count(MirrorBase *self, size_t generation, BaseTable table)
{
    MDB_stat about;
    if (begin(self) != 0) return 0;
    bool known = mdb_stat(self->transaction, self->tables[generation][table], &about) == 0;
    return known ? about.ms_entries : 0;
}

MDB_cursor *base_cursor(MirrorBase *self, size_t generation, BaseTable table)
{
    MDB_cursor *cursor;
    if (begin(self) != 0) return NULL;
    int error = mdb_cursor_open(self->transaction, self->tables[generation][table], &cursor);
    return error ? NULL : cursor;
}

/* --- written anew --- */

static int copy_rows(MDB_cursor *rows, MirrorBase *to, size_t generation, BaseTable table)
{
    MDB_val key;
    MDB_val value;
    size_t count = 0;
    int error = mdb_cursor_get(rows, &key, &value, MDB_FIRST);
    for (; !error; error = mdb_cursor_get(rows, &key, &value, MDB_NEXT)) {
        error = base_put(to, generation, table, key, value);
        if (!error && ++count % RENEW_ROWS_MAX == 0) error = base_commit(to);
        if (error) return error;
    }
    return error == MDB_NOTFOUND ? 0 : error;
}

static int copy_tables(MirrorBase *self, MirrorBase *to, size_t generation)
{
    int error = 0;
    for (size_t t = 0; t < BASE_TABLES && !error; t++) {
        MDB_cursor *rows = base_cursor(self, generation, (BaseTable)t);
        error = rows ? copy_rows(rows, to, generation, (BaseTable)t) : MDB_BAD_TXN;
        if (rows) mdb_cursor_close(rows);
    }
    return error;
}

/* The other file, whole and durable. */
static int write_new(MirrorBase *self, size_t generation, const void *state, size_t size)
{
    char path[PATH_SIZE];
    MirrorBase fresh = {.lock = -1, .path = self->path};
    int error = remove_new(self);
    name_beside(self, BESIDE, path);
    if (!error) error = open_environment(&fresh, path);
    if (!error) error = copy_tables(self, &fresh, generation);
    if (!error) error = base_put_state(&fresh, state, size);
    if (!error) error = base_commit(&fresh);
    base_abort(&fresh);
    base_abort(self);
    if (fresh.env) mdb_env_close(fresh.env);
    return error;
}

static int sync_folder(const MirrorBase *self)
{
    char folder[PATH_SIZE];
    Problem problem; /* says the same as errno */
    problem_clear(&problem);
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(self->path, '/') - self->path),
                   self->path);
    return folders_sync(folder, &problem) == STATUS_OK ? 0 : EIO;
}

int base_renew(MirrorBase *self, size_t generation, const void *state, size_t size)
{
    char path[PATH_SIZE];
    assert(!self->transaction);
    int error = self->env ? 0 : open_environment(self, self->path);
    if (!error) error = write_new(self, generation, state, size);
    if (!error) error = remove_beside(self, DAMAGED);
    if (error) {
        (void)remove_new(self);
        return error;
    }
    name_beside(self, BESIDE, path);
    mdb_env_close(self->env);
    self->env = NULL;
    error = rename(path, self->path) == 0 ? sync_folder(self) : errno;
    (void)remove_new(self);
    int opened = open_environment(self, self->path);
    return error ? error : opened;
}
