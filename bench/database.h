/*
 * database - the same records in a database that people know, asked the same questions.
 *
 * A database is filled once with a row of each event, indexed as somebody would who knows it and
 * these questions, and then answers: the page's records are the same packed events that Plenary
 * sends. Of a recurring event it knows the first instance only. Its total is a question of its own.
 * One thread.
 */
#ifndef PLENARY_BENCH_DATABASE_H
#define PLENARY_BENCH_DATABASE_H

#include "bench/answerer.h"
#include "proto/event_texts.h"
#include "proto/moment.h"

enum {
    DATABASE_TEXTS = TEXT_TITLE + 1, /* by TextWeight */
    DATABASE_PATH_SIZE = 640,
};

/* What of an event is found by: lent. */
typedef struct DatabaseRow {
    uint32_t number;
    int64_t updated; /* sequence of its last change */
    int32_t start;   /* local minutes since 1970 */
    int32_t end;     /* exclusive */
    const char *kind;
    const char *status;
    const char *country; /* NULL: none */
    const char *city;    /* NULL: none */
    const char *texts[DATABASE_TEXTS];
    const uint8_t *record;
    size_t record_bytes;
} DatabaseRow;

typedef struct DatabaseKind {
    const char *name;
    /* Opens what lies in `folder`, or makes it. NULL with the trouble. */
    void *(*open)(const char *folder, Trouble *trouble);
    /* True where an earlier run has filled it with as many events. */
    bool (*has)(void *self, uint64_t events);
    /* Filling: empty, then every row, then indexes and statistics. */
    bool (*begin)(void *self, Trouble *trouble);
    bool (*put)(void *self, const DatabaseRow *row, Trouble *trouble);
    bool (*finish)(void *self, uint64_t events, Trouble *trouble);
    answerer_ask_fn *ask;
    /* Takes NULL; ends what it has started, leaves its files. */
    void (*close)(void *self);
} DatabaseKind;

/* Those that this program was built with; *absent names those that it was not ("" where it has
 * all). */
const DatabaseKind *const *databases(size_t *count, const char **absent);

/* False: no memory is left in the arena. The row lends from event and arena. */
bool database_row(const Event *event, int64_t updated, Zones *zones, Arena *arena,
                  DatabaseRow *row);

/* Months that a row touches, as year * 12 + month - 1. */
void database_months(const DatabaseRow *row, int32_t *first, int32_t *last);

/* The bounds of a question's month, in local minutes; `end` is exclusive. */
void database_bounds(const Question *question, int32_t *start, int32_t *end);

/* The records of a page until they are unpacked. */
typedef struct DatabasePage {
    Arena *arena;
    const uint8_t *records[QUESTION_PAGE_LIMIT];
    size_t sizes[QUESTION_PAGE_LIMIT];
    size_t count;
} DatabasePage;

/* Lends `record`; past the limit it is passed over. */
void database_page_add(DatabasePage *page, const uint8_t *record, size_t size);

/* Unpacks them all. False with the trouble: one is no event, or they are too large. */
bool database_page_unpack(DatabasePage *page, Trouble *trouble);

#endif
