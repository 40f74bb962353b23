/*
 * bench - what the measures share: settings, house, generator, and what each of them found.
 *
 * Each measure_* fills its figures or gives false with the trouble set; any reply that is not OK
 * is trouble. main runs them in order and reports.
 */
#ifndef PLENARY_BENCH_BENCH_H
#define PLENARY_BENCH_BENCH_H

#include "bench/answerer.h"
#include "bench/generate.h"
#include "bench/house.h"
#include "bench/pool.h"
#include "bench/report.h"
#include "bench/series.h"
#include "bench/settings.h"
#include "bench/trouble.h"
#include "clients/lib/plenary.h"

enum {
    BENCH_CALL_TIMEOUT_MS = 60000,
    BENCH_ONE_BY_ONE_MAX = 1000, /* registrations one in flight, round trips */
    BENCH_HEARD_MAX = 5000,      /* registrations whose delay to a subscriber is taken */
    BENCH_PAGES = 300,           /* of each kind of query */
    BENCH_PAGES_WARM = 30,       /* before those, not measured */
    BENCH_GETS = 2000,           /* alone, and beside long questions */
    BENCH_TAIL_MAX = 5000,       /* registrations before the kill */
    BENCH_DELIVERIES = 200000,   /* to all subscribers together */
    BENCH_OTHERS_MAX = 500, /* registrations of a round whose delay to 15 subscribers is taken */
    BENCH_CROWDS = 3,       /* 1, 10 and 100 subscribers */
};

typedef struct Bench {
    Settings settings;
    House house;
    Trouble trouble;
    Arena *arena;        /* of the event or request that is being made */
    uint64_t next_event; /* index of the next one to generate */
    Pool pool;
    Report report;
} Bench;

/* --- what the measures find --- */

typedef struct RegisterFigures {
    double per_second;
    double reply_p50_us;
    double reply_p99_us;
} RegisterFigures;

typedef struct HeardFigures {
    double after_reply_p50_us; /* below zero: heard before the reply came */
    double after_reply_p99_us;
    double after_send_p50_us;
    double after_send_p99_us;
} HeardFigures;

typedef struct ReplayFigures {
    uint64_t changes;
    double changes_per_second;
    double bytes_per_second;
} ReplayFigures;

/* Of one kind of question, at one answerer. */
typedef struct PageFigures {
    double p50_us; /* to the records in hand */
    double p99_us;
    double quickest_p50_us; /* the same, of each question the quickest of ASKER_ROUNDS */
    double quickest_p99_us;
    double with_total_p50_us; /* where the total is a question of its own */
    double with_total_p99_us;
    double reply_p50_us; /* to the bytes */
    double reply_p99_us;
    double own_p50_us; /* the daemon's own; 0: it says none */
    double own_p99_us;
    size_t reply_bytes; /* mean */
    uint64_t found;     /* events or buckets, of all answers */
    uint64_t total;     /* events that match, of all answers */
} PageFigures;

typedef struct LongFigures {
    double alone_p50_us;
    double alone_p99_us;
    double beside_p50_us;
    double beside_p99_us;
    double asked; /* long questions, meanwhile */
} LongFigures;

typedef struct DeliverFigures {
    double per_second; /* deliveries, to all subscribers together */
    size_t changes;    /* to each subscriber */
    size_t messages;   /* that carried them */
    size_t message_bytes;
} DeliverFigures;

typedef struct OthersFigures {
    HeardFigures without; /* the five bad ones */
    HeardFigures with;
} OthersFigures;

typedef struct StartFigures {
    double killed_ms;
    double clean_ms;
} StartFigures;

/* --- the measures --- */

/* The directory, so that organisations are found by name. */
bool measure_prepare(Bench *self);

/* `count` registrations, `in_flight` on the way at once. With `sent` and `replied`, notes when, by
 * sequence less `first_sequence`; both have room for `count`. */
typedef struct Moments {
    uint64_t first_sequence;
    int64_t *sent_ns;
    int64_t *replied_ns;
} Moments;
bool measure_register(Bench *self, size_t count, size_t in_flight, const Moments *moments,
                      RegisterFigures *figures);

/* Registers what a kept home lacks of the events that are asked for. */
bool measure_fill(Bench *self);

/* From the reply, and from the sending, to a subscriber in another thread. */
bool measure_heard(Bench *self, size_t count, size_t in_flight, HeardFigures *figures);

/* The whole journal through one subscriber; fills the pool first. */
bool measure_replay(Bench *self, ReplayFigures *figures);

/* Pages of lists, or whole counts by a facet, asked of the house's daemon. */
bool measure_pages(Bench *self, QuestionKind kind, PageFigures *figures);

/* The same questions, asked of `answerer`: the first ones to warm up, then BENCH_PAGES. */
bool measure_answers(Bench *self, const Answerer *answerer, QuestionKind kind,
                     PageFigures *figures);

/* One client's gets, alone and while another one asks what takes long. */
bool measure_long(Bench *self, LongFigures *figures);

/* The same last changes to many subscribers at once. */
bool measure_deliver(Bench *self, size_t subscribers, DeliverFigures *figures);

/* How long 15 subscribers wait for a change, alone and beside five that are stopped, slow, or give
 * no credit. */
bool measure_others(Bench *self, size_t count, OthersFigures *figures);

/* Restarts the daemon: killed with a fresh tail, then stopped in order. Takes the in-flight
 * count of the settings. */
bool measure_start(Bench *self, StartFigures *figures);

/* --- tools --- */

/* A client for the house's daemon, or NULL with the trouble set. */
PlenaryClient *bench_connect(Bench *self);

/* True where `reply` is there and OK; else sets the trouble. */
bool bench_is_ok(Bench *self, const Plenary__V1__Reply *reply, const PlenaryError *error);

/* The event `index` of the settings, in the arena that it resets first; NULL with the trouble. */
Event *bench_event(Bench *self, uint64_t index);

/* The last sequence that the daemon has applied, and how many events it has; either may be NULL. */
bool bench_status(Bench *self, PlenaryClient *client, uint64_t *sequence, uint64_t *events);

#endif
