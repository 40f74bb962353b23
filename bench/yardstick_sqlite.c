/* SQLite in this process: a table with b-trees, an R*Tree of the spans, FTS5 of the texts. */
#include "bench/database.h"
#include "bench/series.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE_ARENA_BYTES = 16 * 1024 * 1024,
    TEXT_SIZE = 2 * QUESTION_WORD_SIZE + 32,
};

typedef struct Sqlite {
    sqlite3 *database;
    sqlite3_stmt *puts[4]; /* events, spans, months, words */
    sqlite3_stmt *pages[QUESTION_KINDS];
    sqlite3_stmt *totals[QUESTION_KINDS];
    Arena *arena;
} Sqlite;

/* --- what is kept --- */

static const char settings[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF;"
                               "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                               "PRAGMA cache_size = -524288; PRAGMA mmap_size = 17179869184;"
                               "PRAGMA temp_store = MEMORY;";

static const char tables[] =
    "CREATE TABLE events (number INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL,"
    " kind TEXT, country TEXT, city TEXT, status TEXT, updated INTEGER, record BLOB);"
    "CREATE VIRTUAL TABLE spans USING rtree_i32 (number, start, last);"
    "CREATE TABLE months (month INTEGER, number INTEGER, PRIMARY KEY (month, number))"
    " WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE words USING fts5 (rest, name, title, content = '',"
    " tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');"
    "INSERT INTO words (words, rank) VALUES ('rank', 'bm25(1.0, 3.0, 6.0)');";

static const char *const inserts[] = {
    "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT INTO spans VALUES (?1, ?2, ?3)",
    "INSERT INTO months VALUES (?2, ?1)",
    "INSERT INTO words (rowid, rest, name, title) VALUES (?1, ?2, ?3, ?4)",
};

static const char indexes[] =
    "CREATE INDEX by_start ON events (start, number, country);"
    "CREATE INDEX by_country ON events (country, start, number, end);"
    "CREATE INDEX by_three ON events (country, kind, status, start, number);"
    "CREATE INDEX by_city ON events (city, updated);"
    "INSERT INTO words (words) VALUES ('optimize'); ANALYZE;";

/* --- what is asked: ?1 country, ?2 kind or city or words, ?3 and ?4 the month --- */

#define IN_ORDER    " ORDER BY start, number LIMIT 100"
#define PAGE(where) "SELECT record FROM events WHERE " where IN_ORDER
/* First the hundred, then their records: what is sorted stays small. */
#define HITS(from, where, order)                                                                   \
    "SELECT record FROM (SELECT e.number AS hit FROM " from " WHERE " where " ORDER BY " order     \
    " LIMIT 100) JOIN events ON number = hit"
#define BEST(where)                                                                                \
    "SELECT record FROM (SELECT rowid AS hit FROM words WHERE " where                              \
    " ORDER BY rank LIMIT 100) JOIN events ON number = hit"
#define COUNT(from, where) "SELECT count(*) FROM " from " WHERE " where
#define WORDS              "words JOIN events e ON e.number = words.rowid"
/* CROSS: the spans first, whatever the planner thinks of an R*Tree */
#define SPANS "spans s CROSS JOIN events e ON e.number = s.number"

static const char *const pages[QUESTION_KINDS] = {
    [QUESTION_ONE_FACET] = PAGE("country = ?1"),
    [QUESTION_THREE_FACETS] = PAGE("country = ?1 AND kind = ?2 AND status = 'confirmed'"),
    [QUESTION_FACET_AND_MONTH] = PAGE("country = ?1 AND start < ?4 AND end > ?3"),
    [QUESTION_TWO_WORDS] = HITS(WORDS, "words MATCH ?2", "e.start, e.number"),
    [QUESTION_PREFIX_AND_COUNTRY] =
        HITS(WORDS, "words MATCH ?2 AND e.country = ?1", "e.start, e.number"),
    [QUESTION_NEGATION] = PAGE("country IS NOT ?1"),
    [QUESTION_OVERLAP] = HITS(SPANS, "s.start < ?4 AND s.last >= ?3", "e.start, e.number"),
    [QUESTION_LATEST] = "SELECT record FROM events WHERE city = ?2 ORDER BY updated DESC LIMIT 100",
    [QUESTION_TWO_WORDS_BEST] = BEST("words MATCH ?2"),
    [QUESTION_COUNT_BY_MONTH] = "SELECT month, count(*) FROM months GROUP BY month",
    [QUESTION_COUNT_BY_COUNTRY] =
        "SELECT country, count(*) FROM events WHERE country IS NOT NULL GROUP BY country",
};

static const char *const totals[QUESTION_KINDS] = {
    [QUESTION_ONE_FACET] = COUNT("events", "country = ?1"),
    [QUESTION_THREE_FACETS] =
        COUNT("events", "country = ?1 AND kind = ?2 AND status = 'confirmed'"),
    [QUESTION_FACET_AND_MONTH] = COUNT("events", "country = ?1 AND start < ?4 AND end > ?3"),
    [QUESTION_TWO_WORDS] = COUNT("words", "words MATCH ?2"),
    [QUESTION_PREFIX_AND_COUNTRY] = COUNT(WORDS, "words MATCH ?2 AND e.country = ?1"),
    [QUESTION_NEGATION] = COUNT("events", "country IS NOT ?1"),
    [QUESTION_OVERLAP] = COUNT("spans", "start < ?4 AND last >= ?3"),
    [QUESTION_LATEST] = COUNT("events", "city = ?2"),
    [QUESTION_TWO_WORDS_BEST] = COUNT("words", "words MATCH ?2"),
};

/* --- open and close --- */

static bool complain(const Sqlite *self, Trouble *trouble)
{
    return trouble_set(trouble, "SQLite: %s", sqlite3_errmsg(self->database));
}

static bool run(const Sqlite *self, const char *sql, Trouble *trouble)
{
    return sqlite3_exec(self->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           complain(self, trouble);
}

static bool prepare(const Sqlite *self, const char *sql, sqlite3_stmt **statement, Trouble *trouble)
{
    if (!sql || *statement) return true;
    return sqlite3_prepare_v2(self->database, sql, -1, statement, NULL) == SQLITE_OK ||
           complain(self, trouble);
}

static void close_database(void *database)
{
    Sqlite *self = database;
    if (!self) return;
    for (size_t i = 0; i < sizeof self->puts / sizeof *self->puts; i++)
        sqlite3_finalize(self->puts[i]);
    for (size_t i = 0; i < QUESTION_KINDS; i++) {
        sqlite3_finalize(self->pages[i]);
        sqlite3_finalize(self->totals[i]);
    }
    sqlite3_close(self->database);
    arena_destroy(&self->arena);
    free(self);
}

static void *open_database(const char *folder, Trouble *trouble)
{
    char path[DATABASE_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/events.sqlite", folder);
    Sqlite *self = calloc(1, sizeof *self);
    if (self) self->arena = arena_new(PAGE_ARENA_BYTES);
    if (!self || !self->arena)
        trouble_set(trouble, "no memory is left");
    else if (sqlite3_open(path, &self->database) != SQLITE_OK)
        complain(self, trouble);
    else if (run(self, settings, trouble))
        return self;
    close_database(self);
    return NULL;
}

/* --- filling --- */

/* The version that the user of a database file may set holds how many events it was filled with. */
static bool has(void *database, uint64_t events)
{
    Sqlite *self = database;
    sqlite3_stmt *statement = NULL;
    uint64_t found = 0;
    (void)sqlite3_prepare_v2(self->database, "PRAGMA user_version", -1, &statement, NULL);
    if (sqlite3_step(statement) == SQLITE_ROW) found = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return found == events;
}

static bool begin(void *database, Trouble *trouble)
{
    Sqlite *self = database;
    sqlite3_db_config(self->database, SQLITE_DBCONFIG_RESET_DATABASE, 1, 0);
    bool emptied = run(self, "VACUUM", trouble);
    sqlite3_db_config(self->database, SQLITE_DBCONFIG_RESET_DATABASE, 0, 0);
    if (!emptied || !run(self, tables, trouble) || !run(self, "BEGIN", trouble)) return false;
    for (size_t i = 0; i < sizeof self->puts / sizeof *self->puts; i++)
        if (!prepare(self, inserts[i], &self->puts[i], trouble)) return false;
    return true;
}

static bool put_done(const Sqlite *self, sqlite3_stmt *statement, Trouble *trouble)
{
    bool done = sqlite3_step(statement) == SQLITE_DONE;
    if (!done) complain(self, trouble);
    sqlite3_reset(statement);
    return done;
}

static bool put_event(const Sqlite *self, const DatabaseRow *row, Trouble *trouble)
{
    sqlite3_stmt *statement = self->puts[0];
    sqlite3_bind_int64(statement, 1, row->number);
    sqlite3_bind_int(statement, 2, row->start);
    sqlite3_bind_int(statement, 3, row->end);
    sqlite3_bind_text(statement, 4, row->kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, row->country, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, row->city, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 7, row->status, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 8, row->updated);
    sqlite3_bind_blob(statement, 9, row->record, (int)row->record_bytes, SQLITE_STATIC);
    return put_done(self, statement, trouble);
}

static bool put_months(const Sqlite *self, const DatabaseRow *row, Trouble *trouble)
{
    int32_t first;
    int32_t last;
    database_months(row, &first, &last);
    sqlite3_bind_int64(self->puts[2], 1, row->number);
    for (int32_t month = first; month <= last; month++) {
        sqlite3_bind_int(self->puts[2], 2, month);
        if (!put_done(self, self->puts[2], trouble)) return false;
    }
    return true;
}

static bool put(void *database, const DatabaseRow *row, Trouble *trouble)
{
    Sqlite *self = database;
    sqlite3_bind_int64(self->puts[1], 1, row->number);
    sqlite3_bind_int(self->puts[1], 2, row->start);
    sqlite3_bind_int(self->puts[1], 3, row->end > row->start ? row->end - 1 : row->start);
    sqlite3_bind_int64(self->puts[3], 1, row->number);
    for (int i = 0; i < DATABASE_TEXTS; i++)
        sqlite3_bind_text(self->puts[3], 2 + i, row->texts[i], -1, SQLITE_STATIC);
    return put_event(self, row, trouble) && put_months(self, row, trouble) &&
           put_done(self, self->puts[1], trouble) && put_done(self, self->puts[3], trouble);
}

static bool finish(void *database, uint64_t events, Trouble *trouble)
{
    Sqlite *self = database;
    char mark[64];
    (void)snprintf(mark, sizeof mark, "PRAGMA user_version = %llu", (unsigned long long)events);
    return run(self, "COMMIT", trouble) && run(self, indexes, trouble) && run(self, mark, trouble);
}

/* --- asking --- */

static void bind(sqlite3_stmt *statement, const Question *question, const char *text)
{
    int32_t start;
    int32_t end;
    database_bounds(question, &start, &end);
    const char *second = question->kind == QUESTION_THREE_FACETS ? question->event_kind
                         : question->kind == QUESTION_LATEST     ? question->city
                                                                 : text;
    sqlite3_bind_text(statement, 1, question->country, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, second, -1, SQLITE_STATIC);
    sqlite3_bind_int(statement, 3, start);
    sqlite3_bind_int(statement, 4, end);
}

static bool take_page(Sqlite *self, sqlite3_stmt *statement, DatabasePage *page, Answer *answer,
                      Trouble *trouble)
{
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        size_t size = (size_t)sqlite3_column_bytes(statement, 0);
        uint8_t *record = arena_alloc(self->arena, size);
        if (!record) return trouble_set(trouble, "the page is too large");
        memcpy(record, sqlite3_column_blob(statement, 0), size);
        database_page_add(page, record, size);
        answer->bytes += size;
        answer->found++;
    }
    return step == SQLITE_DONE || complain(self, trouble);
}

static bool take_buckets(const Sqlite *self, sqlite3_stmt *statement, Answer *answer,
                         Trouble *trouble)
{
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        answer->bytes += (size_t)sqlite3_column_bytes(statement, 0);
        answer->total += (uint64_t)sqlite3_column_int64(statement, 1);
        answer->found++;
    }
    return step == SQLITE_DONE || complain(self, trouble);
}

static bool take_total(const Sqlite *self, sqlite3_stmt *statement, Answer *answer,
                       Trouble *trouble)
{
    if (sqlite3_step(statement) != SQLITE_ROW) return complain(self, trouble);
    answer->total = (uint64_t)sqlite3_column_int64(statement, 0);
    return true;
}

static bool answer_page(Sqlite *self, const Question *question, const char *text, Answer *answer,
                        Trouble *trouble)
{
    DatabasePage page = {.arena = self->arena};
    sqlite3_stmt *statement = self->pages[question->kind];
    int64_t start_ns = series_now_ns();
    bind(statement, question, text);
    bool done = question_is_count(question->kind)
                    ? take_buckets(self, statement, answer, trouble)
                    : take_page(self, statement, &page, answer, trouble);
    sqlite3_reset(statement);
    answer->reply_ns = series_now_ns() - start_ns;
    done = done && database_page_unpack(&page, trouble);
    answer->records_ns = series_now_ns() - start_ns;
    return done;
}

static bool ask(void *database, const Question *question, Answer *answer, Trouble *trouble)
{
    Sqlite *self = database;
    QuestionKind kind = question->kind;
    char text[TEXT_SIZE];
    if (kind == QUESTION_PREFIX_AND_COUNTRY)
        (void)snprintf(text, sizeof text, "\"%s\"*", question->words[0]);
    else
        (void)snprintf(text, sizeof text, "\"%s\" AND \"%s\"", question->words[0],
                       question->words[1]);
    if (!prepare(self, pages[kind], &self->pages[kind], trouble) ||
        !prepare(self, totals[kind], &self->totals[kind], trouble))
        return false;
    *answer = (Answer){0};
    arena_reset(self->arena);
    if (!answer_page(self, question, text, answer, trouble)) return false;
    if (!totals[kind]) return true;
    int64_t start_ns = series_now_ns();
    bind(self->totals[kind], question, text);
    bool done = take_total(self, self->totals[kind], answer, trouble);
    sqlite3_reset(self->totals[kind]);
    answer->total_ns = series_now_ns() - start_ns;
    return done;
}

const DatabaseKind database_sqlite = {
    .name = "SQLite",
    .open = open_database,
    .has = has,
    .begin = begin,
    .put = put,
    .finish = finish,
    .ask = ask,
    .close = close_database,
};
