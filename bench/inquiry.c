#include "bench/inquiry.h"

#include "bench/asker.h"
#include "bench/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SILENCE_MS = 30000,
    SAY_EVERY = 100000, /* rows */
    BARE_REQUEST_BYTES = 64,
};

/* --- filling a database with what the registry tells --- */

typedef struct Filling {
    Bench *bench;
    const DatabaseKind *kind;
    void *database;
    Zones *zones;
    uint64_t events;
} Filling;

static bool put_change(Filling *filling, const Plenary__V1__Change *change)
{
    DatabaseRow row;
    Bench *bench = filling->bench;
    if (change->record_case != PLENARY__V1__CHANGE__RECORD_EVENT) return true;
    arena_reset(bench->arena);
    if (!database_row(change->event, (int64_t)change->sequence, filling->zones, bench->arena, &row))
        return trouble_set(&bench->trouble, "a record does not fit a row");
    if (++filling->events % SAY_EVERY == 0)
        fprintf(stderr, "plenary-bench: %s has %llu rows\n", filling->kind->name,
                (unsigned long long)filling->events);
    return filling->kind->put(filling->database, &row, &bench->trouble);
}

static bool put_all(Filling *filling)
{
    PlenaryError error;
    PlenaryNews news;
    Bench *bench = filling->bench;
    PlenaryOptions options = {.home = bench->house.home};
    PlenarySubscription subscription = {0};
    PlenarySubscriber *subscriber = plenary_subscribe(&options, &subscription, &error);
    if (!subscriber) return trouble_set(&bench->trouble, "%s", error.message);
    bool done = true;
    for (bool all = false; done && !all;) {
        plenary_hear(subscriber, SILENCE_MS, &news);
        all = news.heard == PLENARY_CAUGHT_UP;
        if (news.heard == PLENARY_CHANGE) done = put_change(filling, news.change);
        /* indexing a row takes longer than a lease may be: whoever is lost comes back */
        else if (!all && news.heard != PLENARY_LOST && news.heard != PLENARY_BACK)
            done = trouble_set(&bench->trouble, "the replay broke off: %s", news.error.message);
    }
    plenary_unsubscribe(&subscriber);
    return done;
}

static bool fill(Bench *bench, const DatabaseKind *kind, void *database)
{
    Filling filling = {.bench = bench, .kind = kind, .database = database, .zones = zones_new()};
    bool done = filling.zones || trouble_set(&bench->trouble, "no memory is left");
    fprintf(stderr, "plenary-bench: filling %s\n", kind->name);
    int64_t start_ns = series_now_ns();
    done = done && kind->begin(database, &bench->trouble) && put_all(&filling) &&
           kind->finish(database, filling.events, &bench->trouble);
    zones_destroy(&filling.zones);
    if (done && filling.events != bench->settings.records)
        return trouble_set(&bench->trouble, "%s was filled with %llu events", kind->name,
                           (unsigned long long)filling.events);
    fprintf(stderr, "plenary-bench: %s took %.0f s\n", kind->name,
            (double)(series_now_ns() - start_ns) / 1e9);
    return done;
}

/* --- asking --- */

typedef struct Company {
    Asker *asker;
    void *databases[INQUIRY_ANSWERERS_MAX];
    Answerer answerers[INQUIRY_ANSWERERS_MAX];
} Company;

static bool gather(Bench *bench, Company *company, Inquiry *inquiry)
{
    size_t count;
    const char *absent;
    const DatabaseKind *const *kinds = databases(&count, &absent);
    if (bench->settings.alone)
        count = 0;
    else if (*absent)
        fprintf(stderr, "plenary-bench: built without%s; script/bootstrap bench installs them\n",
                absent);
    company->asker = asker_new(bench->house.home, ASKER_ROUNDS, &bench->trouble);
    if (!company->asker) return false;
    company->answerers[inquiry->count++] = (Answerer){"Plenary", asker_ask, company->asker};
    for (size_t i = 0; i < count; i++) {
        void *database = kinds[i]->open(bench->house.home, &bench->trouble);
        if (!database) return false;
        company->databases[inquiry->count] = database;
        company->answerers[inquiry->count++] = (Answerer){kinds[i]->name, kinds[i]->ask, database};
        if (!kinds[i]->has(database, bench->settings.records) && !fill(bench, kinds[i], database))
            return false;
    }
    return true;
}

static void part(Company *company, size_t count)
{
    size_t unused;
    const char *absent;
    const DatabaseKind *const *kinds = databases(&unused, &absent);
    asker_destroy(&company->asker);
    for (size_t i = 1; i < count; i++)
        kinds[i - 1]->close(company->databases[i]);
}

static bool is_asked(const Inquiry *inquiry, QuestionKind kind)
{
    return !inquiry->only || strcmp(inquiry->only, question_info(kind)->name) == 0;
}

/* The wire alone, right after Plenary. */
static bool measure_bare(Bench *bench, Inquiry *inquiry, QuestionKind kind)
{
    return yardstick_round_trips(bench->house.home, BARE_REQUEST_BYTES,
                                 inquiry->figures[0][kind].reply_bytes, BENCH_PAGES, 1,
                                 &inquiry->bare[kind], &bench->trouble);
}

bool inquiry_run(Bench *bench, Inquiry *inquiry)
{
    Company company = {0};
    *inquiry = (Inquiry){.records = bench->settings.records, .only = bench->settings.only};
    bool done = gather(bench, &company, inquiry);
    (void)getloadavg(&inquiry->load, 1);
    for (QuestionKind kind = 0; kind < QUESTION_KINDS && done; kind++) {
        if (!is_asked(inquiry, kind)) continue;
        fprintf(stderr, "plenary-bench: %s\n", question_info(kind)->asked);
        for (size_t i = 0; i < inquiry->count && done; i++) {
            inquiry->names[i] = company.answerers[i].name;
            done = measure_answers(bench, &company.answerers[i], kind, &inquiry->figures[i][kind]);
            if (i == 0) done = done && measure_bare(bench, inquiry, kind);
        }
    }
    part(&company, inquiry->count);
    return done;
}

/* --- what it gave --- */

static double ms(double us)
{
    return us / 1000;
}

static void print_ms(FILE *out, double p50_us, double p99_us)
{
    int digits = p99_us < 10000 ? 2 : p99_us < 100000 ? 1 : 0;
    fprintf(out, "%.*f / %.*f", digits, ms(p50_us), digits, ms(p99_us));
}

static void print_rule(FILE *out, size_t columns)
{
    fputs("\n|", out);
    for (size_t i = 0; i < columns; i++)
        fputs("---|", out);
    fputc('\n', out);
}

/* Everybody's, to the records in hand: p50 / p99 in milliseconds. */
static void print_compared(const Inquiry *inquiry, FILE *out)
{
    fputs("| question | wanted, p99 |", out);
    for (size_t i = 0; i < inquiry->count; i++)
        fprintf(out, " %s%s |", inquiry->names[i], i ? ", page (and total)" : "");
    print_rule(out, inquiry->count + 2);
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++) {
        if (!is_asked(inquiry, kind)) continue;
        const QuestionInfo *info = question_info(kind);
        if (info->bound_ms)
            fprintf(out, "| %s | %d | ", info->asked, info->bound_ms);
        else
            fprintf(out, "| %s | | ", info->asked);
        for (size_t i = 0; i < inquiry->count; i++) {
            const PageFigures *figures = &inquiry->figures[i][kind];
            print_ms(out, figures->p50_us, figures->p99_us);
            if (i && !question_is_count(kind)) {
                fputs(" (", out);
                print_ms(out, figures->with_total_p50_us, figures->with_total_p99_us);
                fputc(')', out);
            }
            fputs(" | ", out);
        }
        fputc('\n', out);
    }
}

/* What Plenary's time is made of, and how much each of them found. */
static void print_parts(const Inquiry *inquiry, FILE *out)
{
    fprintf(out,
            "| question | daemon | the wire, bare | reply's bytes | records in hand "
            "| quickest of %d | kB | in the page | found |",
            ASKER_ROUNDS);
    print_rule(out, 9);
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++) {
        if (!is_asked(inquiry, kind)) continue;
        const PageFigures *figures = &inquiry->figures[0][kind];
        fprintf(out, "| %s | ", question_info(kind)->asked);
        print_ms(out, figures->own_p50_us, figures->own_p99_us);
        fputs(" | ", out);
        print_ms(out, inquiry->bare[kind].p50_us, inquiry->bare[kind].p99_us);
        fputs(" | ", out);
        print_ms(out, figures->reply_p50_us, figures->reply_p99_us);
        fputs(" | ", out);
        print_ms(out, figures->p50_us, figures->p99_us);
        fputs(" | ", out);
        print_ms(out, figures->quickest_p50_us, figures->quickest_p99_us);
        fprintf(out, " | %.1f | %.1f |", (double)figures->reply_bytes / 1000,
                (double)figures->found / BENCH_PAGES);
        for (size_t i = 0; i < inquiry->count; i++)
            fprintf(out, "%s %.1f", i ? "," : "",
                    (double)inquiry->figures[i][kind].total / BENCH_PAGES);
        fputs(" |\n", out);
    }
}

void inquiry_print_tables(const Inquiry *inquiry, FILE *out)
{
    fprintf(out,
            "%zu records; p50 / p99 in milliseconds of %d questions; the machine's load was %.1f "
            "when they began\n\n",
            inquiry->records, BENCH_PAGES, inquiry->load);
    print_compared(inquiry, out);
    fputc('\n', out);
    print_parts(inquiry, out);
}

static void print_object(const Inquiry *inquiry, size_t i, QuestionKind kind, FILE *out)
{
    const PageFigures *figures = &inquiry->figures[i][kind];
    fprintf(out,
            "{\"question\": \"%s\", \"answerer\": \"%s\", \"records\": %zu, "
            "\"bound_ms\": %d, \"p50_us\": %.1f, \"p99_us\": %.1f, ",
            question_info(kind)->name, inquiry->names[i], inquiry->records,
            question_info(kind)->bound_ms, figures->p50_us, figures->p99_us);
    fprintf(out,
            "\"quickest_p50_us\": %.1f, \"quickest_p99_us\": %.1f, "
            "\"with_total_p50_us\": %.1f, \"with_total_p99_us\": %.1f, "
            "\"reply_p50_us\": %.1f, \"reply_p99_us\": %.1f, ",
            figures->quickest_p50_us, figures->quickest_p99_us, figures->with_total_p50_us,
            figures->with_total_p99_us, figures->reply_p50_us, figures->reply_p99_us);
    fprintf(out,
            "\"own_p50_us\": %.1f, \"own_p99_us\": %.1f, \"reply_bytes\": %zu, "
            "\"found\": %llu, \"total\": %llu}",
            figures->own_p50_us, figures->own_p99_us, figures->reply_bytes,
            (unsigned long long)figures->found, (unsigned long long)figures->total);
}

void inquiry_print_json(const Inquiry *inquiry, FILE *out)
{
    const char *before = "[\n  ";
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++)
        for (size_t i = 0; i < inquiry->count && is_asked(inquiry, kind); i++) {
            fputs(before, out);
            before = ",\n  ";
            print_object(inquiry, i, kind, out);
        }
    fputs("\n]\n", out);
}
