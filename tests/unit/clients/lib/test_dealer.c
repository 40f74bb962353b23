/* One connection: frames of ours go out and come in, and its end does no harm. */
#include "clients/lib/dealer.h"
#include "proto/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

enum {
    PATIENCE_MS = 10000,
    ARRIVAL_US = 200 * 1000, /* what was sent has come, what was closed is known to be */
    PEER_SIZE = 16,
    UNREAD = 200, /* messages, above what libzmq receives between two looks at its commands: 100 */
};

/* A dealer, and the socket at the other end, which knows it. */
typedef struct Bench {
    char folder[32];
    void *context;
    void *socket;
    Dealer *dealer;
    uint8_t peer[PEER_SIZE];
    size_t peer_size;
} Bench;

static int set_up(void **state)
{
    const int none = 0;
    PlenaryError error;
    DealerTarget target = {.server_key = ""};
    Bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    memcpy(bench->folder, "/tmp/plenary-test.XXXXXX", sizeof "/tmp/plenary-test.XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    (void)snprintf(target.endpoint, sizeof target.endpoint, "ipc://%s/daemon.ipc", bench->folder);
    bench->context = zmq_ctx_new();
    bench->socket = zmq_socket(bench->context, ZMQ_ROUTER);
    assert_non_null(bench->socket);
    assert_int_equal(zmq_setsockopt(bench->socket, ZMQ_LINGER, &none, sizeof none), 0);
    assert_int_equal(zmq_bind(bench->socket, target.endpoint), 0);
    bench->dealer = dealer_new(&target, &error);
    assert_non_null(bench->dealer);
    *state = bench;
    return 0;
}

static void end_daemon(Bench *bench)
{
    if (bench->socket) zmq_close(bench->socket);
    if (bench->context) zmq_ctx_term(bench->context);
    bench->socket = bench->context = NULL;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    dealer_destroy(&bench->dealer);
    end_daemon(bench);
    (void)rmdir(bench->folder);
    free(bench);
    return 0;
}

static void greet(Bench *bench, const char *text)
{
    char frame[64];
    const uint8_t *body = NULL;
    size_t body_size = 0;
    while (!dealer_send(bench->dealer, text, strlen(text)))
        assert_true(dealer_wait(bench->dealer, true, PATIENCE_MS));
    int size = zmq_recv(bench->socket, bench->peer, sizeof bench->peer, 0);
    assert_true(size > 0 && size <= PEER_SIZE);
    bench->peer_size = (size_t)size;
    size = zmq_recv(bench->socket, frame, sizeof frame, 0);
    assert_true(size > 0 && frame_body(frame, (size_t)size, &body, &body_size));
    assert_int_equal(body_size, strlen(text));
    assert_memory_equal(body, text, body_size);
}

static void answer(const Bench *bench, const char *frame, bool more)
{
    int flags = more ? ZMQ_SNDMORE : 0;
    zmq_send(bench->socket, bench->peer, bench->peer_size, ZMQ_SNDMORE);
    assert_true(zmq_send(bench->socket, frame, strlen(frame), flags) >= 0);
}

static bool receive(const Bench *bench, char text[static 64])
{
    const uint8_t *body;
    size_t size;
    if (!dealer_receive(bench->dealer, &body, &size)) return false;
    (void)snprintf(text, 64, "%.*s", (int)size, (const char *)body);
    return true;
}

static void a_body_goes_out_and_one_comes_in(void **state)
{
    Bench *bench = *state;
    char text[64];
    greet(bench, "hello");
    answer(bench, "PLN1good day", false);
    assert_true(dealer_wait(bench->dealer, false, PATIENCE_MS));
    assert_true(receive(bench, text));
    assert_string_equal(text, "good day");
    assert_false(receive(bench, text));
}

static void what_is_no_frame_of_ours_is_passed_over(void **state)
{
    Bench *bench = *state;
    char text[64];
    greet(bench, "hello");
    answer(bench, "PLN2of another version", false);
    answer(bench, "PLN", false);
    answer(bench, "PLN1in two frames", true);
    assert_true(zmq_send(bench->socket, "PLN1of which this is one", 24, 0) >= 0);
    answer(bench, "PLN1at last", false);
    usleep(ARRIVAL_US);
    assert_true(dealer_wait(bench->dealer, false, PATIENCE_MS));
    assert_true(receive(bench, text));
    assert_string_equal(text, "at last");
}

/* docs/decisions/one-frame.md: with messages of two frames, libzmq ended the process here. */
static void a_connection_may_end_with_much_unread(void **state)
{
    Bench *bench = *state;
    char text[64];
    greet(bench, "hello");
    for (int i = 0; i < UNREAD; i++)
        answer(bench, "PLN1news", false);
    assert_true(dealer_wait(bench->dealer, false, PATIENCE_MS));
    usleep(ARRIVAL_US);
    assert_true(receive(bench, text));
    end_daemon(bench);
    usleep(ARRIVAL_US);
    while (receive(bench, text))
        assert_string_equal(text, "news");
    assert_false(dealer_is_connected(bench->dealer));
}

int main(void)
{
#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(a_body_goes_out_and_one_comes_in),
        WITH(what_is_no_frame_of_ours_is_passed_over),
        WITH(a_connection_may_end_with_much_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
