#include "bench/bench.h"

#include <assert.h>
#include <stdlib.h>

static bool put_organisation(Bench *self, PlenaryClient *client, size_t index)
{
    PlenaryError error;
    arena_reset(self->arena);
    Plenary__V1__PutOrganisation put = PLENARY__V1__PUT_ORGANISATION__INIT;
    put.organisation = generate_organisation(index, self->arena);
    if (!put.organisation) return trouble_set(&self->trouble, "no memory is left");
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &put;
    Plenary__V1__Reply *reply = NULL;
    (void)plenary_call(client, &request, &reply, &error);
    bool done = bench_is_ok(self, reply, &error);
    plenary_reply_free(reply);
    return done;
}

bool measure_prepare(Bench *self)
{
    PlenaryClient *client = bench_connect(self);
    bool done = client != NULL;
    for (size_t i = 0; i < atlas_body_count && done; i++)
        done = put_organisation(self, client, i);
    plenary_client_destroy(&client);
    return done;
}

/* Registrations on the way: the place of each in `sent_ns` is its tag. */
typedef struct Run {
    Bench *bench;
    PlenaryClient *client;
    const Moments *moments;
    size_t count;
    size_t in_flight;
    int64_t *sent_ns; /* by place */
    size_t *free;     /* places */
    size_t free_count;
    Series replies;
} Run;

static bool send_next(Run *run)
{
    Bench *bench = run->bench;
    PlenaryError error;
    Plenary__V1__RegisterEvent registration = PLENARY__V1__REGISTER_EVENT__INIT;
    registration.event = bench_event(bench, bench->next_event++);
    registration.has_reply_brief = registration.reply_brief = 1;
    if (!registration.event) return false;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &registration;
    size_t place = run->free[--run->free_count];
    run->sent_ns[place] = series_now_ns();
    if (plenary_send(run->client, &request, &run->sent_ns[place], &error)) return true;
    return trouble_set(&bench->trouble, "a request was not taken: %s", error.message);
}

static void note(const Run *run, uint64_t sequence, int64_t sent_ns, int64_t now_ns)
{
    const Moments *moments = run->moments;
    if (!moments || sequence < moments->first_sequence) return;
    uint64_t place = sequence - moments->first_sequence;
    if (place >= run->count) return;
    moments->sent_ns[place] = sent_ns;
    moments->replied_ns[place] = now_ns;
}

static bool receive_next(Run *run)
{
    Bench *bench = run->bench;
    PlenaryError error;
    void *tag = NULL;
    Plenary__V1__Reply *reply = NULL;
    if (!plenary_receive(run->client, BENCH_CALL_TIMEOUT_MS, &tag, &reply, &error))
        return trouble_set(&bench->trouble, "no reply came within %d ms", BENCH_CALL_TIMEOUT_MS);
    int64_t now_ns = series_now_ns();
    bool done = bench_is_ok(bench, reply, &error);
    if (done && (reply->result_case != PLENARY__V1__REPLY__RESULT_WRITE || reply->write->unchanged))
        done = trouble_set(&bench->trouble, "a registration changed nothing");
    if (done) {
        const int64_t *sent_ns = tag;
        note(run, reply->write->sequence, *sent_ns, now_ns);
        series_add(&run->replies, now_ns - *sent_ns);
        run->free[run->free_count++] = (size_t)(sent_ns - run->sent_ns);
    }
    plenary_reply_free(reply);
    return done;
}

static bool go(Run *run)
{
    for (size_t sent = 0, received = 0; received < run->count; received++) {
        for (; sent < run->count && run->free_count; sent++)
            if (!send_next(run)) return false;
        if (!receive_next(run)) return false;
    }
    return true;
}

bool measure_register(Bench *self, size_t count, size_t in_flight, const Moments *moments,
                      RegisterFigures *figures)
{
    assert(in_flight > 0 && in_flight <= PLENARY_IN_FLIGHT_MAX);
    Run run = {.bench = self, .moments = moments, .count = count, .in_flight = in_flight};
    bool done = false;
    run.sent_ns = calloc(in_flight, sizeof *run.sent_ns);
    run.free = calloc(in_flight, sizeof *run.free);
    bool ready = series_init(&run.replies, count) && run.sent_ns && run.free;
    while (ready && run.free_count < in_flight) {
        run.free[run.free_count] = run.free_count;
        run.free_count++;
    }
    if (!ready) trouble_set(&self->trouble, "no memory is left");
    run.client = ready ? bench_connect(self) : NULL;
    if (run.client) {
        int64_t start_ns = series_now_ns();
        done = go(&run);
        figures->per_second = (double)count * 1e9 / (double)(series_now_ns() - start_ns);
        figures->reply_p50_us = series_percentile_us(&run.replies, 50);
        figures->reply_p99_us = series_percentile_us(&run.replies, 99);
    }
    plenary_client_destroy(&run.client);
    series_free(&run.replies);
    free(run.sent_ns);
    free(run.free);
    return done;
}
