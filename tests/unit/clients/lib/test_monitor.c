/* What libzmq tells of attempts to connect is understood: who is absent, who is only slow. */
#include "clients/lib/monitor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

enum {
    RECONNECT_MS = 20,
    LOOK_MS = 10,
    PATIENCE_MS = 10000,
    QUIET_MS = 500, /* in which nothing is found of who is only slow */
    ENDPOINT_SIZE = 64,
};

typedef struct Bench {
    void *context;
    void *socket;
    Monitor *monitor;
    int port;     /* a socket of TCP that holds it; -1: there is none */
    bool listens; /* and it does */
    char endpoint[ENDPOINT_SIZE];
} Bench;

/* A port of this machine, listened at or not. */
static void find_port(Bench *bench, bool listens)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bench->port = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(bench->port >= 0);
    assert_int_equal(bind(bench->port, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(bench->port, (struct sockaddr *)&address, &size), 0);
    bench->listens = listens;
    if (listens) assert_int_equal(listen(bench->port, 8), 0);
    (void)snprintf(bench->endpoint, sizeof bench->endpoint, "tcp://127.0.0.1:%u",
                   (unsigned)ntohs(address.sin_port));
}

static int set_up(void **state)
{
    const int wait_ms = RECONNECT_MS;
    const int none = 0;
    Bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->port = -1;
    bench->context = zmq_ctx_new();
    bench->socket = zmq_socket(bench->context, ZMQ_DEALER);
    assert_non_null(bench->socket);
    zmq_setsockopt(bench->socket, ZMQ_RECONNECT_IVL, &wait_ms, sizeof wait_ms);
    zmq_setsockopt(bench->socket, ZMQ_LINGER, &none, sizeof none);
    bench->monitor = monitor_new(bench->context, bench->socket);
    assert_non_null(bench->monitor);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    Bench *bench = *state;
    if (bench->port >= 0) (void)close(bench->port);
    monitor_destroy(&bench->monitor);
    zmq_close(bench->socket);
    zmq_ctx_term(bench->context);
    free(bench);
    return 0;
}

static void connect_to(Bench *bench, const char *endpoint)
{
    assert_int_equal(zmq_connect(bench->socket, endpoint), 0);
}

/* True: it was found within that time. Who is accepted meanwhile is hung up on. */
static bool finds(Bench *bench, MonitorFinding finding, int within_ms)
{
    for (int waited_ms = 0; waited_ms < within_ms; waited_ms += LOOK_MS) {
        struct pollfd asked = {.fd = bench->listens ? bench->port : -1, .events = POLLIN};
        if (monitor_take(bench->monitor, finding)) return true;
        if (poll(&asked, 1, LOOK_MS) > 0 && asked.revents & POLLIN)
            (void)close(accept(bench->port, NULL, NULL));
    }
    return false;
}

static void assert_nothing_is_found(Bench *bench)
{
    for (int finding = 0; finding < MONITOR_FINDINGS; finding++)
        assert_false(monitor_take(bench->monitor, (MonitorFinding)finding));
}

static void where_nobody_listens_is_found_for_each_attempt(void **state)
{
    Bench *bench = *state;
    find_port(bench, false); /* held, so that nobody else listens there */
    connect_to(bench, bench->endpoint);
    for (int attempt = 0; attempt < 3; attempt++)
        assert_true(finds(bench, MONITOR_NO_LISTENER, PATIENCE_MS));
    assert_false(finds(bench, MONITOR_NO_ADDRESS, 3 * LOOK_MS));
    assert_false(finds(bench, MONITOR_HUNG_UP, 3 * LOOK_MS));
}

static void a_name_that_is_not_known_is_found(void **state)
{
    Bench *bench = *state;
    connect_to(bench, "tcp://no..where:5570");
    assert_true(finds(bench, MONITOR_NO_ADDRESS, PATIENCE_MS));
    assert_true(finds(bench, MONITOR_NO_ADDRESS, PATIENCE_MS));
    assert_false(finds(bench, MONITOR_NO_LISTENER, 3 * LOOK_MS));
}

/* It takes the connection, and says nothing. */
static void who_is_slow_is_not_absent(void **state)
{
    Bench *bench = *state;
    struct pollfd nothing = {.fd = -1};
    find_port(bench, true);
    connect_to(bench, bench->endpoint);
    assert_int_equal(poll(&nothing, 1, QUIET_MS), 0);
    assert_nothing_is_found(bench);
}

static void who_hangs_up_is_found_and_is_not_taken_for_absent(void **state)
{
    Bench *bench = *state;
    find_port(bench, true);
    connect_to(bench, bench->endpoint);
    assert_true(finds(bench, MONITOR_HUNG_UP, PATIENCE_MS));
    assert_false(monitor_take(bench->monitor, MONITOR_NO_LISTENER));
    assert_false(monitor_take(bench->monitor, MONITOR_NO_ADDRESS));
    assert_true(finds(bench, MONITOR_HUNG_UP, PATIENCE_MS));
}

static void who_came_back_is_not_absent_any_more(void **state)
{
    Bench *bench = *state;
    struct pollfd nothing = {.fd = -1};
    find_port(bench, false);
    connect_to(bench, bench->endpoint);
    assert_true(finds(bench, MONITOR_NO_LISTENER, PATIENCE_MS));
    assert_int_equal(listen(bench->port, 8), 0);
    assert_int_equal(poll(&nothing, 1, QUIET_MS), 0);
    assert_nothing_is_found(bench);
}

static void without_a_monitor_nothing_is_found(void **state)
{
    (void)state;
    assert_false(monitor_take(NULL, MONITOR_REFUSED));
    monitor_destroy(&(Monitor *){NULL});
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(where_nobody_listens_is_found_for_each_attempt),
        TEST(a_name_that_is_not_known_is_found),
        TEST(who_is_slow_is_not_absent),
        TEST(who_hangs_up_is_found_and_is_not_taken_for_absent),
        TEST(who_came_back_is_not_absent_any_more),
        TEST(without_a_monitor_nothing_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
