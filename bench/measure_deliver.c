#include "bench/bench.h"
#include "bench/hearers.h"

#include <stdlib.h>

enum {
    ROUNDS = 3, /* the median counts */
};

/* All of them have streams; then each asks for the last changes anew. */
static bool deliver_once(Bench *self, Hearers *hearers, uint64_t head, uint64_t changes,
                         double *per_second)
{
    uint64_t after = head - changes;
    for (size_t i = 0; i < hearers->count; i++)
        hearers->each[i].messages = hearers->each[i].bytes = 0;
    int64_t start_ns = series_now_ns();
    bool done = hearers_subscribe_all(hearers, after, &self->trouble) &&
                hearers_take_until(hearers, head, &self->trouble);
    int64_t took_ns = series_now_ns() - start_ns;
    *per_second = (double)(changes * hearers->count) * 1e9 / (double)took_ns;
    return done;
}

static bool deliver(Bench *self, Hearers *hearers, uint64_t head, DeliverFigures *figures)
{
    double rounds[ROUNDS];
    uint64_t changes = BENCH_DELIVERIES / hearers->count;
    if (changes > head) changes = head;
    if (!hearers_stand_by(hearers, &self->trouble)) return false;
    for (size_t i = 0; i < ROUNDS; i++)
        if (!deliver_once(self, hearers, head, changes, &rounds[i])) return false;
    const Hearer *any = &hearers->each[0];
    figures->per_second = series_median(rounds, ROUNDS);
    figures->changes = (size_t)changes;
    figures->messages = (size_t)any->messages;
    figures->message_bytes = (size_t)(any->bytes / any->messages);
    return true;
}

bool measure_deliver(Bench *self, size_t subscribers, DeliverFigures *figures)
{
    Hearers hearers = {0};
    uint64_t head = 0;
    PlenaryClient *client = bench_connect(self);
    bool done = client && bench_status(self, client, &head, NULL) &&
                hearers_open(&hearers, &self->house, subscribers, HEARERS_QUEUE, &self->trouble) &&
                deliver(self, &hearers, head, figures);
    hearers_close(&hearers);
    plenary_client_destroy(&client);
    return done;
}
