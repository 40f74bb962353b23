#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clients/lib/plenary.h"
#include "fake_daemon.h"
#include "proto/frame.h"
#include "proto/id.h"

#include <time.h>

enum {
    SEEN_MAX = 4096,
    SHORT_MS = 150,
};

/* What the scripts note. */
typedef struct Seen {
    atomic_int count;
    char request_id[8][PLENARY_REQUEST_ID_SIZE];
    uint64_t correlation[SEEN_MAX];
    FakePeer peer;
    int silent_first;    /* requests that get no answer */
    int busy_first;      /* requests that are answered with "come again" */
    bool has_much_to_do; /* which is then RESOURCE_EXHAUSTED */
} Seen;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int note(Seen *seen, const FakePeer *peer, const uint8_t *body, size_t size)
{
    Plenary__V1__Request *request = plenary__v1__request__unpack(NULL, size, body);
    assert(request && request->has_correlation);
    int nth = atomic_load(&seen->count);
    assert(nth < SEEN_MAX);
    if (nth < 8 && request->request_id)
        (void)snprintf(seen->request_id[nth], PLENARY_REQUEST_ID_SIZE, "%s", request->request_id);
    seen->correlation[nth] = request->correlation;
    seen->peer = *peer;
    plenary__v1__request__free_unpacked(request, NULL);
    atomic_store(&seen->count, nth + 1);
    return nth;
}

static void reply_count(Fake *fake, const FakePeer *peer, uint64_t correlation, uint64_t count)
{
    Plenary__V1__CountReply result = PLENARY__V1__COUNT_REPLY__INIT;
    result.has_count = 1;
    result.count = count;
    Plenary__V1__Reply reply = PLENARY__V1__REPLY__INIT;
    reply.has_correlation = 1;
    reply.correlation = correlation;
    reply.result_case = PLENARY__V1__REPLY__RESULT_COUNT;
    reply.count = &result;
    fake_send(fake, peer, &reply.base);
}

static void reply_busy(Fake *fake, const FakePeer *peer, uint64_t correlation)
{
    const Seen *seen = fake->context;
    Plenary__V1__Status status = PLENARY__V1__STATUS__INIT;
    status.has_code = 1;
    status.code = seen->has_much_to_do ? PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED
                                       : PLENARY__V1__STATUS_CODE__UNAVAILABLE;
    char message[] = "the disk is full";
    status.message = message;
    status.has_retry_after_ms = 1;
    status.retry_after_ms = 30;
    Plenary__V1__Reply reply = PLENARY__V1__REPLY__INIT;
    reply.has_correlation = 1;
    reply.correlation = correlation;
    reply.status = &status;
    fake_send(fake, peer, &reply.base);
}

/* Answers with how many requests it has seen. */
static void answer(Fake *fake, const FakePeer *peer, const uint8_t *body, size_t size)
{
    Seen *seen = fake->context;
    int nth = note(seen, peer, body, size);
    if (nth < seen->silent_first) return;
    if (nth < seen->silent_first + seen->busy_first)
        reply_busy(fake, peer, seen->correlation[nth]);
    else
        reply_count(fake, peer, seen->correlation[nth], (uint64_t)nth + 1);
}

typedef struct Bench {
    Fake fake;
    Seen seen;
    PlenaryClient *client;
    PlenaryError error;
} Bench;

static int set_up(void **state)
{
    Bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    fake_init(&bench->fake, "requests", answer, &bench->seen);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    plenary_client_destroy(&bench->client);
    fake_remove(&bench->fake);
    free(bench);
    return 0;
}

static void open_client(Bench *bench, int timeout_ms, int attempts)
{
    PlenaryOptions options = {
        .home = bench->fake.home, .timeout_ms = timeout_ms, .attempts = attempts};
    bench->client = plenary_client_new(&options, &bench->error);
    assert_non_null(bench->client);
}

static Plenary__V1__Request count_request(void)
{
    static Plenary__V1__CountEvents count = PLENARY__V1__COUNT_EVENTS__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    request.count_events = &count;
    return request;
}

static Plenary__V1__Request hold_request(void)
{
    static Plenary__V1__HoldEvent hold = PLENARY__V1__HOLD_EVENT__INIT;
    Plenary__V1__Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_HOLD_EVENT;
    request.hold_event = &hold;
    return request;
}

static void expect_count(Bench *bench, Plenary__V1__Request *request, uint64_t count)
{
    Plenary__V1__Reply *reply = NULL;
    if (!plenary_call(bench->client, request, &reply, &bench->error))
        fail_msg("%s", bench->error.message);
    assert_int_equal(reply->result_case, PLENARY__V1__REPLY__RESULT_COUNT);
    assert_int_equal(reply->count->count, count);
    plenary_reply_free(reply);
}

static void expect_failure(Bench *bench, int code, const char *part)
{
    Plenary__V1__Request request = hold_request();
    Plenary__V1__Reply *reply = NULL;
    assert_false(plenary_call(bench->client, &request, &reply, &bench->error));
    assert_null(reply);
    assert_int_equal(bench->error.code, code);
    assert_non_null(strstr(bench->error.message, part));
    assert_int_equal(plenary_in_flight(bench->client), 0);
}

static void test_a_reply_comes_and_the_request_is_left_as_it_was(void **state)
{
    Bench *bench = *state;
    fake_start(&bench->fake);
    open_client(bench, 0, 0);
    Plenary__V1__Request request = hold_request();
    expect_count(bench, &request, 1);
    assert_ptr_equal(request.request_id, hold_request().request_id);
    assert_false(request.has_correlation);

    uint8_t bytes[ID_BYTES];
    assert_true(id_parse(bench->seen.request_id[0], bytes)); /* a verb that writes got an id */
    assert_int_equal(bytes[6] >> 4, 7);
    request = count_request();
    expect_count(bench, &request, 2);
    assert_string_equal(bench->seen.request_id[1], ""); /* one that reads needs none */
}

static void test_a_request_is_repeated_with_the_same_id(void **state)
{
    Bench *bench = *state;
    bench->seen.silent_first = 2;
    fake_start(&bench->fake);
    open_client(bench, SHORT_MS, 3);
    Plenary__V1__Request request = hold_request();
    expect_count(bench, &request, 3);
    assert_string_equal(bench->seen.request_id[0], bench->seen.request_id[1]);
    assert_string_equal(bench->seen.request_id[0], bench->seen.request_id[2]);
    assert_int_equal(bench->seen.correlation[0], bench->seen.correlation[2]);
}

static void test_silence_ends_in_deadline_exceeded(void **state)
{
    Bench *bench = *state;
    bench->seen.silent_first = 100;
    fake_start(&bench->fake);
    open_client(bench, SHORT_MS, 3);
    int64_t start_ms = now_ms();
    expect_failure(bench, PLENARY__V1__STATUS_CODE__DEADLINE_EXCEEDED, "3 attempts of 150 ms");
    assert_in_range(now_ms() - start_ms, 3 * SHORT_MS, 3 * SHORT_MS + 1500);
    assert_int_equal(atomic_load(&bench->seen.count), 3);
}

/* Answers the first attempt when the second one comes, then the second one too. */
static void answer_late(Fake *fake, const FakePeer *peer, const uint8_t *body, size_t size)
{
    Seen *seen = fake->context;
    int nth = note(seen, peer, body, size);
    if (nth == 0) return;
    if (nth == 1) reply_count(fake, peer, seen->correlation[0], 100);
    reply_count(fake, peer, seen->correlation[nth], 200);
}

static void test_a_late_reply_counts_once(void **state)
{
    Bench *bench = *state;
    bench->fake.script = answer_late;
    fake_start(&bench->fake);
    open_client(bench, SHORT_MS, 3);
    Plenary__V1__Request request = hold_request();
    expect_count(bench, &request, 100);
    request = count_request();
    expect_count(bench, &request, 200); /* its own, not the second reply of before */
    assert_int_not_equal(bench->seen.correlation[1], bench->seen.correlation[2]);
}

static void send_garbage(Fake *fake, const FakePeer *peer)
{
    static const uint8_t junk[] = {0xFF, 0xFF, 0xFF, 0x01, 0x00};
    fake_send_frame(fake, peer, "PLN1", junk, sizeof junk);
    fake_send_frame(fake, peer, "PLN2", junk, 0);
    fake_send_frame(fake, peer, "PLN1", "", 0); /* a reply without correlation */
    zmq_send(fake->socket, peer->id, peer->size, ZMQ_SNDMORE);
    zmq_send(fake->socket, "PLN", 3, 0);
    zmq_send(fake->socket, peer->id, peer->size, ZMQ_SNDMORE);
    zmq_send(fake->socket, "PLN1", 4, ZMQ_SNDMORE);
    zmq_send(fake->socket, "", 0, ZMQ_SNDMORE);
    zmq_send(fake->socket, "more", 4, 0);
}

static void answer_with_garbage_first(Fake *fake, const FakePeer *peer, const uint8_t *body,
                                      size_t size)
{
    Seen *seen = fake->context;
    int nth = note(seen, peer, body, size);
    send_garbage(fake, peer);
    reply_count(fake, peer, seen->correlation[nth] + 1, 7);
    reply_count(fake, peer, seen->correlation[nth] + PLENARY_IN_FLIGHT_MAX, 8);
    reply_count(fake, peer, UINT64_MAX, 9);
    reply_count(fake, peer, seen->correlation[nth], 42);
}

static void test_garbage_and_foreign_correlations_are_passed_over(void **state)
{
    Bench *bench = *state;
    bench->fake.script = answer_with_garbage_first;
    fake_start(&bench->fake);
    open_client(bench, 0, 1);
    Plenary__V1__Request request = count_request();
    expect_count(bench, &request, 42);
}

static void test_come_again_is_done_and_given_back_where_it_stays(void **state)
{
    Bench *bench = *state;
    bench->seen.busy_first = 2;
    fake_start(&bench->fake);
    open_client(bench, 0, 3);
    Plenary__V1__Request request = hold_request();
    expect_count(bench, &request, 3);
    assert_string_equal(bench->seen.request_id[0], bench->seen.request_id[2]);

    bench->seen.busy_first = 1000;
    Plenary__V1__Reply *reply = NULL;
    assert_true(plenary_call(bench->client, &request, &reply, &bench->error));
    assert_int_equal(reply->status->code, PLENARY__V1__STATUS_CODE__UNAVAILABLE);
    assert_string_equal(reply->status->message, "the disk is full");
    assert_int_equal(atomic_load(&bench->seen.count), 6);
    plenary_reply_free(reply);
}

/* 3 attempts, and 5 more for each but the first; where one is asked for, it is one. */
static void test_a_registry_that_has_much_to_do_is_asked_more_often(void **state)
{
    Bench *bench = *state;
    bench->seen.busy_first = 12;
    bench->seen.has_much_to_do = true;
    fake_start(&bench->fake);
    open_client(bench, 0, 3);
    Plenary__V1__Request request = hold_request();
    expect_count(bench, &request, 13);

    bench->seen.busy_first = 1000;
    Plenary__V1__Reply *reply = NULL;
    assert_true(plenary_call(bench->client, &request, &reply, &bench->error));
    assert_int_equal(reply->status->code, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED);
    assert_int_equal(atomic_load(&bench->seen.count), 26);
    plenary_reply_free(reply);
    plenary_client_destroy(&bench->client);

    open_client(bench, 0, 1);
    assert_true(plenary_call(bench->client, &request, &reply, &bench->error));
    assert_int_equal(atomic_load(&bench->seen.count), 27);
    plenary_reply_free(reply);
}

static void test_an_absent_daemon_is_told_quickly(void **state)
{
    Bench *bench = *state;
    open_client(bench, 0, 0);
    int64_t start_ms = now_ms();
    expect_failure(bench, PLENARY__V1__STATUS_CODE__UNAVAILABLE,
                   "/run/requests.ipc; start it with: plenaryd");
    assert_true(now_ms() - start_ms < 2000);
}

static void test_a_socket_left_by_a_killed_daemon_is_told_quickly(void **state)
{
    Bench *bench = *state;
    fake_start(&bench->fake);
    const char *path = bench->fake.endpoint + strlen("ipc://");
    char kept[FAKE_PATH_SIZE + 8];
    (void)snprintf(kept, sizeof kept, "%s.kept", path);
    assert_int_equal(link(path, kept), 0);
    fake_stop(&bench->fake);
    assert_int_equal(rename(kept, path), 0);

    open_client(bench, 0, 0);
    int64_t start_ms = now_ms();
    expect_failure(bench, PLENARY__V1__STATUS_CODE__UNAVAILABLE, "no plenaryd answers at /tmp/");
    assert_true(now_ms() - start_ms < 2000);
}

static void test_a_request_outlives_a_restart_of_the_daemon(void **state)
{
    Bench *bench = *state;
    bench->seen.silent_first = 1; /* it is killed before it answers */
    fake_start(&bench->fake);
    open_client(bench, 0, 20);
    Plenary__V1__Request request = hold_request();
    void *tag = NULL;
    Plenary__V1__Reply *reply = NULL;
    assert_true(plenary_send(bench->client, &request, &bench->seen, &bench->error));
    while (atomic_load(&bench->seen.count) == 0)
        assert_false(plenary_receive(bench->client, 10, &tag, &reply, &bench->error));
    fake_stop(&bench->fake);
    assert_false(plenary_receive(bench->client, 300, &tag, &reply, &bench->error));
    assert_int_equal(plenary_in_flight(bench->client), 1);
    fake_start(&bench->fake);

    int64_t start_ms = now_ms();
    assert_true(plenary_receive(bench->client, -1, &tag, &reply, &bench->error));
    assert_true(now_ms() - start_ms < 4000); /* not the whole time-out of the attempt */
    assert_ptr_equal(tag, &bench->seen);
    assert_non_null(reply);
    assert_string_equal(bench->seen.request_id[0], bench->seen.request_id[1]);
    plenary_reply_free(reply);
}

/* Holds replies back until the number that is awaited has come, then answers backwards. */
static void answer_backwards(Fake *fake, const FakePeer *peer, const uint8_t *body, size_t size)
{
    Seen *seen = fake->context;
    int nth = note(seen, peer, body, size);
    if (nth + 1 < PLENARY_IN_FLIGHT_MAX) return;
    if (nth >= PLENARY_IN_FLIGHT_MAX) {
        reply_count(fake, peer, seen->correlation[nth], 5000);
        return;
    }
    for (int i = nth; i >= 0; i--)
        reply_count(fake, peer, seen->correlation[i], (uint64_t)i);
}

static void test_replies_in_any_order_find_their_tags(void **state)
{
    Bench *bench = *state;
    static char tags[PLENARY_IN_FLIGHT_MAX];
    bench->fake.script = answer_backwards;
    fake_start(&bench->fake);
    open_client(bench, 0, 1);
    Plenary__V1__Request request = count_request();
    for (int i = 0; i < PLENARY_IN_FLIGHT_MAX; i++)
        assert_true(plenary_send(bench->client, &request, &tags[i], &bench->error));
    assert_false(plenary_send(bench->client, &request, NULL, &bench->error));
    assert_int_equal(bench->error.code, PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED);

    for (int i = 0; i < PLENARY_IN_FLIGHT_MAX; i++) {
        void *tag = NULL;
        Plenary__V1__Reply *reply = NULL;
        assert_true(plenary_receive(bench->client, -1, &tag, &reply, &bench->error));
        assert_non_null(reply);
        assert_int_equal((char *)tag - tags, reply->count->count);
        plenary_reply_free(reply);
        if (i == 0) expect_count(bench, &request, 5000); /* a call amid the others */
    }
    void *tag = NULL;
    Plenary__V1__Reply *reply = NULL;
    assert_false(plenary_receive(bench->client, -1, &tag, &reply, &bench->error));
}

static void test_a_request_that_timed_out_is_given_with_its_tag(void **state)
{
    Bench *bench = *state;
    bench->seen.silent_first = 100;
    fake_start(&bench->fake);
    open_client(bench, SHORT_MS, 1);
    Plenary__V1__Request request = count_request();
    void *tag = NULL;
    Plenary__V1__Reply *reply = NULL;
    assert_true(plenary_send(bench->client, &request, bench, &bench->error));
    assert_true(plenary_receive(bench->client, -1, &tag, &reply, &bench->error));
    assert_null(reply);
    assert_ptr_equal(tag, bench);
    assert_int_equal(bench->error.code, PLENARY__V1__STATUS_CODE__DEADLINE_EXCEEDED);
}

static void test_a_request_too_large_is_not_sent(void **state)
{
    Bench *bench = *state;
    fake_start(&bench->fake);
    open_client(bench, 0, 0);
    char *large = malloc(FRAME_BODY_BYTES_MAX + 1);
    assert_non_null(large);
    memset(large, 'a', FRAME_BODY_BYTES_MAX);
    large[FRAME_BODY_BYTES_MAX] = '\0';
    Plenary__V1__Request request = hold_request();
    Plenary__V1__HoldEvent hold = PLENARY__V1__HOLD_EVENT__INIT;
    hold.event_id = large;
    request.hold_event = &hold;
    Plenary__V1__Reply *reply = NULL;
    assert_false(plenary_call(bench->client, &request, &reply, &bench->error));
    assert_int_equal(bench->error.code, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT);
    assert_int_equal(atomic_load(&bench->seen.count), 0);
    free(large);
}

static void test_bad_endpoints_and_homes_are_told(void **state)
{
    (void)state;
    PlenaryError error;
    char deep[200];
    memset(deep, 'd', sizeof deep - 1);
    deep[0] = '/';
    deep[sizeof deep - 1] = '\0';
    PlenaryOptions options = {.requests_endpoint = "nowhere"};
    assert_null(plenary_client_new(&options, &error));
    assert_int_equal(error.code, PLENARY__V1__STATUS_CODE__INVALID_ARGUMENT);
    options = (PlenaryOptions){.home = deep};
    assert_null(plenary_client_new(&options, &error));
    assert_non_null(strstr(error.message, "107 bytes"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_reply_comes_and_the_request_is_left_as_it_was),
        TEST(test_a_request_is_repeated_with_the_same_id),
        TEST(test_silence_ends_in_deadline_exceeded),
        TEST(test_a_late_reply_counts_once),
        TEST(test_garbage_and_foreign_correlations_are_passed_over),
        TEST(test_come_again_is_done_and_given_back_where_it_stays),
        TEST(test_a_registry_that_has_much_to_do_is_asked_more_often),
        TEST(test_an_absent_daemon_is_told_quickly),
        TEST(test_a_socket_left_by_a_killed_daemon_is_told_quickly),
        TEST(test_a_request_outlives_a_restart_of_the_daemon),
        TEST(test_replies_in_any_order_find_their_tags),
        TEST(test_a_request_that_timed_out_is_given_with_its_tag),
        TEST(test_a_request_too_large_is_not_sent),
        TEST(test_bad_endpoints_and_homes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
