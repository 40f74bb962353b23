#include "bench/bench.h"

enum {
    CREDIT_MESSAGES = 10000,
    CREDIT_BYTES = 32 * 1024 * 1024,
    SILENCE_MS = 30000,
};

/* Hears changes from the first one on, `limit` at most, until all have been heard. Each must be the
 * one after the last. */
static bool hear_all(Bench *self, PlenarySubscriber *subscriber, uint64_t limit, Pool *pool,
                     uint64_t *changes)
{
    PlenaryNews news;
    for (*changes = 0; *changes < limit;) {
        plenary_hear(subscriber, SILENCE_MS, &news);
        if (news.heard == PLENARY_CAUGHT_UP) return true;
        if (news.heard != PLENARY_CHANGE)
            return trouble_set(&self->trouble, "the replay broke off: %s", news.error.message);
        if (news.sequence != ++*changes)
            return trouble_set(&self->trouble, "change %llu came after %llu",
                               (unsigned long long)news.sequence, (unsigned long long)*changes - 1);
        if (pool && !pool_add(pool, news.change))
            return trouble_set(&self->trouble, "no memory is left");
    }
    return true;
}

static bool replay(Bench *self, uint64_t limit, Pool *pool, uint64_t *changes, int64_t *took_ns)
{
    PlenaryError error;
    PlenaryOptions options = {.home = self->house.home};
    PlenarySubscription subscription = {.credit_messages = CREDIT_MESSAGES,
                                        .credit_bytes = CREDIT_BYTES};
    int64_t start_ns = series_now_ns();
    PlenarySubscriber *subscriber = plenary_subscribe(&options, &subscription, &error);
    if (!subscriber) return trouble_set(&self->trouble, "%s", error.message);
    bool done = hear_all(self, subscriber, limit, pool, changes);
    *took_ns = series_now_ns() - start_ns;
    plenary_unsubscribe(&subscriber);
    return done;
}

bool measure_replay(Bench *self, ReplayFigures *figures)
{
    uint64_t sequence = 0;
    uint64_t changes = 0;
    int64_t took_ns = 0;
    PlenaryClient *client = bench_connect(self);
    bool done = client && bench_status(self, client, &sequence, NULL);
    plenary_client_destroy(&client);
    if (!done || !replay(self, POOL_CHANGES_MAX, &self->pool, &changes, &took_ns)) return false;
    if (!replay(self, UINT64_MAX, NULL, &changes, &took_ns)) return false;
    if (changes != sequence)
        return trouble_set(&self->trouble, "%llu of %llu changes were heard",
                           (unsigned long long)changes, (unsigned long long)sequence);
    figures->changes = changes;
    figures->changes_per_second = (double)changes * 1e9 / (double)took_ns;
    figures->bytes_per_second = figures->changes_per_second * (double)pool_mean_bytes(&self->pool);
    return true;
}
