/* plenary-bench: Plenary's figures, each beside its yardstick in the same run. */
#include "bench/bench.h"
#include "bench/inquiry.h"
#include "bench/yardstick.h"
#include "proto/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUND_TRIPS = 20000,
    BATCH_RECORDS = 64, /* records in one message of the batched one-way yardstick */
};

typedef struct Findings {
    RegisterFigures many;
    RegisterFigures one;
    HeardFigures heard_many;
    HeardFigures heard_one;
    ReplayFigures replay;
    DeliverFigures deliver[BENCH_CROWDS];
    OthersFigures others;
    PageFigures pages[QUESTION_KINDS];
    LongFigures beside_long;
    StartFigures start;
    double first_start_ms;
    uint64_t journal_bytes;
    uint64_t views_bytes;
    uint64_t resident_bytes;
} Findings;

typedef struct Yardsticks {
    LmdbFigures lmdb_many;
    LmdbFigures lmdb_one;
    WireFigures trips_many;
    WireFigures trips_one;
    WireFigures pages[QUESTION_KINDS];
    WireFigures single;
    WireFigures batched;
    double fan[BENCH_CROWDS];        /* the messages that the daemon sent */
    double fan_single[BENCH_CROWDS]; /* a change to a message */
} Yardsticks;

static const size_t crowds[BENCH_CROWDS] = {1, 10, 100};

static void say(const char *what)
{
    fprintf(stderr, "plenary-bench: %s\n", what);
}

static size_t at_most(size_t count, size_t max)
{
    return count < max ? count : max;
}

static bool measure(Bench *self, Findings *found)
{
    size_t records = self->settings.records;
    size_t in_flight = self->settings.in_flight;
    say("registrations");
    if (!house_start(&self->house, &found->first_start_ms, &self->trouble) ||
        !measure_prepare(self) || !measure_register(self, records, in_flight, NULL, &found->many) ||
        !measure_register(self, at_most(records, BENCH_ONE_BY_ONE_MAX), 1, NULL, &found->one))
        return false;
    say("delays to a subscriber");
    if (!measure_heard(self, at_most(records, BENCH_HEARD_MAX), in_flight, &found->heard_many) ||
        !measure_heard(self, at_most(records, BENCH_ONE_BY_ONE_MAX), 1, &found->heard_one))
        return false;
    say("pages");
    for (QuestionKind kind = 0; kind < QUESTION_KINDS; kind++)
        if (!measure_pages(self, kind, &found->pages[kind])) return false;
    say("gets beside long questions");
    if (!measure_long(self, &found->beside_long)) return false;
    say("replay");
    if (!measure_replay(self, &found->replay)) return false;
    say("deliveries");
    for (size_t i = 0; i < BENCH_CROWDS; i++)
        if (!measure_deliver(self, crowds[i], &found->deliver[i])) return false;
    say("subscribers beside bad ones");
    if (!measure_others(self, at_most(records, BENCH_OTHERS_MAX), &found->others)) return false;
    found->journal_bytes = house_bytes(&self->house, "journal");
    found->views_bytes = house_bytes(&self->house, "views");
    found->resident_bytes = house_resident_bytes(&self->house);
    say("starts");
    return measure_start(self, &found->start) && house_stop(&self->house, &self->trouble);
}

/* The same bytes to as many peers, in the messages that the daemon sent and one by one. */
static bool measure_fans(Bench *self, const Findings *found, Yardsticks *yards)
{
    for (size_t i = 0; i < BENCH_CROWDS; i++) {
        const DeliverFigures *deliver = &found->deliver[i];
        const FanLoad load = {crowds[i], deliver->messages, deliver->message_bytes,
                              deliver->changes};
        const FanLoad single = {crowds[i], deliver->changes, pool_mean_bytes(&self->pool),
                                deliver->changes};
        if (!yardstick_fan(self->house.home, &load, &yards->fan[i], &self->trouble) ||
            !yardstick_fan(self->house.home, &single, &yards->fan_single[i], &self->trouble))
            return false;
    }
    return true;
}

/* With the daemon stopped, so that nothing else takes the processors. */
static bool measure_yardsticks(Bench *self, const Findings *found, Yardsticks *yards)
{
    const char *folder = self->house.home;
    Trouble *trouble = &self->trouble;
    size_t in_flight = self->settings.in_flight;
    size_t bytes = pool_mean_bytes(&self->pool);
    size_t changes = (size_t)found->replay.changes;
    say("yardsticks");
    for (size_t kind = 0; kind < QUESTION_KINDS; kind++)
        if (!yardstick_round_trips(folder, 100, found->pages[kind].reply_bytes, BENCH_PAGES, 1,
                                   &yards->pages[kind], trouble))
            return false;
    return yardstick_lmdb(&self->pool, folder, changes, in_flight, &yards->lmdb_many, trouble) &&
           (in_flight == 1 ||
            yardstick_lmdb(&self->pool, folder, at_most(changes, BENCH_ONE_BY_ONE_MAX), 1,
                           &yards->lmdb_one, trouble)) &&
           yardstick_round_trips(folder, bytes, bytes, ROUND_TRIPS, in_flight, &yards->trips_many,
                                 trouble) &&
           yardstick_round_trips(folder, bytes, bytes, BENCH_ONE_BY_ONE_MAX, 1, &yards->trips_one,
                                 trouble) &&
           yardstick_one_way(folder, bytes, 1, changes, &yards->single, trouble) &&
           yardstick_one_way(folder, bytes, BATCH_RECORDS, changes, &yards->batched, trouble) &&
           measure_fans(self, found, yards);
}

static void report_writes(Report *report, const Findings *found, const Yardsticks *yards)
{
    report_add(report, "registrations_per_second", found->many.per_second,
               "bare_lmdb_appends_per_second", yards->lmdb_many.per_second);
    report_add(report, "registration_reply_p50_us", found->many.reply_p50_us,
               "bare_lmdb_group_commit_p50_us", yards->lmdb_many.commit_p50_us);
    report_add(report, "registration_reply_p99_us", found->many.reply_p99_us,
               "bare_lmdb_group_commit_p99_us", yards->lmdb_many.commit_p99_us);
    report_add(report, "one_in_flight_registrations_per_second", found->one.per_second,
               "bare_lmdb_single_appends_per_second", yards->lmdb_one.per_second);
    report_add(report, "one_in_flight_reply_p50_us", found->one.reply_p50_us,
               "bare_lmdb_single_commit_p50_us", yards->lmdb_one.commit_p50_us);
    report_add(report, "one_in_flight_reply_p99_us", found->one.reply_p99_us,
               "bare_lmdb_single_commit_p99_us", yards->lmdb_one.commit_p99_us);
}

static void report_streams(Report *report, const Findings *found, const Yardsticks *yards)
{
    const char *many = "bare_round_trip_p50_us";
    const char *many_99 = "bare_round_trip_p99_us";
    const char *one = "bare_one_in_flight_round_trip_p50_us";
    const char *one_99 = "bare_one_in_flight_round_trip_p99_us";
    report_add(report, "reply_to_subscriber_p50_us", found->heard_many.after_reply_p50_us, many,
               yards->trips_many.p50_us);
    report_add(report, "reply_to_subscriber_p99_us", found->heard_many.after_reply_p99_us, many_99,
               yards->trips_many.p99_us);
    report_add(report, "one_in_flight_reply_to_subscriber_p50_us",
               found->heard_one.after_reply_p50_us, one, yards->trips_one.p50_us);
    report_add(report, "one_in_flight_reply_to_subscriber_p99_us",
               found->heard_one.after_reply_p99_us, one_99, yards->trips_one.p99_us);
    report_add(report, "one_in_flight_send_to_subscriber_p50_us",
               found->heard_one.after_send_p50_us, "bare_lmdb_single_commit_p50_us",
               yards->lmdb_one.commit_p50_us);
    report_add(report, "one_in_flight_send_to_subscriber_p99_us",
               found->heard_one.after_send_p99_us, "bare_lmdb_single_commit_p99_us",
               yards->lmdb_one.commit_p99_us);
    report_add(report, "replay_changes_per_second", found->replay.changes_per_second,
               "bare_router_messages_per_second", yards->single.per_second);
    report_add(report, "replay_changes_per_second_in_batches", found->replay.changes_per_second,
               "bare_router_records_per_second_64_a_message", yards->batched.per_second);
}

static void report_deliveries(Report *report, const Findings *found, const Yardsticks *yards)
{
    static const char *const names[BENCH_CROWDS][4] = {
        {"deliveries_per_second_1", "bare_router_deliveries_per_second_1",
         "deliveries_per_second_1_in_batches", "bare_router_deliveries_per_second_1_in_batches"},
        {"deliveries_per_second_10", "bare_router_deliveries_per_second_10",
         "deliveries_per_second_10_in_batches", "bare_router_deliveries_per_second_10_in_batches"},
        {"deliveries_per_second_100", "bare_router_deliveries_per_second_100",
         "deliveries_per_second_100_in_batches",
         "bare_router_deliveries_per_second_100_in_batches"},
    };
    for (size_t i = 0; i < BENCH_CROWDS; i++) {
        double per_second = found->deliver[i].per_second;
        report_add(report, names[i][0], per_second, names[i][1], yards->fan_single[i]);
        report_add(report, names[i][2], per_second, names[i][3], yards->fan[i]);
    }
}

static void report_others(Report *report, const OthersFigures *others)
{
    report_add(report, "beside_5_bad_send_to_subscriber_p50_us", others->with.after_send_p50_us,
               "without_bad_send_to_subscriber_p50_us", others->without.after_send_p50_us);
    report_add(report, "beside_5_bad_send_to_subscriber_p99_us", others->with.after_send_p99_us,
               "without_bad_send_to_subscriber_p99_us", others->without.after_send_p99_us);
    report_add(report, "beside_5_bad_reply_to_subscriber_p50_us", others->with.after_reply_p50_us,
               "without_bad_reply_to_subscriber_p50_us", others->without.after_reply_p50_us);
    report_add(report, "beside_5_bad_reply_to_subscriber_p99_us", others->with.after_reply_p99_us,
               "without_bad_reply_to_subscriber_p99_us", others->without.after_reply_p99_us);
}

static void report_pages(Report *report, const Findings *found, const Yardsticks *yards)
{
    static const char *const names[][2] = {
#define PAGE_NAMES(id, name, asked, bound_ms) {name "_p50_us", name "_p99_us"},
        QUESTION_TABLE(PAGE_NAMES)
#undef PAGE_NAMES
    };
    for (size_t kind = 0; kind < QUESTION_KINDS; kind++) {
        bool is_count = question_is_count((QuestionKind)kind);
        report_add(report, names[kind][0], found->pages[kind].p50_us,
                   is_count ? "bare_round_trip_of_such_reply_p50_us"
                            : "bare_round_trip_of_such_page_p50_us",
                   yards->pages[kind].p50_us);
        report_add(report, names[kind][1], found->pages[kind].p99_us,
                   is_count ? "bare_round_trip_of_such_reply_p99_us"
                            : "bare_round_trip_of_such_page_p99_us",
                   yards->pages[kind].p99_us);
    }
}

static void report_long(Report *report, const LongFigures *figures)
{
    report_add(report, "others_during_long_queries_p50_us", figures->beside_p50_us,
               "without_long_queries_p50_us", figures->alone_p50_us);
    report_add(report, "others_during_long_queries_p99_us", figures->beside_p99_us,
               "without_long_queries_p99_us", figures->alone_p99_us);
    report_add(report, "long_queries_meanwhile", figures->asked, NULL, 0);
}

static void report_rest(Report *report, const Bench *bench, const Findings *found,
                        const Yardsticks *yards)
{
    double mean = (double)pool_mean_bytes(&bench->pool);
    double bytes = mean * (double)found->replay.changes;
    double mebi = 1024 * 1024;
    report_add(report, "replay_megabytes_per_second", found->replay.bytes_per_second / 1e6,
               "bare_router_megabytes_per_second", yards->single.per_second * mean / 1e6);
    report_add(report, "start_after_kill_ms", found->start.killed_ms, "bare_lmdb_scan_ms",
               yards->lmdb_many.scan_ms);
    report_add(report, "start_after_stop_ms", found->start.clean_ms, "bare_lmdb_scan_ms",
               yards->lmdb_many.scan_ms);
    report_add(report, "first_start_ms", found->first_start_ms, NULL, 0);
    report_add(report, "journal_mebibytes", (double)found->journal_bytes / mebi,
               "packed_changes_mebibytes", bytes / mebi);
    report_add(report, "views_mebibytes", (double)found->views_bytes / mebi,
               "packed_changes_mebibytes", bytes / mebi);
    report_add(report, "resident_mebibytes", (double)found->resident_bytes / mebi,
               "packed_changes_mebibytes", bytes / mebi);
    report_add(report, "packed_change_mean_bytes", mean, NULL, 0);
}

/* Only the questions. */
static bool inquire(Bench *self)
{
    double took_ms = 0;
    const Settings *settings = &self->settings;
    bool entered =
        settings->keep
            ? house_enter_kept(&self->house, settings->keep, settings->plenaryd, &self->trouble)
            : house_enter(&self->house, settings->home, settings->plenaryd, &self->trouble);
    if (!entered || !house_start(&self->house, &took_ms, &self->trouble)) return false;
    say("registrations");
    if (!measure_fill(self)) return false;
    Inquiry inquiry;
    if (!inquiry_run(self, &inquiry)) return false;
    if (settings->json)
        inquiry_print_json(&inquiry, stdout);
    else
        inquiry_print_tables(&inquiry, stdout);
    return house_stop(&self->house, &self->trouble);
}

static bool run(Bench *self)
{
    Findings found = {0};
    Yardsticks yards = {0};
    if (!house_enter(&self->house, self->settings.home, self->settings.plenaryd, &self->trouble))
        return false;
    fprintf(stderr, "plenary-bench: %s on %s, %s\n", self->house.home, self->house.file_system,
            self->house.program);
    if (!measure(self, &found) || !measure_yardsticks(self, &found, &yards)) return false;
    if (self->settings.in_flight == 1) yards.lmdb_one = yards.lmdb_many;
    report_writes(&self->report, &found, &yards);
    report_streams(&self->report, &found, &yards);
    report_deliveries(&self->report, &found, &yards);
    report_others(&self->report, &found.others);
    report_pages(&self->report, &found, &yards);
    report_long(&self->report, &found.beside_long);
    report_rest(&self->report, self, &found, &yards);
    if (self->settings.json)
        report_print_json(&self->report, stdout);
    else
        report_print_table(&self->report, stdout);
    return true;
}

/* As `plenary import` reads it, which needs a uid. */
static bool write_event(Bench *self, uint64_t index, FILE *out, uint64_t *bytes)
{
    char uid[64];
    Event *event = bench_event(self, index);
    (void)snprintf(uid, sizeof uid, "generated-%" PRIu64 "-%" PRIu64 "@plenary.example",
                   self->settings.seed, index);
    if (event) event->uid = uid;
    json_t *json = event ? json_pack("{s:o}", "event", json_of_message(&event->base)) : NULL;
    *bytes += event ? plenary__v1__event__get_packed_size(event) : 0;
    if (!json) return trouble_set(&self->trouble, "no memory is left");
    bool written = json_dumpf(json, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF;
    json_decref(json);
    return written || trouble_set(&self->trouble, "writing: %s", strerror(errno));
}

/* Only the events, as JSON lines. */
static bool generate(Bench *self)
{
    const char *path = self->settings.output;
    FILE *out = path ? fopen(path, "w") : stdout;
    if (!out) return trouble_set(&self->trouble, "%s: %s", path, strerror(errno));
    uint64_t bytes = 0;
    bool written = true;
    for (size_t i = 0; i < self->settings.generate && written; i++)
        written = write_event(self, i, out, &bytes);
    fprintf(stderr, "plenary-bench: %zu events, %llu bytes each as the registry packs them\n",
            self->settings.generate, (unsigned long long)bytes / self->settings.generate);
    bool closed = (path ? fclose(out) : fflush(out)) == 0;
    return written && (closed || trouble_set(&self->trouble, "writing: %s", strerror(errno)));
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    int exit_code = 0;
    if (!settings_read(&bench.settings, argc, argv, &exit_code)) return exit_code;
    bench.arena = arena_new(GENERATE_ARENA_BYTES);
    bool done = bench.arena && (bench.settings.generate    ? generate(&bench)
                                : bench.settings.questions ? inquire(&bench)
                                                           : run(&bench));
    house_leave(&bench.house);
    if (!done) fprintf(stderr, "plenary-bench: %s\n", bench.trouble.message);
    pool_free(&bench.pool);
    arena_destroy(&bench.arena);
    return done ? 0 : 1;
}
