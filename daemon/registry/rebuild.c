#include "daemon/registry/rebuild.h"

#include "daemon/registry/apply.h"
#include "daemon/registry/erasures.h"
#include "daemon/registry/replay.h"
#include "daemon/registry/seal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_SIZE = 320,
    CHECK_CHANGES_PER_SNAPSHOT = 1000,
    FAULTS_SAID_MAX = 20, /* of one table; the rest is counted */
};

typedef struct Report {
    rebuild_say_fn *say;
    void *context;
    uint64_t faults;
} Report;

static void say(const Report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const Report *report, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    report->say(report->context, line);
}

/* --- building --- */

StatusCode rebuild_fill_views(Store *store, Views *views, Problem *problem)
{
    State state;
    char versions[VIEWS_VERSIONS_SIZE];
    StatusCode code = replay_state_new(store, &state, problem);
    if (code != STATUS_OK) return code;
    state.views = views;
    replay_versions(&state, versions);
    code = replay_changes(&state, versions, problem);
    replay_state_destroy(&state);
    return code == STATUS_OK ? views_fold_all(views, problem) : code;
}

/* Fills fresh views beside the store's own. Given: views_close or store_views_replace. */
static StatusCode build_beside(Store *store, const StoreConfig *config, Views **views,
                               Problem *problem)
{
    StatusCode code = store_views_new(store, config, views, problem);
    if (code != STATUS_OK) return code;
    code = rebuild_fill_views(store, *views, problem);
    if (code != STATUS_OK) views_close(views);
    return code;
}

StatusCode rebuild_store_views(Store *store, const StoreConfig *config, Problem *problem)
{
    Views *views;
    StatusCode code = build_beside(store, config, &views, problem);
    return code == STATUS_OK ? store_views_replace(store, config, &views, problem) : code;
}

StatusCode rebuild_views(const StoreConfig *config, rebuild_say_fn *say_line, void *context,
                         Problem *problem)
{
    Report report = {.say = say_line, .context = context};
    Store *store;
    StatusCode code = store_open(config, &store, problem);
    if (code != STATUS_OK) return code;
    code = rebuild_store_views(store, config, problem);
    if (code == STATUS_OK)
        say(&report, "views rebuilt up to change %llu",
            (unsigned long long)views_mark(store->views)->sequence);
    store_close(&store);
    return code;
}

/* --- checking the journal --- */

typedef struct JournalCheck {
    Report *report;
    Arena *arena;
    Erasures *erasures;
    Tip tip;
} JournalCheck;

static void fault(Report *report, uint64_t sequence, const char *what)
{
    report->faults++;
    if (report->faults <= FAULTS_SAID_MAX)
        say(report, "change %llu: %s", (unsigned long long)sequence, what);
}

static void check_content(JournalCheck *check, uint64_t sequence, const Change *change)
{
    int64_t time_us = 0;
    if (!change)
        fault(check->report, sequence, "it does not unpack");
    else if (change->sequence != sequence)
        fault(check->report, sequence, "it carries another sequence");
    else if (!change->time || !instant_parse(change->time, &time_us))
        fault(check->report, sequence, "it has no time");
    else if (time_us < check->tip.time_us)
        fault(check->report, sequence, "its time is before that of the change before");
    if (time_us) check->tip.time_us = time_us;
}

static bool check_change(void *context, uint64_t sequence, Bytes packed)
{
    JournalCheck *check = context;
    arena_reset(check->arena);
    if (sequence != check->tip.sequence + 1) fault(check->report, sequence, "a gap before it");
    if (!erasures_take(check->erasures, sequence, packed, check->tip.digest)) {
        fault(check->report, sequence, "its digests do not hold");
        seal_digest(packed, check->tip.digest); /* what comes behind is held to what it says */
    }
    check_content(check, sequence,
                  (const Change *)protobuf_c_message_unpack(&plenary__v1__change__descriptor,
                                                            arena_allocator(check->arena),
                                                            packed.size, packed.data));
    check->tip.sequence = sequence;
    return true;
}

static void check_open(const JournalCheck *check)
{
    uint64_t first;
    uint64_t open = erasures_open(check->erasures, &first);
    if (open == 0) return;
    fault(check->report, first,
          "its digests do not hold: it has another content, and no erasure tells of it");
    check->report->faults += open - 1;
}

static void read_journal(Journal *journal, JournalCheck *check)
{
    size_t count;
    do {
        journal_renew(journal);
        count = journal_scan(journal, check->tip.sequence + 1, CHECK_CHANGES_PER_SNAPSHOT,
                             check_change, check);
        journal_release(journal);
    } while (count > 0);
    check_open(check);
}

static StatusCode check_journal(Journal *journal, Report *report, Problem *problem)
{
    JournalCheck check = {
        .report = report, .arena = arena_new(SIZE_MAX), .erasures = erasures_new()};
    StatusCode code = STATUS_OK;
    if (check.arena && check.erasures) {
        read_journal(journal, &check);
        say(report, "journal: %llu changes read, %llu faults",
            (unsigned long long)check.tip.sequence, (unsigned long long)report->faults);
    } else {
        code = problem_set(problem, STATUS_INTERNAL, "no memory");
    }
    erasures_destroy(&check.erasures);
    arena_destroy(&check.arena);
    return code;
}

StatusCode rebuild_check_journal(Journal *journal, rebuild_say_fn *say_line, void *context,
                                 uint64_t *faults, Problem *problem)
{
    Report report = {.say = say_line, .context = context};
    StatusCode code = check_journal(journal, &report, problem);
    *faults = report.faults;
    return code;
}

/* --- comparing views --- */

/* One side of a comparison: what it has that the other has not, or has otherwise. */
typedef struct TableCheck {
    Views *other;
    ViewTable table;
    const ViewsMark *mark;
    uint64_t entries;
    uint64_t faults;
} TableCheck;

/* Request ids below the floor may be gone already on one side. */
static bool has_expired(const TableCheck *check, Bytes key)
{
    return check->table == VIEW_REQUESTS && key.size >= ID_BYTES &&
           memcmp(key.data, check->mark->request_floor, ID_BYTES) < 0;
}

static bool check_entry(void *context, Bytes key, Bytes value)
{
    TableCheck *check = context;
    if (has_expired(check, key)) return true;
    Bytes found;
    check->entries++;
    if (!views_get(check->other, check->table, key, &found) || found.size != value.size ||
        memcmp(found.data, value.data, value.size) != 0)
        check->faults++;
    return true;
}

static void check_table(Report *report, Views *kept, Views *rebuilt, ViewTable table,
                        const char *name)
{
    const ViewsMark *mark = views_mark(rebuilt);
    TableCheck wrong = {.other = rebuilt, .table = table, .mark = mark};
    TableCheck missing = {.other = kept, .table = table, .mark = mark};
    views_scan(kept, table, (Bytes){0}, check_entry, &wrong);
    views_scan(rebuilt, table, (Bytes){0}, check_entry, &missing);
    say(report, "%s: %llu entries, %llu wrong, %llu missing", name,
        (unsigned long long)wrong.entries, (unsigned long long)wrong.faults,
        (unsigned long long)missing.faults);
    report->faults += wrong.faults + missing.faults;
}

typedef struct FacetCheck {
    Views *kept;
    Views *rebuilt;
    uint64_t facets;
    uint64_t faults;
} FacetCheck;

static bool check_facet(void *context, const char *facet, size_t length)
{
    FacetCheck *check = context;
    roaring_bitmap_t *kept = views_facet(check->kept, facet, length);
    roaring_bitmap_t *rebuilt = views_facet(check->rebuilt, facet, length);
    check->facets++;
    if (!roaring_bitmap_equals(kept, rebuilt)) check->faults++;
    roaring_bitmap_free(kept);
    roaring_bitmap_free(rebuilt);
    return true;
}

static void check_facets(Report *report, Views *kept, Views *rebuilt)
{
    FacetCheck check = {.kept = kept, .rebuilt = rebuilt};
    views_facet_names(kept, "", "", false, check_facet, &check);
    uint64_t kept_facets = check.facets;
    views_facet_names(rebuilt, "", "", false, check_facet, &check);
    say(report, "facets: %llu, %llu wrong", (unsigned long long)kept_facets,
        (unsigned long long)check.faults);
    report->faults += check.faults;
}

static void compare_views(Report *report, Views *kept, Views *rebuilt)
{
    views_renew(kept);
    views_renew(rebuilt);
    check_facets(report, kept, rebuilt);
#define CHECK_TABLE(id, name) check_table(report, kept, rebuilt, VIEW_##id, name);
    VIEW_TABLES(CHECK_TABLE)
#undef CHECK_TABLE
    views_release(kept);
    views_release(rebuilt);
}

/* Brings the kept views up to the journal's end in memory, as a start would. */
static StatusCode catch_up(Store *store, const Report *report, Problem *problem)
{
    State state;
    char versions[VIEWS_VERSIONS_SIZE];
    StatusCode code = replay_state_new(store, &state, problem);
    if (code != STATUS_OK) return code;
    replay_versions(&state, versions);
    journal_renew(store->journal);
    bool fits = replay_fits(&state, versions);
    journal_release(store->journal);
    if (fits)
        code = replay_changes(&state, versions, problem);
    else
        code = problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "the views were built from another journal or by other versions: "
                           "plenaryd rebuilds them at its next start, or --reindex now");
    say(report, "views: base at change %llu, %s",
        (unsigned long long)views_mark(store->views)->sequence, fits ? "fits" : "does not fit");
    replay_state_destroy(&state);
    return code;
}

static StatusCode check_views(Store *store, const StoreConfig *config, Report *report,
                              Problem *problem)
{
    Views *rebuilt;
    StatusCode code = catch_up(store, report, problem);
    if (code != STATUS_OK) return code;
    code = build_beside(store, config, &rebuilt, problem);
    if (code != STATUS_OK) return code;
    compare_views(report, store->views, rebuilt);
    views_close(&rebuilt);
    return STATUS_OK;
}

StatusCode rebuild_check(const StoreConfig *config, rebuild_say_fn *say_line, void *context,
                         Problem *problem)
{
    Report report = {.say = say_line, .context = context};
    Store *store;
    StatusCode code = store_open(config, &store, problem);
    if (code != STATUS_OK) return code;
    code = check_journal(store->journal, &report, problem);
    if (code == STATUS_OK && report.faults == 0)
        code = check_views(store, config, &report, problem);
    store_close(&store);
    if (code == STATUS_OK && report.faults > 0)
        code = problem_set(problem, STATUS_INTERNAL, "%llu faults were found",
                           (unsigned long long)report.faults);
    return code;
}
