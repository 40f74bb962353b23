/* PostgreSQL in a server of its own: b-trees, GIN of a tsvector, GiST of the spans; libpq with
 * prepared statements over a Unix socket. */
#include "bench/cluster.h"
#include "bench/database.h"
#include "bench/series.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE_ARENA_BYTES = 16 * 1024 * 1024,
    NUMBER_SIZE = 24,
    TEXT_SIZE = 2 * QUESTION_WORD_SIZE + 16,
    NAME_SIZE = 32,
    ROW_VALUES = 12,
    ROWS_AT_ONCE = 200, /* in the pipeline before their results are read */
    PARAMETERS_MAX = 3,
    BINARY = 1,
};

typedef struct Postgres {
    Cluster cluster;
    PGconn *connection;
    Arena *arena;
    size_t waiting; /* statements whose results have not been read */
    bool prepared[QUESTION_KINDS];
} Postgres;

/* --- what is kept --- */

#define CREATE_EVENTS                                                                              \
    "CREATE TABLE events (number int PRIMARY KEY, updated bigint, start int NOT NULL, during "     \
    "int4range, kind text, status text, country text, city text, words tsvector, record bytea)"

static const char *const tables[] = {
    "DROP TABLE IF EXISTS filled, events, months",
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    (CREATE_EVENTS),
    "CREATE TABLE months (month int, number int)",
    "BEGIN",
};

static const char put_sql[] =
    "WITH put AS (INSERT INTO months SELECT generate_series($11::int, $12::int), $1::int) "
    "INSERT INTO events VALUES ($1::int, $2::bigint, $3::int, int4range($3::int, $4::int), $5, $6, "
    "$7, $8, to_tsvector('simple', $9::text), $10::bytea)";

static const char *const indexes[] = {
    "COMMIT",
    "CREATE INDEX ON events (start, number)",
    "CREATE INDEX ON events (country, start, number)",
    "CREATE INDEX ON events (country, kind, status, start, number)",
    "CREATE INDEX ON events (city, updated)",
    "CREATE INDEX ON events USING gin (words)",
    "CREATE INDEX ON events USING gist (during)",
    "CREATE INDEX ON events USING gist (country, during)",
    "CREATE INDEX ON months (month)",
    "VACUUM (ANALYZE)",
    "CHECKPOINT",
};

/* --- what is asked --- */

typedef enum Parameter { NONE, COUNTRY, CITY, KIND, WORDS, FROM, TO } Parameter;

typedef struct Asked {
    const char *where; /* NULL: `whole` is a statement of its own */
    const char *order;
    const char *whole;
    Parameter parameters[PARAMETERS_MAX];
} Asked;

#define IN_ORDER "start, number"

static const Asked asked[QUESTION_KINDS] = {
    [QUESTION_ONE_FACET] = {"country = $1", IN_ORDER, NULL, {COUNTRY}},
    [QUESTION_THREE_FACETS] = {"country = $1 AND kind = $2 AND status = 'confirmed'",
                               IN_ORDER,
                               NULL,
                               {COUNTRY, KIND}},
    [QUESTION_FACET_AND_MONTH] = {"country = $1 AND during && int4range($2::int, $3::int)",
                                  IN_ORDER,
                                  NULL,
                                  {COUNTRY, FROM, TO}},
    [QUESTION_TWO_WORDS] = {"words @@ to_tsquery('simple', $1)", IN_ORDER, NULL, {WORDS}},
    [QUESTION_PREFIX_AND_COUNTRY] = {"words @@ to_tsquery('simple', $1) AND country = $2",
                                     IN_ORDER,
                                     NULL,
                                     {WORDS, COUNTRY}},
    [QUESTION_NEGATION] = {"country IS DISTINCT FROM $1", IN_ORDER, NULL, {COUNTRY}},
    [QUESTION_OVERLAP] = {"during && int4range($1::int, $2::int)", IN_ORDER, NULL, {FROM, TO}},
    [QUESTION_LATEST] = {"city = $1", "updated DESC", NULL, {CITY}},
    [QUESTION_TWO_WORDS_BEST] = {"words @@ to_tsquery('simple', $1)",
                                 "ts_rank(words, to_tsquery('simple', $1)) DESC",
                                 NULL,
                                 {WORDS}},
    [QUESTION_COUNT_BY_MONTH] = {NULL,
                                 NULL,
                                 "SELECT month::text, count(*)::text FROM months GROUP BY month",
                                 {NONE}},
    [QUESTION_COUNT_BY_COUNTRY] = {NULL,
                                   NULL,
                                   "SELECT country, count(*)::text FROM events WHERE country IS "
                                   "NOT NULL GROUP BY country",
                                   {NONE}},
};

/* --- open and close --- */

static bool complain(const Postgres *self, Trouble *trouble)
{
    return trouble_set(trouble, "PostgreSQL: %s", PQerrorMessage(self->connection));
}

static bool run(const Postgres *self, const char *const *statements, size_t count, Trouble *trouble)
{
    for (size_t i = 0; i < count; i++) {
        PGresult *result = PQexec(self->connection, statements[i]);
        bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!done) return complain(self, trouble);
    }
    return true;
}

static bool prepare(const Postgres *self, const char *name, const char *sql, Trouble *trouble)
{
    PGresult *result = PQprepare(self->connection, name, sql, 0, NULL);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return done || complain(self, trouble);
}

static void close_database(void *database)
{
    Postgres *self = database;
    if (!self) return;
    if (self->connection) PQfinish(self->connection);
    cluster_stop(&self->cluster);
    arena_destroy(&self->arena);
    free(self);
}

static void *open_database(const char *folder, Trouble *trouble)
{
    static const char *const quiet[] = {"SET client_min_messages = warning"};
    char address[CLUSTER_PATH_SIZE + 64];
    Postgres *self = calloc(1, sizeof *self);
    if (self) self->arena = arena_new(PAGE_ARENA_BYTES);
    bool ready = self && self->arena;
    if (!ready) trouble_set(trouble, "no memory is left");
    ready = ready && cluster_start(&self->cluster, folder, trouble);
    if (ready) {
        cluster_address(&self->cluster, address);
        self->connection = PQconnectdb(address);
        ready = PQstatus(self->connection) == CONNECTION_OK;
        if (!ready) complain(self, trouble);
    }
    if (ready && run(self, quiet, 1, trouble)) return self;
    close_database(self);
    return NULL;
}

/* --- filling --- */

/* The table `filled` is made last. */
static bool has(void *database, uint64_t events)
{
    Postgres *self = database;
    PGresult *result = PQexec(self->connection, "SELECT events::text FROM filled");
    bool found = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
                 strtoull(PQgetvalue(result, 0, 0), NULL, 10) == events;
    PQclear(result);
    return found;
}

static bool begin(void *database, Trouble *trouble)
{
    Postgres *self = database;
    return run(self, tables, sizeof tables / sizeof *tables, trouble) &&
           prepare(self, "put", put_sql, trouble) &&
           (PQenterPipelineMode(self->connection) || complain(self, trouble));
}

/* Reads the results of what is in the pipeline. */
static bool drain(Postgres *self, Trouble *trouble)
{
    if (!PQpipelineSync(self->connection)) return complain(self, trouble);
    for (bool synced = false; !synced;) {
        PGresult *result = PQgetResult(self->connection);
        ExecStatusType status = result ? PQresultStatus(result) : PGRES_COMMAND_OK;
        PQclear(result);
        synced = status == PGRES_PIPELINE_SYNC;
        if (!synced && status != PGRES_COMMAND_OK) return complain(self, trouble);
    }
    self->waiting = 0;
    return true;
}

/* The texts of all weights in one: how much a word weighs is not what is compared. */
static char *whole_text(Postgres *self, const DatabaseRow *row)
{
    return arena_printf(self->arena, "%s%s%s", row->texts[TEXT_TITLE], row->texts[TEXT_NAME],
                        row->texts[TEXT_REST]);
}

static bool put(void *database, const DatabaseRow *row, Trouble *trouble)
{
    Postgres *self = database;
    char numbers[6][NUMBER_SIZE];
    int32_t first;
    int32_t last;
    database_months(row, &first, &last);
    const int64_t parts[] = {row->number, row->updated, row->start, row->end, first, last};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        (void)snprintf(numbers[i], NUMBER_SIZE, "%lld", (long long)parts[i]);
    arena_reset(self->arena);
    const char *values[ROW_VALUES] = {numbers[0],
                                      numbers[1],
                                      numbers[2],
                                      numbers[3],
                                      row->kind,
                                      row->status,
                                      row->country,
                                      row->city,
                                      whole_text(self, row),
                                      (const char *)row->record,
                                      numbers[4],
                                      numbers[5]};
    const int lengths[ROW_VALUES] = {[9] = (int)row->record_bytes};
    const int formats[ROW_VALUES] = {[9] = BINARY};
    if (!PQsendQueryPrepared(self->connection, "put", ROW_VALUES, values, lengths, formats, BINARY))
        return complain(self, trouble);
    return ++self->waiting < ROWS_AT_ONCE || drain(self, trouble);
}

static bool finish(void *database, uint64_t events, Trouble *trouble)
{
    Postgres *self = database;
    char mark[128];
    const char *const marks[] = {mark};
    (void)snprintf(mark, sizeof mark, "CREATE TABLE filled AS SELECT %llu::bigint AS events",
                   (unsigned long long)events);
    return drain(self, trouble) &&
           (PQexitPipelineMode(self->connection) || complain(self, trouble)) &&
           run(self, indexes, sizeof indexes / sizeof *indexes, trouble) &&
           run(self, marks, 1, trouble);
}

/* --- asking --- */

/* Prepared when first asked: the page, and the total where it is a question of its own. */
static bool prepare_kind(Postgres *self, QuestionKind kind, const char *page, const char *total,
                         Trouble *trouble)
{
    char sql[512];
    const Asked *form = &asked[kind];
    if (self->prepared[kind]) return true;
    self->prepared[kind] = true;
    if (!form->where) return prepare(self, page, form->whole, trouble);
    (void)snprintf(sql, sizeof sql, "SELECT record FROM events WHERE %s ORDER BY %s LIMIT %d",
                   form->where, form->order, QUESTION_PAGE_LIMIT);
    if (!prepare(self, page, sql, trouble)) return false;
    (void)snprintf(sql, sizeof sql, "SELECT count(*)::text FROM events WHERE %s", form->where);
    return prepare(self, total, sql, trouble);
}

typedef struct Values {
    char text[TEXT_SIZE];
    char from[NUMBER_SIZE];
    char to[NUMBER_SIZE];
    const char *values[PARAMETERS_MAX];
    int count;
} Values;

static void fill_in(Values *values, const Question *question)
{
    int32_t start;
    int32_t end;
    database_bounds(question, &start, &end);
    (void)snprintf(values->from, sizeof values->from, "%d", start);
    (void)snprintf(values->to, sizeof values->to, "%d", end);
    if (question->kind == QUESTION_PREFIX_AND_COUNTRY)
        (void)snprintf(values->text, sizeof values->text, "%s:*", question->words[0]);
    else
        (void)snprintf(values->text, sizeof values->text, "%s & %s", question->words[0],
                       question->words[1]);
    const char *const by_parameter[] = {
        [COUNTRY] = question->country, [CITY] = question->city, [KIND] = question->event_kind,
        [WORDS] = values->text,        [FROM] = values->from,   [TO] = values->to};
    const Parameter *parameters = asked[question->kind].parameters;
    for (values->count = 0; values->count < PARAMETERS_MAX && parameters[values->count];)
        values->values[values->count] = by_parameter[parameters[values->count]], values->count++;
}

static PGresult *call(const Postgres *self, const char *name, const Values *values,
                      Trouble *trouble)
{
    PGresult *result =
        PQexecPrepared(self->connection, name, values->count, values->values, NULL, NULL, BINARY);
    if (PQresultStatus(result) == PGRES_TUPLES_OK) return result;
    complain(self, trouble);
    PQclear(result);
    return NULL;
}

static void take(const PGresult *result, bool is_count, DatabasePage *page, Answer *answer)
{
    for (int i = 0; i < PQntuples(result); i++) {
        size_t size = (size_t)PQgetlength(result, i, 0);
        answer->bytes += size;
        answer->found++;
        if (is_count)
            answer->total += strtoull(PQgetvalue(result, i, 1), NULL, 10);
        else
            database_page_add(page, (const uint8_t *)PQgetvalue(result, i, 0), size);
    }
}

static bool ask(void *database, const Question *question, Answer *answer, Trouble *trouble)
{
    Postgres *self = database;
    Values values = {0};
    DatabasePage page = {.arena = self->arena};
    char page_name[NAME_SIZE];
    char total_name[NAME_SIZE];
    (void)snprintf(page_name, sizeof page_name, "page_%d", (int)question->kind);
    (void)snprintf(total_name, sizeof total_name, "total_%d", (int)question->kind);
    if (!prepare_kind(self, question->kind, page_name, total_name, trouble)) return false;
    *answer = (Answer){0};
    arena_reset(self->arena);
    int64_t start_ns = series_now_ns();
    fill_in(&values, question);
    PGresult *result = call(self, page_name, &values, trouble);
    if (!result) return false;
    answer->reply_ns = series_now_ns() - start_ns;
    take(result, question_is_count(question->kind), &page, answer);
    bool done = database_page_unpack(&page, trouble);
    PQclear(result);
    answer->records_ns = series_now_ns() - start_ns;
    if (!done || question_is_count(question->kind)) return done;
    start_ns = series_now_ns();
    result = call(self, total_name, &values, trouble);
    if (!result) return false;
    answer->total = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    answer->total_ns = series_now_ns() - start_ns;
    return true;
}

const DatabaseKind database_postgres = {
    .name = "PostgreSQL",
    .open = open_database,
    .has = has,
    .begin = begin,
    .put = put,
    .finish = finish,
    .ask = ask,
    .close = close_database,
};
