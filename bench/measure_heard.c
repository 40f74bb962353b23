#include "bench/bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    READY_TIMEOUT_MS = 60000,
    HEAR_MS = 100,
    LAST_TIMEOUT_MS = 30000, /* after the last reply */
};

/* A subscriber in a thread of its own. heard_ns is its alone until it has been joined. */
typedef struct Listener {
    PlenaryOptions options;
    uint64_t after_sequence;
    size_t count;
    int64_t *heard_ns; /* by sequence less after_sequence less 1 */
    atomic_bool is_ready;
    atomic_bool stops;
    atomic_bool failed;
    atomic_bool has_ended;
    char why[TROUBLE_SIZE];
    pthread_t thread;
} Listener;

static void fail(Listener *self, const char *what, const char *why)
{
    (void)snprintf(self->why, sizeof self->why, "%s %s", what, why);
    atomic_store(&self->failed, true);
}

static size_t hear(Listener *self, PlenarySubscriber *subscriber)
{
    PlenaryNews news;
    plenary_hear(subscriber, HEAR_MS, &news);
    if (news.heard == PLENARY_CAUGHT_UP) atomic_store(&self->is_ready, true);
    if (news.heard == PLENARY_LOST || news.heard == PLENARY_RESYNC || news.heard == PLENARY_REFUSED)
        fail(self, "the stream broke:", news.error.message);
    if (news.heard != PLENARY_CHANGE) return 0;
    uint64_t place = news.sequence - self->after_sequence - 1;
    if (place < self->count) self->heard_ns[place] = series_now_ns();
    return 1;
}

static void *listen(void *context)
{
    Listener *self = context;
    PlenaryError error;
    PlenarySubscription subscription = {.after_sequence = self->after_sequence};
    PlenarySubscriber *subscriber = plenary_subscribe(&self->options, &subscription, &error);
    if (!subscriber) fail(self, "no subscription:", error.message);
    size_t heard = 0;
    while (!atomic_load(&self->failed) && heard < self->count && !atomic_load(&self->stops))
        heard += hear(self, subscriber);
    if (heard < self->count && !atomic_load(&self->failed)) fail(self, "changes were", "not heard");
    plenary_unsubscribe(&subscriber);
    atomic_store(&self->has_ended, true);
    return NULL;
}

static void pause_1_ms(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static bool wait_until_ready(Bench *bench, Listener *listener)
{
    int64_t end_ns = series_now_ns() + READY_TIMEOUT_MS * INT64_C(1000000);
    while (!atomic_load(&listener->is_ready)) {
        if (atomic_load(&listener->failed)) return false;
        if (series_now_ns() > end_ns)
            return trouble_set(&bench->trouble, "the subscriber did not catch up");
        pause_1_ms();
    }
    return true;
}

/* Gives it time to hear the last ones, then ends it. */
static bool join(Bench *bench, Listener *listener, bool is_awaited)
{
    for (int waited_ms = 0; is_awaited && waited_ms < LAST_TIMEOUT_MS; waited_ms++) {
        if (atomic_load(&listener->has_ended)) break;
        pause_1_ms();
    }
    atomic_store(&listener->stops, true);
    pthread_join(listener->thread, NULL);
    if (!atomic_load(&listener->failed)) return true;
    return trouble_set(&bench->trouble, "%s", listener->why);
}

static bool reckon(Bench *bench, const Listener *listener, const Moments *moments,
                   HeardFigures *figures)
{
    Series after_reply;
    Series after_send;
    bool ready = series_init(&after_reply, listener->count);
    ready = series_init(&after_send, listener->count) && ready;
    for (size_t i = 0; i < listener->count && ready; i++) {
        series_add(&after_reply, listener->heard_ns[i] - moments->replied_ns[i]);
        series_add(&after_send, listener->heard_ns[i] - moments->sent_ns[i]);
    }
    figures->after_reply_p50_us = series_percentile_us(&after_reply, 50);
    figures->after_reply_p99_us = series_percentile_us(&after_reply, 99);
    figures->after_send_p50_us = series_percentile_us(&after_send, 50);
    figures->after_send_p99_us = series_percentile_us(&after_send, 99);
    series_free(&after_reply);
    series_free(&after_send);
    return ready || trouble_set(&bench->trouble, "no memory is left");
}

static bool listen_and_register(Bench *self, Listener *listener, const Moments *moments,
                                size_t in_flight)
{
    RegisterFigures figures;
    if (pthread_create(&listener->thread, NULL, listen, listener) != 0)
        return trouble_set(&self->trouble, "no thread is left");
    bool done = wait_until_ready(self, listener) &&
                measure_register(self, listener->count, in_flight, moments, &figures);
    return join(self, listener, done) && done;
}

bool measure_heard(Bench *self, size_t count, size_t in_flight, HeardFigures *figures)
{
    Listener listener = {.options = {.home = self->house.home}, .count = count};
    Moments moments = {0};
    PlenaryClient *client = bench_connect(self);
    bool done = client && bench_status(self, client, &listener.after_sequence, NULL);
    plenary_client_destroy(&client);
    moments.first_sequence = listener.after_sequence + 1;
    moments.sent_ns = calloc(count, sizeof *moments.sent_ns);
    moments.replied_ns = calloc(count, sizeof *moments.replied_ns);
    listener.heard_ns = calloc(count, sizeof *listener.heard_ns);
    if (done && (!moments.sent_ns || !moments.replied_ns || !listener.heard_ns))
        done = trouble_set(&self->trouble, "no memory is left");
    done = done && listen_and_register(self, &listener, &moments, in_flight) &&
           reckon(self, &listener, &moments, figures);
    free(moments.sent_ns);
    free(moments.replied_ns);
    free(listener.heard_ns);
    return done;
}
