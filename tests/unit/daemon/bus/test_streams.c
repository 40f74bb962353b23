#include "proto/frame.h"
#include "tests/unit/daemon/bus/registered.h"

#include "daemon/bus/limits.h"
#include "daemon/bus/streams.h"

#include <czmq.h>

enum {
    TRIES = 1500, /* of about 2 ms */
};

typedef struct Listening {
    Registered *registered;
    Streams *streams;
    char path[96];
    zsock_t *client;
    char came[64]; /* the name of the last subscriber that came, or went */
    uint64_t acknowledged;
} Listening;

static const Wanted in_uz = {"UZ", PLENARY__V1__HANDLING__TLP__GREEN, NULL};

static void note_subscriber(void *context, const char *name, bool comes, uint64_t sequence)
{
    Listening *self = context;
    (void)snprintf(self->came, sizeof self->came, "%s %s", name, comes ? "comes" : "goes");
    if (!comes) self->acknowledged = sequence;
}

static int open_streams(void **state)
{
    static Listening self;
    void *registered;
    const StreamsConfig config = {
        .streams = 3, .streams_per_connection = 2, .told = note_subscriber, .told_context = &self};
    Problem problem;
    problem_clear(&problem);
    if (registered_open(&registered) != 0) return -1;
    self = (Listening){.registered = registered};
    (void)snprintf(self.path, sizeof self.path, "%s/stream.ipc", self.registered->folder);
    if (streams_new(&config, &self.streams, &problem) != STATUS_OK) return -1;
    if (streams_open(self.streams, self.registered->registry, self.path, &problem) != STATUS_OK)
        return -1;
    self.client = zsock_new(ZMQ_DEALER);
    *state = &self;
    return zsock_connect(self.client, "ipc://%s", self.path);
}

static int close_streams(void **state)
{
    Listening *self = *state;
    void *registered = self->registered;
    zsock_destroy(&self->client);
    streams_close(self->streams);
    streams_destroy(&self->streams);
    return registered_close(&registered);
}

static void turn(const Listening *self)
{
    (void)streams_receive(self->streams);
    registry_turn(self->registered->registry);
    (void)streams_pump(self->streams);
    registry_rest(self->registered->registry);
}

static void say(zsock_t *client, const StreamRequest *request)
{
    uint8_t frame[1024];
    size_t size = plenary__v1__stream_request__get_packed_size(request);
    assert_true(FRAME_VERSION_BYTES + size <= sizeof frame);
    plenary__v1__stream_request__pack(request, frame_begin(frame));
    assert_int_equal(zsock_send(client, "b", frame, FRAME_VERSION_BYTES + size), 0);
}

static void subscribe_also(zsock_t *client, uint32_t number, uint32_t credit,
                           const char *organisation, bool directory)
{
    StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    Subscribe subscribe = PLENARY__V1__SUBSCRIBE__INIT;
    Query query = PLENARY__V1__QUERY__INIT;
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    char facet[] = "org";
    char name[] = "tester";
    char *values[] = {(char *)(uintptr_t)organisation};
    term.facet = facet;
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    subscribe.has_stream = 1;
    subscribe.stream = number;
    subscribe.query = organisation ? &query : NULL;
    subscribe.has_directory = directory;
    subscribe.directory = directory;
    subscribe.name = name;
    subscribe.start_case = PLENARY__V1__SUBSCRIBE__START_AFTER_SEQUENCE;
    subscribe.has_credit_messages = subscribe.has_credit_bytes = 1;
    subscribe.credit_messages = credit;
    subscribe.credit_bytes = 1 << 20;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_SUBSCRIBE;
    request.subscribe = &subscribe;
    say(client, &request);
}

static void subscribe(zsock_t *client, uint32_t number, uint32_t credit, const char *organisation)
{
    subscribe_also(client, number, credit, organisation, false);
}

static void give(zsock_t *client, uint32_t number, uint32_t messages, uint64_t acknowledged)
{
    StreamRequest request = PLENARY__V1__STREAM_REQUEST__INIT;
    Plenary__V1__Credit credit = PLENARY__V1__CREDIT__INIT;
    credit.has_stream = credit.has_messages = credit.has_acknowledged_sequence = 1;
    credit.stream = number;
    credit.messages = messages;
    credit.acknowledged_sequence = acknowledged;
    request.verb_case = PLENARY__V1__STREAM_REQUEST__VERB_CREDIT;
    request.credit = &credit;
    say(client, &request);
}

/* The next message to the client, heartbeats left out; NULL: none comes. Given. */
static StreamMessage *hear_within(const Listening *self, zsock_t *client, int tries)
{
    for (int i = 0; i < tries; i++) {
        turn(self);
        zpoller_t *poller = zpoller_new(client, NULL);
        bool has = zpoller_wait(poller, 2) != NULL;
        zpoller_destroy(&poller);
        if (!has) continue;
        uint8_t *data = NULL;
        const uint8_t *body;
        size_t size = 0;
        assert_int_equal(zsock_recv(client, "b", &data, &size), 0);
        assert_true(frame_body(data, size, &body, &size));
        StreamMessage *message = plenary__v1__stream_message__unpack(NULL, size, body);
        free(data);
        assert_non_null(message);
        if (message->body_case != PLENARY__V1__STREAM_MESSAGE__BODY_HEARTBEAT) return message;
        plenary__v1__stream_message__free_unpacked(message, NULL);
    }
    return NULL;
}

/* The same, which must come, be of this stream and of this kind; gives a number that tells it. */
static uint64_t expect(const Listening *self, zsock_t *client, uint32_t number,
                       Plenary__V1__StreamMessage__BodyCase body)
{
    uint64_t told = 0;
    StreamMessage *message = hear_within(self, client, TRIES);
    assert_non_null(message);
    assert_int_equal(message->stream, number);
    assert_int_equal(message->body_case, body);
    if (body == PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES) told = message->changes->n_deliveries;
    if (body == PLENARY__V1__STREAM_MESSAGE__BODY_CAUGHT_UP)
        told = message->caught_up->cursor->sequence;
    if (body == PLENARY__V1__STREAM_MESSAGE__BODY_REFUSED) told = message->refused->code;
    plenary__v1__stream_message__free_unpacked(message, NULL);
    return told;
}

#define EXPECT(self, client, number, body)                                                         \
    expect(self, client, number, PLENARY__V1__STREAM_MESSAGE__BODY_##body)

static void replay_and_live_are_one_path(void **state)
{
    const Listening *self = *state;
    registered_put(self->registered, NULL, &in_uz);
    registered_put(self->registered, NULL, &in_uz);
    subscribe(self->client, 1, 100, NULL);
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 2);
    assert_int_equal(EXPECT(self, self->client, 1, CAUGHT_UP), 2);
    registered_put(self->registered, NULL, &in_uz);
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 1);
    assert_null(hear_within(self, self->client, 20));
}

static void credit_that_is_used_up_stops_one_stream_and_no_other(void **state)
{
    const Listening *self = *state;
    for (int i = 0; i < 3; i++)
        registered_put(self->registered, NULL, &in_uz);
    subscribe(self->client, 1, 1, NULL);
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 1);
    assert_null(hear_within(self, self->client, 20));
    subscribe(self->client, 2, 100, NULL);
    assert_int_equal(EXPECT(self, self->client, 2, CHANGES), 3);
    assert_int_equal(EXPECT(self, self->client, 2, CAUGHT_UP), 3);
    give(self->client, 1, 10, 1);
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 2);
    assert_int_equal(EXPECT(self, self->client, 1, CAUGHT_UP), 3);
}

static void a_stream_that_is_not_there_is_told_so(void **state)
{
    const Listening *self = *state;
    give(self->client, 7, 1, 0);
    EXPECT(self, self->client, 7, NO_SUCH_STREAM);
}

static void too_many_streams_are_refused_and_a_number_may_begin_anew(void **state)
{
    const Listening *self = *state;
    for (uint32_t number = 1; number <= 2; number++) {
        subscribe(self->client, number, 1, NULL);
        EXPECT(self, self->client, number, CAUGHT_UP);
    }
    subscribe(self->client, 3, 1, NULL);
    assert_int_equal(EXPECT(self, self->client, 3, REFUSED), STATUS_RESOURCE_EXHAUSTED);
    subscribe(self->client, 2, 1, NULL);
    EXPECT(self, self->client, 2, CAUGHT_UP);
    assert_int_equal(streams_state(self->streams).streams, 2);
}

static void too_much_credit_is_refused(void **state)
{
    const Listening *self = *state;
    subscribe(self->client, 1, STREAMS_CREDIT_MESSAGES + 1, NULL);
    assert_int_equal(EXPECT(self, self->client, 1, REFUSED), STATUS_INVALID_ARGUMENT);
}

static void what_is_no_request_is_refused(void **state)
{
    const Listening *self = *state;
    zstr_send(self->client, "PLN1\x0f\xff");
    assert_int_equal(EXPECT(self, self->client, 0, REFUSED), STATUS_INVALID_ARGUMENT);
    zstr_send(self->client, "PLN1");
    assert_int_equal(EXPECT(self, self->client, 0, REFUSED), STATUS_INVALID_ARGUMENT);
}

/* "org=unodc" also means its parts: with a new part it means more than when it was subscribed. */
static void a_query_that_comes_to_mean_something_else_is_resynced(void **state)
{
    const Listening *self = *state;
    registered_organisation(self->registered, "unodc", NULL);
    registered_organisation(self->registered, "caricc", NULL);
    subscribe(self->client, 1, 10, "unodc");
    EXPECT(self, self->client, 1, CAUGHT_UP);
    subscribe(self->client, 2, 10, "caricc");
    EXPECT(self, self->client, 2, CAUGHT_UP);
    registered_organisation(self->registered, "roca", "unodc");
    EXPECT(self, self->client, 1, RESYNC);
    assert_null(hear_within(self, self->client, 20));
    assert_int_equal(streams_state(self->streams).streams, 1);
}

static void a_stream_hears_the_directory_that_it_asked_for(void **state)
{
    const Listening *self = *state;
    registered_organisation(self->registered, "unodc", NULL);
    subscribe_also(self->client, 1, 10, "caricc", true);
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 1);
    EXPECT(self, self->client, 1, CAUGHT_UP);
    registered_organisation(self->registered, "roca", "unodc"); /* "caricc" means the same still */
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 1);
}

static void a_connection_that_is_gone_takes_its_streams_along(void **state)
{
    Listening *self = *state;
    registered_put(self->registered, NULL, &in_uz);
    subscribe(self->client, 1, 10, NULL);
    assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 1);
    EXPECT(self, self->client, 1, CAUGHT_UP);
    assert_string_equal(self->came, "tester comes");
    give(self->client, 1, 1, 42); /* more than there is */
    turn(self);
    zclock_sleep(20);
    turn(self);
    zsock_destroy(&self->client);
    for (int i = 0; i < 200 && streams_state(self->streams).streams; i++) {
        registered_put(self->registered, NULL, &in_uz);
        turn(self);
    }
    assert_int_equal(streams_state(self->streams).streams, 0);
    assert_int_equal(streams_state(self->streams).away_bytes, 0);
    assert_string_equal(self->came, "tester goes");
    assert_int_equal(self->acknowledged, 1);
}

static void one_that_does_not_read_holds_nobody_back(void **state)
{
    const Listening *self = *state;
    zsock_t *stuck = zsock_new(ZMQ_DEALER);
    zsock_set_rcvhwm(stuck, 1);
    assert_int_equal(zsock_connect(stuck, "ipc://%s", self->path), 0);
    subscribe(stuck, 1, STREAMS_CREDIT_MESSAGES, NULL);
    subscribe(self->client, 1, STREAMS_CREDIT_MESSAGES, NULL);
    EXPECT(self, self->client, 1, CAUGHT_UP);
    for (int i = 0; i < 300; i++) {
        registered_put(self->registered, NULL, &in_uz);
        assert_int_equal(EXPECT(self, self->client, 1, CHANGES), 1);
    }
    zsock_destroy(&stuck);
}

/* Both of one connection are sent the same bytes, but for the number. */
static void streams_that_hear_the_same_are_told_by_their_own_numbers(void **state)
{
    const Listening *self = *state;
    zsock_t *other = zsock_new(ZMQ_DEALER);
    assert_int_equal(zsock_connect(other, "ipc://%s", self->path), 0);
    for (uint32_t number = 1; number <= 2; number++) {
        subscribe(self->client, number, 100, NULL);
        EXPECT(self, self->client, number, CAUGHT_UP);
    }
    subscribe(other, 1, 100, NULL);
    EXPECT(self, other, 1, CAUGHT_UP);
    registered_put(self->registered, NULL, &in_uz);
    bool heard[3] = {false};
    for (int i = 0; i < 2; i++) {
        StreamMessage *message = hear_within(self, self->client, TRIES);
        assert_non_null(message);
        assert_int_equal(message->changes->n_deliveries, 1);
        assert_int_equal(message->changes->cursor->sequence, 1);
        heard[message->stream] = true;
        plenary__v1__stream_message__free_unpacked(message, NULL);
    }
    assert_true(heard[1] && heard[2]);
    assert_int_equal(EXPECT(self, other, 1, CHANGES), 1);
    zsock_destroy(&other);
}

/* Two streams of one that does not read, until its queue is full. */
static zsock_t *connect_stuck(const Listening *self)
{
    zsock_t *stuck = zsock_new(ZMQ_DEALER);
    zsock_set_rcvhwm(stuck, 1);
    assert_int_equal(zsock_connect(stuck, "ipc://%s", self->path), 0);
    for (uint32_t number = 1; number <= 2; number++)
        subscribe(stuck, number, STREAMS_CREDIT_MESSAGES, NULL);
    while (streams_state(self->streams).streams < 2)
        turn(self);
    for (int i = 0; i < STREAMS_SEND_QUEUE; i++) { /* a message each to both */
        registered_put(self->registered, NULL, &in_uz);
        turn(self);
    }
    return stuck;
}

static void a_queue_that_is_full_lets_the_loop_sleep(void **state)
{
    const Listening *self = *state;
    enum { TURNS = 400 };
    zsock_t *stuck = connect_stuck(self);
    int awake = 0;
    for (int i = 0; i < TURNS; i++) {
        turn(self);
        awake += streams_wait_ms(self->streams) == 0;
        g_usleep(1000);
    }
    assert_true(awake < TURNS / 8); /* a few may fall due just then */
    zsock_destroy(&stuck);
}

static void one_whose_queue_was_full_hears_all_when_it_reads_again(void **state)
{
    const Listening *self = *state;
    enum { CHANGES = STREAMS_SEND_QUEUE };
    zsock_t *stuck = connect_stuck(self);
    uint64_t heard[3] = {0};
    while (heard[1] < CHANGES || heard[2] < CHANGES) {
        StreamMessage *message = hear_within(self, stuck, TRIES);
        assert_non_null(message);
        if (message->body_case == PLENARY__V1__STREAM_MESSAGE__BODY_CHANGES) {
            heard[message->stream] += message->changes->n_deliveries;
            assert_int_equal(message->changes->cursor->sequence, heard[message->stream]);
        }
        plenary__v1__stream_message__free_unpacked(message, NULL);
    }
    zsock_destroy(&stuck);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_streams, close_streams)
    const struct CMUnitTest tests[] = {
        ONE(replay_and_live_are_one_path),
        ONE(credit_that_is_used_up_stops_one_stream_and_no_other),
        ONE(a_stream_that_is_not_there_is_told_so),
        ONE(too_many_streams_are_refused_and_a_number_may_begin_anew),
        ONE(too_much_credit_is_refused),
        ONE(what_is_no_request_is_refused),
        ONE(a_query_that_comes_to_mean_something_else_is_resynced),
        ONE(a_stream_hears_the_directory_that_it_asked_for),
        ONE(a_connection_that_is_gone_takes_its_streams_along),
        ONE(one_that_does_not_read_holds_nobody_back),
        ONE(streams_that_hear_the_same_are_told_by_their_own_numbers),
        ONE(a_queue_that_is_full_lets_the_loop_sleep),
        ONE(one_whose_queue_was_full_hears_all_when_it_reads_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
