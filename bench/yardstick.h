/*
 * yardstick - what the same machine does with the same bytes and nothing of ours in between.
 *
 * LMDB: records appended under an integer key, MDB_APPEND, `group` to a transaction, each commit
 * durable. ZeroMQ: a ROUTER in a thread of its own and a DEALER, over ipc, with one context each;
 * no packing, no parsing; or a ROUTER and many DEALERs, driven by one thread.
 */
#ifndef PLENARY_BENCH_YARDSTICK_H
#define PLENARY_BENCH_YARDSTICK_H

#include "bench/pool.h"
#include "bench/trouble.h"

typedef struct LmdbFigures {
    double per_second;
    double commit_p50_us; /* of a whole group: begin, puts, commit */
    double commit_p99_us;
    double scan_ms; /* reading all of them once */
} LmdbFigures;

typedef struct WireFigures {
    double per_second;
    double p50_us;
    double p99_us;
} WireFigures;

/* Appends `records` of the pool's changes in a new environment within `folder`. */
bool yardstick_lmdb(const Pool *pool, const char *folder, size_t records, size_t group,
                    LmdbFigures *figures, Trouble *trouble);

/* Round trips of these sizes, `in_flight` on the way at once. */
bool yardstick_round_trips(const char *folder, size_t request_bytes, size_t reply_bytes,
                           size_t count, size_t in_flight, WireFigures *figures, Trouble *trouble);

/* ROUTER to DEALER without replies: `count` records of `record_bytes`, `batch` to a message. Only
 * figures->per_second (records) is set. */
bool yardstick_one_way(const char *folder, size_t record_bytes, size_t batch, size_t count,
                       WireFigures *figures, Trouble *trouble);

/* What a ROUTER sends to each of its peers. */
typedef struct FanLoad {
    size_t peers;
    size_t messages; /* to each peer */
    size_t message_bytes;
    size_t deliveries; /* that these messages stand for */
} FanLoad;

/* Deliveries a second, to all peers together. */
bool yardstick_fan(const char *folder, const FanLoad *load, double *per_second, Trouble *trouble);

#endif
