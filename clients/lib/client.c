#include "clients/lib/calls.h"
#include "clients/lib/dealer.h"
#include "clients/lib/lib_error.h"
#include "clients/lib/pace.h"
#include "clients/lib/reply.h"
#include "proto/frame.h"
#include "proto/id.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TIMEOUT_DEFAULT_MS = 5000,
    TIMEOUT_MAX_MS = 3600 * 1000,
    ATTEMPTS_DEFAULT = 3,
    ATTEMPTS_MAX = 1000,
    BUSY_PER_ATTEMPT =
        5, /* "come again" of a registry that has much to do, for each but the first */
    REPLIES_AT_ONCE_MAX = 256,
};

struct PlenaryClient {
    Dealer *dealer;
    int timeout_ms;
    int attempts;
    int64_t wake_ms;         /* no call is due before */
    int64_t unsent_since_ms; /* since when there is no connection; 0: there is one */
    Calls calls;
};

/* --- making and unmaking --- */

static int bounded(int value, int when_zero, int max)
{
    if (value <= 0) return when_zero;
    return value < max ? value : max;
}

PlenaryClient *plenary_client_new(const PlenaryOptions *options, PlenaryError *error)
{
    static const PlenaryOptions defaults;
    lib_error_clear(error);
    if (!options) options = &defaults;
    PlenaryClient *self = sodium_init() >= 0 ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED, "no memory is left");
        return NULL;
    }
    calls_init(&self->calls);
    self->wake_ms = INT64_MAX;
    self->timeout_ms = bounded(options->timeout_ms, TIMEOUT_DEFAULT_MS, TIMEOUT_MAX_MS);
    self->attempts = bounded(options->attempts, ATTEMPTS_DEFAULT, ATTEMPTS_MAX);
    self->dealer = dealer_connect(options, DEALER_REQUESTS, error);
    if (!self->dealer) plenary_client_destroy(&self);
    return self;
}

void plenary_client_destroy(PlenaryClient **self)
{
    if (!self || !*self) return;
    dealer_destroy(&(*self)->dealer);
    calls_clear(&(*self)->calls);
    free(*self);
    *self = NULL;
}

void plenary_request_id(char text[PLENARY_REQUEST_ID_SIZE])
{
    static_assert((int)PLENARY_REQUEST_ID_SIZE == (int)ID_TEXT_SIZE, "one form of an id");
    uint8_t random[ID_RANDOM_BYTES];
    randombytes_buf(random, sizeof random);
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    id_make((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, random, text);
}

void plenary_reply_free(Plenary__V1__Reply *reply)
{
    reply_free(reply);
}

size_t plenary_in_flight(const PlenaryClient *self)
{
    return self->calls.count;
}

/* --- attempts --- */

static void wake_by(PlenaryClient *self, int64_t due_ms)
{
    if (due_ms < self->wake_ms) self->wake_ms = due_ms;
}

/* Sends what the outbox holds while the connection takes it. */
static void flush(PlenaryClient *self)
{
    for (Call *call; (call = calls_unsent(&self->calls));) {
        if (!dealer_send(self->dealer, call->packed, call->size)) {
            if (!self->unsent_since_ms) self->unsent_since_ms = pace_now_ms();
            return;
        }
        calls_sent(&self->calls, call);
        self->unsent_since_ms = 0;
    }
}

static void begin_attempt(PlenaryClient *self, Call *call, int64_t now_ms)
{
    call->attempt++;
    calls_post(&self->calls, call, now_ms + self->timeout_ms);
    wake_by(self, call->due_ms);
}

/* The attempt came to nothing: another one after a rest, or the end. */
static void fail_attempt(PlenaryClient *self, Call *call, int64_t now_ms, const PlenaryError *error)
{
    if (call->attempt >= self->attempts) {
        calls_done(&self->calls, call, NULL);
        call->error = *error;
        return;
    }
    calls_rest(&self->calls, call, now_ms + pace_back_off_ms(call->attempt));
    wake_by(self, call->due_ms);
}

/* Does with every call what its time has come for, and finds the next time. */
static void pass_time(PlenaryClient *self, int64_t now_ms)
{
    if (now_ms < self->wake_ms) return;
    self->wake_ms = INT64_MAX;
    PlenaryError error;
    lib_error_set(&error, PLENARY__V1__STATUS_CODE__DEADLINE_EXCEEDED,
                  "no %s %s in %d attempts of %d ms",
                  dealer_is_connected(self->dealer) ? "reply from" : "connection to",
                  dealer_where(self->dealer), self->attempts, self->timeout_ms);
    for (size_t i = 0; i < PLENARY_IN_FLIGHT_MAX; i++) {
        Call *call = &self->calls.places[i];
        if (call->state == CALL_FREE || call->state == CALL_DONE) continue;
        if (call->due_ms > now_ms)
            wake_by(self, call->due_ms);
        else if (call->state == CALL_RESTING)
            begin_attempt(self, call, now_ms);
        else
            fail_attempt(self, call, now_ms, &error);
    }
}

static void fail_all(PlenaryClient *self, CallState state, const PlenaryError *error)
{
    int64_t now_ms = pace_now_ms();
    for (size_t i = 0; i < PLENARY_IN_FLIGHT_MAX; i++)
        if (self->calls.places[i].state == state)
            fail_attempt(self, &self->calls.places[i], now_ms, error);
}

/* Nothing that is on the way is answered, and nothing is tried again. */
static void end_all(PlenaryClient *self, const PlenaryError *error)
{
    for (size_t i = 0; i < PLENARY_IN_FLIGHT_MAX; i++) {
        Call *call = &self->calls.places[i];
        if (call->state == CALL_FREE || call->state == CALL_DONE) continue;
        calls_done(&self->calls, call, NULL);
        call->error = *error;
    }
}

/* When nothing comes: is there anybody? Requests that were sent into a connection that is gone
 * get no reply; those that nobody takes need not wait for the whole time. */
static void look_around(PlenaryClient *self)
{
    PlenaryError error;
    if (dealer_is_connected(self->dealer)) return;
    if (dealer_refused(self->dealer, &error)) {
        end_all(self, &error);
        return;
    }
    lib_error_set(&error, PLENARY__V1__STATUS_CODE__UNAVAILABLE, "the connection to %s was lost",
                  dealer_where(self->dealer));
    fail_all(self, CALL_SENT, &error);

    bool for_a_while =
        self->unsent_since_ms && pace_now_ms() - self->unsent_since_ms >= DEALER_LOOK_EVERY_MS;
    if (calls_unsent(&self->calls) && dealer_nobody_there(self->dealer, for_a_while, &error))
        fail_all(self, CALL_UNSENT, &error);
}

/* --- replies --- */

/* Too much, or not now: the registry itself asks to come again later. */
static bool asks_to_come_again(const Plenary__V1__Reply *reply)
{
    const Plenary__V1__Status *status = reply->status;
    return status && status->retry_after_ms &&
           (status->code == PLENARY__V1__STATUS_CODE__UNAVAILABLE ||
            status->code == PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED);
}

/* The registry is there and works, maybe at this very question: that is no attempt that failed. */
static bool is_busy(const PlenaryClient *self, const Call *call, const Plenary__V1__Reply *reply)
{
    return reply->status->code == PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED &&
           call->busy < BUSY_PER_ATTEMPT * (self->attempts - 1);
}

static void take_reply(PlenaryClient *self, const uint8_t *body, size_t size)
{
    Plenary__V1__Reply *reply = reply_unpack(body, size);
    Call *call =
        reply && reply->has_correlation ? calls_find(&self->calls, reply->correlation) : NULL;
    if (!call) { /* garbage, or the second reply to a repeated request */
        plenary_reply_free(reply);
        return;
    }
    bool comes_again = asks_to_come_again(reply);
    if (comes_again && is_busy(self, call, reply)) {
        call->busy++;
        call->attempt--;
    }
    if (!comes_again || call->attempt >= self->attempts) {
        calls_done(&self->calls, call, reply);
        return;
    }
    calls_rest(&self->calls, call, pace_now_ms() + pace_spread_ms(reply->status->retry_after_ms));
    wake_by(self, call->due_ms);
    plenary_reply_free(reply);
}

static bool take_replies(PlenaryClient *self)
{
    const uint8_t *body = NULL;
    size_t size = 0;
    int taken = 0;
    while (taken < REPLIES_AT_ONCE_MAX && dealer_receive(self->dealer, &body, &size)) {
        take_reply(self, body, size);
        taken++;
    }
    return taken > 0;
}

static int wait_ms(const PlenaryClient *self, int64_t now_ms, int64_t until_ms)
{
    int64_t end_ms = self->wake_ms < until_ms ? self->wake_ms : until_ms;
    if (end_ms <= now_ms) return 0;
    return end_ms - now_ms < DEALER_LOOK_EVERY_MS ? (int)(end_ms - now_ms) : DEALER_LOOK_EVERY_MS;
}

/* One turn: sends, waits a little, receives. False: a signal came. */
static bool turn(PlenaryClient *self, int64_t until_ms)
{
    int64_t now_ms = pace_now_ms();
    pass_time(self, now_ms);
    flush(self);
    if (take_replies(self)) return true;
    bool undisturbed = dealer_wait(self->dealer, calls_unsent(&self->calls) != NULL,
                                   wait_ms(self, now_ms, until_ms));
    flush(self);
    if (!take_replies(self)) look_around(self);
    return undisturbed;
}

/* --- sending and receiving --- */

static bool writes(const Plenary__V1__Request *request)
{
    switch (request->verb_case) {
    case PLENARY__V1__REQUEST__VERB_REGISTER_EVENT:
    case PLENARY__V1__REQUEST__VERB_REVISE_EVENT:
    case PLENARY__V1__REQUEST__VERB_CANCEL_EVENT:
    case PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT:
    case PLENARY__V1__REQUEST__VERB_HOLD_EVENT:
    case PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT:
    case PLENARY__V1__REQUEST__VERB_REVERT_EVENT:
    case PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION:
    case PLENARY__V1__REQUEST__VERB_PUT_PRINCIPAL:
    case PLENARY__V1__REQUEST__VERB_REVOKE_PRINCIPAL:
    case PLENARY__V1__REQUEST__VERB_ERASE_PERSON: return true;
    default: return false;
    }
}

/* Packs with this correlation, and a request id where one is needed; the request itself is left
 * as it was. */
static bool pack(Plenary__V1__Request *request, Call *call, PlenaryError *error)
{
    Plenary__V1__Request whole = *request;
    char request_id[PLENARY_REQUEST_ID_SIZE];
    whole.has_correlation = 1;
    whole.correlation = call->correlation;
    if (writes(request) && (!request->request_id || !*request->request_id)) {
        plenary_request_id(request_id);
        whole.request_id = request_id;
    }
    call->size = plenary__v1__request__get_packed_size(&whole);
    if (call->size > FRAME_BODY_BYTES_MAX)
        return lib_error_set(error, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT,
                             "the request has %zu bytes, over the limit of %d", call->size,
                             FRAME_BODY_BYTES_MAX);
    call->packed = malloc(call->size);
    if (!call->packed)
        return lib_error_set(error, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED,
                             "no memory is left");
    plenary__v1__request__pack(&whole, call->packed);
    return true;
}

static Call *send_request(PlenaryClient *self, Plenary__V1__Request *request, void *tag,
                          bool is_awaited, PlenaryError *error)
{
    lib_error_clear(error);
    Call *call = calls_take(&self->calls);
    if (!call) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED,
                      "%d requests are on the way already", PLENARY_IN_FLIGHT_MAX);
        return NULL;
    }
    if (!pack(request, call, error)) {
        calls_release(&self->calls, call);
        return NULL;
    }
    call->tag = tag;
    call->is_awaited = is_awaited;
    begin_attempt(self, call, pace_now_ms());
    flush(self);
    return call;
}

bool plenary_send(PlenaryClient *self, Plenary__V1__Request *request, void *tag,
                  PlenaryError *error)
{
    return send_request(self, request, tag, false, error) != NULL;
}

static void give(PlenaryClient *self, Call *call, Plenary__V1__Reply **reply, PlenaryError *error)
{
    *reply = call->reply;
    if (error && !call->reply) *error = call->error;
    calls_release(&self->calls, call);
}

bool plenary_call(PlenaryClient *self, Plenary__V1__Request *request, Plenary__V1__Reply **reply,
                  PlenaryError *error)
{
    Call *call = send_request(self, request, NULL, true, error);
    if (!call) return false;
    while (call->state != CALL_DONE)
        (void)turn(self, INT64_MAX);
    bool replied = call->reply != NULL;
    Plenary__V1__Reply *got = NULL;
    give(self, call, &got, error);
    if (replied) *reply = got;
    return replied;
}

bool plenary_receive(PlenaryClient *self, int timeout_ms, void **tag, Plenary__V1__Reply **reply,
                     PlenaryError *error)
{
    lib_error_clear(error);
    int64_t until_ms = timeout_ms < 0 ? INT64_MAX : pace_now_ms() + timeout_ms;
    bool undisturbed = true;
    while (self->calls.count) {
        Call *call = calls_next_done(&self->calls);
        if (call) {
            *tag = call->tag;
            give(self, call, reply, error);
            return true;
        }
        if (!undisturbed) return false;
        undisturbed = turn(self, until_ms);
        if (pace_now_ms() >= until_ms && !self->calls.done.count) return false;
    }
    return false;
}
