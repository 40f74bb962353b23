#include "bench/bench.h"
#include "bench/hearers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    GOOD = 15,
    /* The bad ones: what each does, and how many do. */
    STOPPED = 2,        /* asks for much and never reads */
    WITHOUT_CREDIT = 2, /* gives none back */
    SLOW = 1,           /* reads one message, then sleeps */
    BAD = STOPPED + WITHOUT_CREDIT + SLOW,
    STREAMS_OF_A_STOPPED = 16, /* as many as it may have, to fill its queue soon */
    CREDIT_CHANGES_MAX = 100000,
    CREDIT_BYTES_MAX = 64 * 1024 * 1024,
    SLOW_PAUSE_NS = 20000000,
    WARM_UP =
        400, /* registrations before those that count: the stopped ones' queues are full then */
    WARM_UP_IN_FLIGHT = 4, /* and so many at most come in one message */
    TAKE_MS = 10,
    LAST_TIMEOUT_MS = 30000, /* after the last reply */
    ROUNDS = 2,              /* of each, in turn */
};

typedef struct OthersSeries {
    Series after_reply;
    Series after_send;
} OthersSeries;

/* The good ones, heard by a thread of their own. heard_ns is its alone until it has been joined. */
typedef struct Company {
    Hearers hearers;
    uint64_t first; /* sequence that counts */
    size_t count;
    int64_t *heard_ns; /* of each hearer `count`, by sequence less `first` */
    size_t heard;
    atomic_bool stops;
    atomic_bool has_ended;
    bool failed;
    Trouble trouble;
    pthread_t thread;
} Company;

typedef struct Spoilers {
    Hearers hearers;
    atomic_bool stops;
    Trouble trouble;
    pthread_t thread; /* of the slow one */
    bool runs;
} Spoilers;

/* --- the good ones --- */

static void note(void *context, size_t hearer, uint64_t after, uint64_t position)
{
    Company *self = context;
    int64_t now_ns = series_now_ns();
    for (uint64_t sequence = after + 1; sequence <= position; sequence++) {
        if (sequence < self->first || sequence - self->first >= self->count) continue;
        self->heard_ns[hearer * self->count + (sequence - self->first)] = now_ns;
        self->heard++;
    }
}

static void *hear(void *context)
{
    Company *self = context;
    while (!self->failed && self->heard < GOOD * self->count && !atomic_load(&self->stops))
        self->failed = !hearers_take(&self->hearers, TAKE_MS, note, self, &self->trouble);
    atomic_store(&self->has_ended, true);
    return NULL;
}

static bool join_company(Company *self, bool is_awaited, Trouble *trouble)
{
    for (int waited_ms = 0; is_awaited && waited_ms < LAST_TIMEOUT_MS; waited_ms++) {
        if (atomic_load(&self->has_ended)) break;
        (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    atomic_store(&self->stops, true);
    pthread_join(self->thread, NULL);
    if (self->failed) return trouble_set(trouble, "%s", self->trouble.message);
    return self->heard == GOOD * self->count ||
           trouble_set(trouble, "of %zu changes %zu were heard", GOOD * self->count, self->heard);
}

/* --- the bad ones --- */

static void *read_slowly(void *context)
{
    Spoilers *self = context;
    while (!atomic_load(&self->stops)) {
        (void)hearers_take_one(&self->hearers, 0, &self->trouble);
        (void)nanosleep(&(struct timespec){.tv_nsec = SLOW_PAUSE_NS}, NULL);
    }
    return NULL;
}

/* The first is slow, those behind it give no credit, the last are stopped. */
static bool open_spoilers(Spoilers *self, const House *house, Trouble *trouble)
{
    HearersWish wish = {.stream = 1, .now = true, .credit_bytes = CREDIT_BYTES_MAX};
    if (!hearers_open(&self->hearers, house, BAD, 1, trouble)) return false;
    for (size_t i = 0; i < BAD; i++) {
        bool is_stopped = i >= SLOW + WITHOUT_CREDIT;
        uint32_t streams = is_stopped ? STREAMS_OF_A_STOPPED : 1;
        wish.credit_changes = i < SLOW     ? HEARERS_CREDIT_CHANGES
                              : is_stopped ? CREDIT_CHANGES_MAX
                                           : 1;
        for (wish.stream = 1; wish.stream <= streams; wish.stream++)
            if (!hearers_subscribe(&self->hearers, i, &wish, trouble)) return false;
    }
    self->runs = pthread_create(&self->thread, NULL, read_slowly, self) == 0;
    return self->runs || trouble_set(trouble, "no thread is left");
}

static void close_spoilers(Spoilers *self)
{
    atomic_store(&self->stops, true);
    if (self->runs) pthread_join(self->thread, NULL);
    hearers_close(&self->hearers);
}

/* --- a round --- */

static bool write_and_hear(Bench *self, Company *company, const Moments *moments)
{
    RegisterFigures figures;
    if (pthread_create(&company->thread, NULL, hear, company) != 0)
        return trouble_set(&self->trouble, "no thread is left");
    bool done = measure_register(self, WARM_UP, WARM_UP_IN_FLIGHT, NULL, &figures) &&
                measure_register(self, company->count, 1, moments, &figures);
    return join_company(company, done, &self->trouble) && done;
}

static void reckon(const Company *company, const Moments *moments, OthersSeries *series)
{
    for (size_t i = 0; i < GOOD * company->count; i++) {
        size_t place = i % company->count;
        series_add(&series->after_reply, company->heard_ns[i] - moments->replied_ns[place]);
        series_add(&series->after_send, company->heard_ns[i] - moments->sent_ns[place]);
    }
}

static bool among_others(Bench *self, bool with_bad, Company *company, const Moments *moments)
{
    Spoilers spoilers = {0};
    bool done =
        hearers_open(&company->hearers, &self->house, GOOD, HEARERS_QUEUE, &self->trouble) &&
        hearers_stand_by(&company->hearers, &self->trouble) &&
        (!with_bad || open_spoilers(&spoilers, &self->house, &self->trouble)) &&
        write_and_hear(self, company, moments);
    close_spoilers(&spoilers);
    hearers_close(&company->hearers);
    return done;
}

static bool run_round(Bench *self, bool with_bad, size_t count, OthersSeries *series)
{
    uint64_t head = 0;
    PlenaryClient *client = bench_connect(self);
    bool done = client && bench_status(self, client, &head, NULL);
    plenary_client_destroy(&client);
    Moments moments = {.first_sequence = head + WARM_UP + 1};
    Company company = {.count = count, .first = moments.first_sequence};
    company.heard_ns = calloc(GOOD * count, sizeof *company.heard_ns);
    moments.sent_ns = calloc(count, sizeof *moments.sent_ns);
    moments.replied_ns = calloc(count, sizeof *moments.replied_ns);
    if (!company.heard_ns || !moments.sent_ns || !moments.replied_ns)
        done = trouble_set(&self->trouble, "no memory is left");
    else if (done && (done = among_others(self, with_bad, &company, &moments)))
        reckon(&company, &moments, series);
    free(company.heard_ns);
    free(moments.sent_ns);
    free(moments.replied_ns);
    return done;
}

/* --- all of them --- */

static bool init_series(OthersSeries *series, size_t count)
{
    bool ready = series_init(&series->after_reply, count);
    return series_init(&series->after_send, count) && ready;
}

static void fill(OthersSeries *series, HeardFigures *figures)
{
    figures->after_reply_p50_us = series_percentile_us(&series->after_reply, 50);
    figures->after_reply_p99_us = series_percentile_us(&series->after_reply, 99);
    figures->after_send_p50_us = series_percentile_us(&series->after_send, 50);
    figures->after_send_p99_us = series_percentile_us(&series->after_send, 99);
}

bool measure_others(Bench *self, size_t count, OthersFigures *figures)
{
    OthersSeries without = {0};
    OthersSeries with = {0};
    bool done = init_series(&without, GOOD * count * ROUNDS);
    done = init_series(&with, GOOD * count * ROUNDS) && done;
    if (!done) trouble_set(&self->trouble, "no memory is left");
    for (int i = 0; i < ROUNDS && done; i++)
        done = run_round(self, false, count, &without) && run_round(self, true, count, &with);
    fill(&without, &figures->without);
    fill(&with, &figures->with);
    series_free(&without.after_reply);
    series_free(&without.after_send);
    series_free(&with.after_reply);
    series_free(&with.after_send);
    return done;
}
