#include "bench/bench.h"

PlenaryClient *bench_connect(Bench *self)
{
    PlenaryError error;
    PlenaryOptions options = {
        .home = self->house.home, .timeout_ms = BENCH_CALL_TIMEOUT_MS, .attempts = 1};
    PlenaryClient *client = plenary_client_new(&options, &error);
    if (!client) trouble_set(&self->trouble, "%s", error.message);
    return client;
}

bool bench_is_ok(Bench *self, const Plenary__V1__Reply *reply, const PlenaryError *error)
{
    if (!reply) return trouble_set(&self->trouble, "no reply: %s", error->message);
    if (!reply->status || reply->status->code == PLENARY__V1__STATUS_CODE__OK) return true;
    return trouble_set(&self->trouble, "the registry refused: %s (code %d)",
                       reply->status->message ? reply->status->message : "",
                       (int)reply->status->code);
}

Event *bench_event(Bench *self, uint64_t index)
{
    arena_reset(self->arena);
    Event *event = self->settings.varied
                       ? generate_event_varied(self->settings.seed, index, self->arena)
                       : generate_event(self->settings.seed, index, self->arena);
    if (!event) trouble_set(&self->trouble, "no memory is left");
    return event;
}

bool bench_status(Bench *self, PlenaryClient *client, uint64_t *sequence, uint64_t *events)
{
    PlenaryError error;
    Plenary__V1__GetStatus get = PLENARY__V1__GET_STATUS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_STATUS;
    request.get_status = &get;
    Plenary__V1__Reply *reply = NULL;
    (void)plenary_call(client, &request, &reply, &error);
    bool got = bench_is_ok(self, reply, &error);
    if (got && reply->result_case != PLENARY__V1__REPLY__RESULT_DAEMON)
        got = trouble_set(&self->trouble, "the reply to a status request is none");
    if (got && sequence) *sequence = reply->daemon->sequence;
    if (got && events) *events = reply->daemon->events;
    plenary_reply_free(reply);
    return got;
}
