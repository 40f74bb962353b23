#include "bench/database.h"

#include <stdio.h>
#include <string.h>

enum {
    SECONDS_OF_MINUTE = 60,
    MONTHS_OF_YEAR = 12,
};

#ifdef BENCH_HAS_SQLITE
extern const DatabaseKind database_sqlite;
#endif
#ifdef BENCH_HAS_POSTGRES
extern const DatabaseKind database_postgres;
#endif

static const DatabaseKind *const kinds[] = {
#ifdef BENCH_HAS_SQLITE
    &database_sqlite,
#endif
#ifdef BENCH_HAS_POSTGRES
    &database_postgres,
#endif
    NULL,
};

static const char absent_names[] = ""
#ifndef BENCH_HAS_SQLITE
                                   " SQLite"
#endif
#ifndef BENCH_HAS_POSTGRES
                                   " PostgreSQL"
#endif
    ;

const DatabaseKind *const *databases(size_t *count, const char **absent)
{
    *count = sizeof kinds / sizeof *kinds - 1;
    *absent = absent_names;
    return kinds;
}

/* --- rows --- */

/* The texts of one weight are joined, a line each. */
typedef struct Joining {
    char *texts[DATABASE_TEXTS]; /* NULL while they are only measured */
    size_t sizes[DATABASE_TEXTS];
} Joining;

static void join(void *context, TextWeight weight, const char *text)
{
    Joining *joining = context;
    size_t length = strlen(text);
    char *to = joining->texts[weight];
    if (to) {
        memcpy(to + joining->sizes[weight], text, length + 1);
        to[joining->sizes[weight] + length] = '\n';
    }
    joining->sizes[weight] += length + 1;
}

static bool join_texts(const Event *event, Arena *arena, DatabaseRow *row)
{
    Joining joining = {0};
    event_texts(event, join, &joining);
    for (size_t i = 0; i < DATABASE_TEXTS; i++) {
        joining.texts[i] = arena_alloc(arena, joining.sizes[i] + 1);
        if (!joining.texts[i]) return false;
        joining.sizes[i] = 0;
        row->texts[i] = joining.texts[i];
    }
    event_texts(event, join, &joining);
    return true;
}

bool database_row(const Event *event, int64_t updated, Zones *zones, Arena *arena, DatabaseRow *row)
{
    static const char *const event_kinds[] = {NULL, "meeting", "conference", "training", "webinar"};
    static const char *const statuses[] = {NULL,        "tentative", "confirmed",
                                           "postponed", "cancelled", "held"};
    Span span;
    if (!schedule_span(zones, event->schedule, &span)) return false;
    size_t size = plenary__v1__event__get_packed_size(event);
    uint8_t *record = arena_alloc(arena, size);
    if (!record) return false;
    plenary__v1__event__pack(event, record);
    *row = (DatabaseRow){
        .number = event->number,
        .updated = updated,
        .start = (int32_t)(span.local_start_s / SECONDS_OF_MINUTE),
        .end = (int32_t)(span.local_end_s / SECONDS_OF_MINUTE),
        .kind = event_kinds[event->kind],
        .status = statuses[event->status],
        .country = event->venue ? event->venue->country : NULL,
        .city = event->venue ? event->venue->city : NULL,
        .record = record,
        .record_bytes = size,
    };
    return join_texts(event, arena, row);
}

static int32_t month_of(int32_t minute)
{
    Moment moment = moment_from_local_s((int64_t)minute * SECONDS_OF_MINUTE, true);
    return moment.year * MONTHS_OF_YEAR + moment.month - 1;
}

void database_months(const DatabaseRow *row, int32_t *first, int32_t *last)
{
    *first = month_of(row->start);
    *last = month_of(row->end > row->start ? row->end - 1 : row->start);
}

void database_bounds(const Question *question, int32_t *start, int32_t *end)
{
    Moment first = {.year = question->year, .month = question->month, .day = 1, .is_date = true};
    Moment last = first;
    last.day = question->last_day;
    *start = (int32_t)(moment_local_s(&first) / SECONDS_OF_MINUTE);
    *end = (int32_t)(moment_local_s(&last) / SECONDS_OF_MINUTE) + 24 * SECONDS_OF_MINUTE;
}

/* --- pages --- */

void database_page_add(DatabasePage *page, const uint8_t *record, size_t size)
{
    if (page->count == QUESTION_PAGE_LIMIT) return;
    page->records[page->count] = record;
    page->sizes[page->count++] = size;
}

bool database_page_unpack(DatabasePage *page, Trouble *trouble)
{
    for (size_t i = 0; i < page->count; i++)
        if (!plenary__v1__event__unpack(arena_allocator(page->arena), page->sizes[i],
                                        page->records[i]))
            return trouble_set(trouble, "a record of the database cannot be read");
    return true;
}
