#include "clients/lib/subscriber.h"
#include "clients/lib/lib_error.h"
#include "clients/lib/pace.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    CREDIT_MESSAGES_DEFAULT = 1000,
    CREDIT_MESSAGES_MAX = 100000,
    CREDIT_BYTES_DEFAULT = 8 * 1024 * 1024,
    CREDIT_BYTES_MIN = 512 * 1024, /* room for the largest record, twice */
    CREDIT_BYTES_MAX = 256 * 1024 * 1024,
    HEARTBEAT_TIMEOUT_DEFAULT_MS = 15000,
    RENEWALS_PER_TIMEOUT = 3, /* how often a lease is renewed within the heartbeat time-out */
    REQUEST_BYTES_MAX = 128 * 1024,
};

/* --- making and unmaking --- */

static uint64_t bounded(uint64_t value, uint64_t when_zero, uint64_t min, uint64_t max)
{
    if (value == 0) return when_zero;
    if (value < min) return min;
    return value < max ? value : max;
}

static bool copy_text(const char *text, char **copy)
{
    *copy = text ? strdup(text) : NULL;
    return !text || *copy;
}

static bool copy_query(const Plenary__V1__Query *query, Plenary__V1__Query **copy)
{
    size_t size = query ? plenary__v1__query__get_packed_size(query) : 0;
    if (!query || size > REQUEST_BYTES_MAX) return !query;
    uint8_t *packed = malloc(size + 1);
    if (!packed) return false;
    plenary__v1__query__pack(query, packed);
    *copy = plenary__v1__query__unpack(NULL, size, packed);
    free(packed);
    return *copy != NULL;
}

/* Takes the settings over. False: no memory, or the query is far too large. */
static bool set_up(PlenarySubscriber *self, const PlenarySubscription *subscription)
{
    self->credit_messages = (uint32_t)bounded(subscription->credit_messages,
                                              CREDIT_MESSAGES_DEFAULT, 1, CREDIT_MESSAGES_MAX);
    self->credit_bytes = bounded(subscription->credit_bytes, CREDIT_BYTES_DEFAULT, CREDIT_BYTES_MIN,
                                 CREDIT_BYTES_MAX);
    self->heartbeat_timeout_ms = subscription->heartbeat_timeout_ms > 0
                                     ? subscription->heartbeat_timeout_ms
                                     : HEARTBEAT_TIMEOUT_DEFAULT_MS;
    self->directory = subscription->directory;
    randombytes_buf(&self->stream, sizeof self->stream);
    return batch_init(&self->batch) && copy_text(subscription->name, &self->name) &&
           copy_text(subscription->cursor_file, &self->cursor_file) &&
           copy_query(subscription->query, &self->query);
}

static PositionRead read_position(PlenarySubscriber *self, const PlenarySubscription *subscription,
                                  PlenaryError *error)
{
    if (position_unpack(&self->received, subscription->position, subscription->position_size))
        return POSITION_READ;
    lib_error_set(error, PLENARY__V1__STATUS_CODE__FAILED_PRECONDITION,
                  "the position is damaged or is none");
    return POSITION_BAD;
}

/* Where to begin: what the cursor file says, else what the subscription asks for. */
static bool find_start(PlenarySubscriber *self, const PlenarySubscription *subscription,
                       PlenaryError *error)
{
    PositionRead read = POSITION_ABSENT;
    if (self->cursor_file)
        read = position_read(&self->received, self->cursor_file, error);
    else if (subscription->position)
        read = read_position(self, subscription, error);
    if (read == POSITION_BAD) return false;
    if (read == POSITION_ABSENT) position_after(&self->received, subscription->after_sequence);
    self->begins_now = read == POSITION_ABSENT && subscription->now;
    self->has_position = !self->begins_now;
    self->recorded = self->received;
    self->before = self->received;
    return true;
}

PlenarySubscriber *plenary_subscribe(const PlenaryOptions *options,
                                     const PlenarySubscription *subscription, PlenaryError *error)
{
    static const PlenaryOptions default_options;
    static const PlenarySubscription default_subscription;
    if (!options) options = &default_options;
    if (!subscription) subscription = &default_subscription;
    lib_error_clear(error);
    PlenarySubscriber *self = sodium_init() >= 0 ? calloc(1, sizeof *self) : NULL;
    if (!self || !set_up(self, subscription)) {
        lib_error_set(error, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED,
                      "no memory is left, or the query is over %d bytes", REQUEST_BYTES_MAX);
        goto failed;
    }
    if (!find_start(self, subscription, error)) goto failed;
    self->dealer = dealer_connect(options, DEALER_STREAM, error);
    if (!self->dealer) goto failed;
    self->since_ms = pace_now_ms();
    self->heard_ms = self->since_ms;
    return self;

failed:
    plenary_unsubscribe(&self);
    return NULL;
}

int plenary_subscriber_fd(PlenarySubscriber *self)
{
    return dealer_fd(self->dealer);
}

void plenary_unsubscribe(PlenarySubscriber **self)
{
    if (!self || !*self) return;
    PlenarySubscriber *subscriber = *self;
    dealer_destroy(&subscriber->dealer); /* the registry ends the streams of a closed connection */
    batch_free(&subscriber->batch);
    if (subscriber->query) plenary__v1__query__free_unpacked(subscriber->query, NULL);
    free(subscriber->name);
    free(subscriber->cursor_file);
    free(subscriber);
    *self = NULL;
}

/* --- subscribing, losing, coming back --- */

static void subscribe_from_now_on(PlenarySubscriber *self, int wait_ms)
{
    if (self->phase == PHASE_LISTENING) subscriber_say_unsubscribe(self);
    self->phase = PHASE_SUBSCRIBING;
    self->since_ms = pace_now_ms();
    self->due_ms = self->since_ms + wait_ms;
}

/* Tells PLENARY_LOST once; reconnecting goes on. */
static bool lose(PlenarySubscriber *self, PlenaryNews *news)
{
    self->failures++;
    subscribe_from_now_on(self, pace_back_off_ms(self->failures));
    if (self->is_lost) return false;
    self->is_lost = true;
    news->heard = PLENARY_LOST;
    return true;
}

static void subscribe(PlenarySubscriber *self, int64_t now_ms)
{
    if (!subscriber_say_subscribe(self)) return;
    self->phase = PHASE_LISTENING;
    self->heard_ms = now_ms;
    self->renewed_ms = now_ms;
    self->since_ms = 0;
    self->used_messages = 0;
    self->used_bytes = 0;
    self->skip_to = self->has_position ? self->received.done : 0;
}

/* Nobody to subscribe with: certainly, or for too long. */
static bool find_nobody(PlenarySubscriber *self, int64_t now_ms, PlenaryNews *news)
{
    int64_t waited_ms = now_ms - self->since_ms;
    if (dealer_nobody_there(self->dealer, waited_ms >= DEALER_LOOK_EVERY_MS, &news->error))
        return lose(self, news);
    if (waited_ms < self->heartbeat_timeout_ms) return false;
    lib_error_set(&news->error, PLENARY__V1__STATUS_CODE__UNAVAILABLE, "no connection to %s",
                  dealer_where(self->dealer));
    return lose(self, news);
}

/* The lease and the heartbeat of a stream that should be living. */
static bool keep_alive(PlenarySubscriber *self, int64_t now_ms, PlenaryNews *news)
{
    bool connected = dealer_is_connected(self->dealer);
    if (connected && now_ms - self->heard_ms < self->heartbeat_timeout_ms) {
        if (now_ms - self->renewed_ms >= self->heartbeat_timeout_ms / RENEWALS_PER_TIMEOUT)
            subscriber_say_credit(self, 0);
        return false;
    }
    if (connected)
        lib_error_set(&news->error, PLENARY__V1__STATUS_CODE__UNAVAILABLE,
                      "nothing was heard from %s for %d ms", dealer_where(self->dealer),
                      self->heartbeat_timeout_ms);
    else
        lib_error_set(&news->error, PLENARY__V1__STATUS_CODE__UNAVAILABLE,
                      "the connection to %s was lost", dealer_where(self->dealer));
    return lose(self, news);
}

/* The server does not let our key in. True: there is news. */
static bool find_refused(PlenarySubscriber *self, PlenaryNews *news)
{
    if (!dealer_refused(self->dealer, &news->error)) return false;
    self->phase = PHASE_STOPPED;
    news->heard = PLENARY_REFUSED;
    return true;
}

/* What time asks for. True: there is news. */
static bool pass_time(PlenarySubscriber *self, PlenaryNews *news)
{
    int64_t now_ms = pace_now_ms();
    if (self->phase == PHASE_LISTENING) return keep_alive(self, now_ms, news);
    if (self->phase == PHASE_STOPPED || now_ms < self->due_ms) return false;
    if (!dealer_is_connected(self->dealer))
        return find_refused(self, news) || find_nobody(self, now_ms, news);
    subscribe(self, now_ms);
    return false;
}

/* --- what is heard --- */

static const Plenary__V1__Cursor *cursor_of(const Plenary__V1__StreamMessage *message)
{
    switch (message->body_case) {
    case PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES: return message->changes->cursor;
    case PLENARY__V1__STREAM_MESSAGE__BODY_HEARTBEAT: return message->heartbeat->cursor;
    case PLENARY__V1__STREAM_MESSAGE__BODY_CAUGHT_UP: return message->caught_up->cursor;
    default: return NULL;
    }
}

/* Goes on to the message's cursor; never back. A subscription that began with "now" learns where
 * that was. */
static void advance(PlenarySubscriber *self, const Plenary__V1__StreamMessage *message)
{
    Position at;
    self->before = self->received;
    if (!self->has_position && self->batch.count)
        position_after(&self->before, self->batch.changes[0]->sequence - 1);
    if (!position_at(&at, cursor_of(message))) return;
    if (self->has_position && at.sequence < self->received.sequence) return;
    if (self->has_position && at.done < self->received.done) at.done = self->received.done;
    self->received = at;
    self->has_position = true;
}

/* Takes one message in; what it tells is told by tell_message and tell_change. False: there was
 * none, or one that cannot be read. That must not be passed over, as it may have held changes: the
 * stream is asked for again from where it was. */
static bool take_message(PlenarySubscriber *self, PlenaryNews *news)
{
    const uint8_t *body = NULL;
    size_t size = 0;
    if (!dealer_receive(self->dealer, &body, &size)) return false;
    bool good = batch_load(&self->batch, body, size);
    const Plenary__V1__StreamMessage *message = self->batch.message;
    bool is_mine = !message || (message->has_stream && message->stream == self->stream);
    if (self->phase != PHASE_LISTENING || !is_mine) {
        self->batch.count = 0;
        return true;
    }
    if (!good) {
        lib_error_set(&news->error, PLENARY__V1__STATUS_CODE__INTERNAL,
                      "%s sent what cannot be read", dealer_where(self->dealer));
        (void)lose(self, news);
        return false;
    }
    assert(message);
    self->heard_ms = pace_now_ms();
    self->has_message = true;
    advance(self, message);
    return true;
}

/* A change that came again after resubscribing was heard already. Where a later one follows it,
 * what comes then is new, whatever its sequence. Of the records that are sent again with the last
 * change that was heard, some may not have been, nor of those that an erasure is told of. */
static bool was_heard(PlenarySubscriber *self, const Plenary__V1__Change *change,
                      Plenary__V1__Delivery__Relation relation)
{
    bool is_again = relation == PLENARY__V1__DELIVERY__RELATION__AGAIN ||
                    change->action == PLENARY__V1__CHANGE__ACTION__ERASED;
    if (self->skip_to && change->sequence < self->skip_to) return true;
    if (self->skip_to && change->sequence == self->skip_to) return !is_again;
    self->skip_to = 0;
    return false;
}

static bool tell_change(PlenarySubscriber *self, PlenaryNews *news)
{
    while (!batch_is_heard(&self->batch)) {
        size_t i = self->batch.next++;
        Plenary__V1__Change *change = self->batch.changes[i];
        self->used_messages++;
        self->used_bytes += self->batch.deliveries[i]->change.len;
        if (self->phase == PHASE_LISTENING && (self->used_messages >= self->credit_messages / 2 ||
                                               self->used_bytes >= self->credit_bytes / 2))
            subscriber_say_credit(self, 0);
        Plenary__V1__Delivery__Relation relation = self->batch.deliveries[i]->relation;
        if (was_heard(self, change, relation)) continue;
        news->heard = PLENARY_CHANGE;
        news->change = change;
        news->relation = relation;
        news->sequence = change->sequence;
        return true;
    }
    return false;
}

static bool stop(PlenarySubscriber *self, PlenaryNews *news, PlenaryHeard heard,
                 Plenary__V1__StatusCode code, const char *message)
{
    self->phase = PHASE_STOPPED;
    news->heard = heard;
    return !lib_error_set(&news->error, code, "%s", message ? message : "no reason was given");
}

static bool tell_refused(PlenarySubscriber *self, const Plenary__V1__Status *status,
                         PlenaryNews *news)
{
    bool passes = status->code == PLENARY__V1__STATUS_CODE__UNAVAILABLE ||
                  status->code == PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED;
    if (!passes) return stop(self, news, PLENARY_REFUSED, status->code, status->message);
    lib_error_set(&news->error, status->code, "%s", status->message ? status->message : "later");
    bool told = lose(self, news);
    if (status->retry_after_ms)
        self->due_ms = pace_now_ms() + pace_spread_ms(status->retry_after_ms);
    return told;
}

static bool tell_resync(PlenarySubscriber *self, const Plenary__V1__Resync *resync,
                        PlenaryNews *news)
{
    self->resync = (Position){0};
    if (position_at(&self->resync, resync->cursor)) news->sequence = self->resync.sequence;
    return stop(self, news, PLENARY_RESYNC, PLENARY__V1__STATUS_CODE__FAILED_PRECONDITION,
                resync->reason);
}

/* Tells what the message in hand says. True: there is news. */
static bool tell_message(PlenarySubscriber *self, PlenaryNews *news)
{
    const Plenary__V1__StreamMessage *message = self->batch.message;
    bool no_stream = message->body_case == PLENARY__V1__STREAM_MESSAGE__BODY_NO_SUCH_STREAM;
    bool refused = message->body_case == PLENARY__V1__STREAM_MESSAGE__BODY_REFUSED;
    if (self->is_lost && !no_stream && !refused) { /* first this, then what it says */
        self->is_lost = false;
        news->heard = PLENARY_BACK;
        return true;
    }
    self->has_message = false;
    if (!no_stream && !refused) self->failures = 0;
    switch (message->body_case) {
    case PLENARY__V1__STREAM_MESSAGE__BODY_CAUGHT_UP:
        news->heard = PLENARY_CAUGHT_UP;
        news->sequence = self->received.sequence;
        return true;
    case PLENARY__V1__STREAM_MESSAGE__BODY_RESYNC: return tell_resync(self, message->resync, news);
    case PLENARY__V1__STREAM_MESSAGE__BODY_REFUSED:
        return tell_refused(self, message->refused, news);
    case PLENARY__V1__STREAM_MESSAGE__BODY_NO_SUCH_STREAM:
        subscribe_from_now_on(self, self->failures ? pace_back_off_ms(self->failures) : 0);
        self->failures++;
        return false;
    default: return false;
    }
}

/* The next piece of news that is there without waiting. */
static bool tell(PlenarySubscriber *self, PlenaryNews *news)
{
    do {
        if (self->has_message && tell_message(self, news)) return true;
        if (tell_change(self, news)) return true;
    } while (take_message(self, news));
    return news->heard != PLENARY_NOTHING;
}

void plenary_hear(PlenarySubscriber *self, int timeout_ms, PlenaryNews *news)
{
    int64_t until_ms = timeout_ms < 0 ? INT64_MAX : pace_now_ms() + timeout_ms;
    for (;;) {
        *news = (PlenaryNews){.sequence = self->received.sequence};
        if (tell(self, news) || pass_time(self, news)) return;
        int64_t left_ms = until_ms - pace_now_ms();
        if (left_ms <= 0) return;
        bool for_room = self->phase == PHASE_SUBSCRIBING && pace_now_ms() >= self->due_ms;
        int wait_ms = left_ms < DEALER_LOOK_EVERY_MS ? (int)left_ms : DEALER_LOOK_EVERY_MS;
        if (!dealer_wait(self->dealer, for_room, wait_ms)) return;
    }
}

/* --- the cursor --- */

/* Up to where everything was heard. */
static Position heard_position(const PlenarySubscriber *self)
{
    if (batch_is_heard(&self->batch)) return self->received;
    Position heard = self->before;
    heard.done = batch_done(&self->batch, heard.done);
    return heard;
}

bool plenary_acknowledge(PlenarySubscriber *self, PlenaryError *error)
{
    lib_error_clear(error);
    if (!self->has_position) return true;
    Position heard = heard_position(self);
    if (position_equal(&heard, &self->recorded)) return true;
    if (self->cursor_file && !position_write(&heard, self->cursor_file, error)) return false;
    self->recorded = heard;
    if (self->name && self->phase == PHASE_LISTENING) subscriber_say_credit(self, heard.done);
    return true;
}

size_t plenary_position(const PlenarySubscriber *self, uint8_t position[PLENARY_POSITION_SIZE])
{
    static_assert((int)POSITION_BYTES_MAX <= (int)PLENARY_POSITION_SIZE, "any position has room");
    Position heard = heard_position(self);
    return self->has_position ? position_pack(&heard, position) : 0;
}

void plenary_resume_after(PlenarySubscriber *self, uint64_t sequence)
{
    bool is_offered = self->resync.cursor_size && self->resync.sequence == sequence;
    if (is_offered)
        self->received = self->resync;
    else
        position_after(&self->received, sequence);
    self->before = self->received;
    self->has_position = true;
    self->batch.count = 0;
    self->batch.next = 0;
    self->has_message = false;
    subscribe_from_now_on(self, 0);
}
