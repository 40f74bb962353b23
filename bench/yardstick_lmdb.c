#include "bench/series.h"
#include "bench/yardstick.h"

#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    PATH_SIZE = 1024,
};

typedef struct Appender {
    MDB_env *env;
    MDB_dbi table;
    const Pool *pool;
    uint64_t next;
} Appender;

/* One transaction of `count` records. */
static int append_group(Appender *self, size_t count)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(self->env, NULL, 0, &txn);
    for (size_t i = 0; i < count && code == 0; i++) {
        size_t place = self->next % self->pool->count;
        uint64_t sequence = ++self->next;
        MDB_val key = {sizeof sequence, &sequence};
        MDB_val value = {self->pool->sizes[place], self->pool->changes[place]};
        code = mdb_put(txn, self->table, &key, &value, MDB_APPEND);
    }
    if (code == 0) return mdb_txn_commit(txn);
    if (txn) mdb_txn_abort(txn);
    return code;
}

static int append_all(Appender *self, size_t records, size_t group, Series *commits)
{
    while (self->next < records) {
        size_t left = records - self->next;
        int64_t start_ns = series_now_ns();
        int code = append_group(self, left < group ? left : group);
        if (code != 0) return code;
        series_add(commits, series_now_ns() - start_ns);
    }
    return 0;
}

/* Touches every byte, as reading a record does. */
static int scan(Appender *self, uint64_t *sum)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key;
    MDB_val value;
    int code = mdb_txn_begin(self->env, NULL, MDB_RDONLY, &txn);
    if (code == 0) code = mdb_cursor_open(txn, self->table, &cursor);
    while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        for (size_t i = 0; i < value.mv_size; i++)
            *sum += ((const uint8_t *)value.mv_data)[i];
    if (cursor) mdb_cursor_close(cursor);
    if (txn) mdb_txn_abort(txn);
    return code == MDB_NOTFOUND ? 0 : code;
}

static int open_table(Appender *self, const char *path, size_t map_bytes)
{
    MDB_txn *txn = NULL;
    int code = mdb_env_create(&self->env);
    if (code == 0) code = mdb_env_set_mapsize(self->env, map_bytes);
    if (code == 0) code = mdb_env_open(self->env, path, 0, 0600);
    if (code == 0) code = mdb_txn_begin(self->env, NULL, 0, &txn);
    if (code == 0) code = mdb_dbi_open(txn, NULL, MDB_INTEGERKEY | MDB_CREATE, &self->table);
    if (code == 0) return mdb_txn_commit(txn);
    if (txn) mdb_txn_abort(txn);
    return code;
}

bool yardstick_lmdb(const Pool *pool, const char *folder, size_t records, size_t group,
                    LmdbFigures *figures, Trouble *trouble)
{
    char path[PATH_SIZE];
    Series commits;
    uint64_t sum = 0;
    Appender appender = {.pool = pool};
    (void)snprintf(path, sizeof path, "%s/yardstick-%zu", folder, group);
    if (mkdir(path, 0700) != 0) return trouble_set(trouble, "%s: %s", path, strerror(errno));
    if (!series_init(&commits, records / group + 1))
        return trouble_set(trouble, "no memory is left");

    size_t page_bytes_of_record = 8192 + pool_mean_bytes(pool) * 4;
    int code = open_table(&appender, path, records * page_bytes_of_record + (1U << 26));
    int64_t start_ns = series_now_ns();
    if (code == 0) code = append_all(&appender, records, group, &commits);
    int64_t appended_ns = series_now_ns();
    if (code == 0) code = scan(&appender, &sum);
    figures->per_second = (double)records * 1e9 / (double)(appended_ns - start_ns);
    figures->scan_ms = (double)(series_now_ns() - appended_ns) / 1e6;
    figures->commit_p50_us = series_percentile_us(&commits, 50);
    figures->commit_p99_us = series_percentile_us(&commits, 99);

    if (appender.env) mdb_env_close(appender.env);
    series_free(&commits);
    if (code != 0) return trouble_set(trouble, "bare LMDB: %s", mdb_strerror(code));
    return sum != 0 || trouble_set(trouble, "bare LMDB: nothing was read");
}
