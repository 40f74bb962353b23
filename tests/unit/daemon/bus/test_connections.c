#include "daemon/bus/connections.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const ConnectionsLimits limits = {
    .all = 20,
    .per_address = 6,
    .per_key = 3,
    .silent = 8,
    .silent_per_address = 4,
    .silent_per_key = 3,
    .silent_ms = 1000,
    .burst_of_address = 10,
    .per_s_of_address = 2,
    .addresses = 4,
};

enum {
    KEY = 77,
    OTHER_KEY = 78,
};

static int open_connections(void **state)
{
    *state = connections_new(&limits);
    return *state ? 0 : -1;
}

static int close_connections(void **state)
{
    connections_destroy((Connections **)state);
    return 0;
}

/* 10.0.0.host */
static Connection from(uint8_t host, int fd)
{
    Connection made = {
        .fd = fd, .address = {[10] = 0xFF, [11] = 0xFF, 10, 0, 0, host}, .port = 5000};
    made.port = (uint16_t)(made.port + fd);
    return made;
}

static void open_one(Connections *self, uint8_t host, int fd, int64_t now_ms)
{
    const Connection one = from(host, fd);
    connections_opened(self, &one, now_ms);
}

/* Opens, is let in, and says something. False: not let in. */
static bool open_and_speak(Connections *self, uint64_t key, uint8_t host, int fd)
{
    uint64_t number;
    open_one(self, host, fd, 0);
    if (!connections_let_in(self, key, 0, &number)) return false;
    connections_spoke(self, 0, fd, number);
    return true;
}

/* The descriptor of the next one that must end; -1: none. */
static int next_to_end(Connections *self, int64_t now_ms)
{
    Connection ended;
    return connections_next_to_end(self, now_ms, &ended) ? ended.fd : -1;
}

static void a_key_has_so_many_connections_and_no_more(void **state)
{
    Connections *self = *state;
    uint64_t number;
    for (int fd = 1; fd <= 3; fd++)
        assert_true(open_and_speak(self, KEY, 1, fd));
    assert_int_equal(connections_of_key(self, KEY), 3);
    assert_false(open_and_speak(self, KEY, 1, 4));
    assert_true(open_and_speak(self, OTHER_KEY, 2, 5));
    connections_closed(self, 0, 2);
    assert_int_equal(connections_of_key(self, KEY), 2);
    assert_true(connections_let_in(self, KEY, 0, &number));
}

static void who_is_let_in_and_silent_counts_until_it_is_ended(void **state)
{
    Connections *self = *state;
    uint64_t number;
    for (int fd = 1; fd <= 3; fd++) {
        open_one(self, 1, fd, 0);
        assert_true(connections_let_in(self, KEY, 0, &number));
    }
    assert_false(connections_let_in(self, KEY, 999, &number));
    assert_int_equal(next_to_end(self, 999), -1);
    for (int fd = 1; fd <= 3; fd++)
        assert_int_equal(next_to_end(self, 1000), fd);
    assert_int_equal(next_to_end(self, 1000), -1);
    assert_int_equal(connections_open(self), 0);
    assert_true(connections_let_in(self, KEY, 1000, &number));
    connections_spoke(self, 0, 3, number); /* a number of none that is open */
    assert_int_equal(connections_of_key(self, KEY), 0);
}

/* What such a connection sent may stay with libzmq: not many of them in a short time. */
static void who_is_let_in_and_goes_without_a_word_counts_for_a_while(void **state)
{
    Connections *self = *state;
    uint64_t number;
    for (int fd = 1; fd <= 3; fd++) {
        open_one(self, 1, fd, 0);
        assert_true(connections_let_in(self, KEY, 0, &number));
        connections_closed(self, 0, fd);
    }
    assert_false(connections_let_in(self, KEY, 999, &number));
    assert_true(connections_let_in(self, OTHER_KEY, 999, &number));
    assert_true(connections_let_in(self, KEY, 1000, &number));
}

static void the_longest_silent_of_an_address_makes_room(void **state)
{
    Connections *self = *state;
    assert_true(open_and_speak(self, KEY, 1, 1));
    for (int fd = 2; fd <= 5; fd++)
        open_one(self, 1, fd, fd);
    assert_int_equal(next_to_end(self, 10), -1);
    open_one(self, 1, 6, 10);
    assert_int_equal(next_to_end(self, 10), 2); /* not 1, which spoke */
    assert_int_equal(next_to_end(self, 10), -1);
    assert_int_equal(connections_silent(self), 4);
    assert_int_equal(connections_take_crowded(self), 1);
    assert_int_equal(connections_take_crowded(self), 0);
    connections_closed(self, 0, 2);
    assert_int_equal(connections_open(self), 5);
}

static void an_address_full_of_speakers_lets_no_more_stay(void **state)
{
    Connections *self = *state;
    for (int fd = 1; fd <= 6; fd++)
        assert_true(open_and_speak(self, (uint64_t)fd, 1, fd));
    open_one(self, 1, 7, 0);
    assert_int_equal(next_to_end(self, 0), 7);
    open_one(self, 2, 8, 0);
    assert_int_equal(next_to_end(self, 0), -1);
}

static void the_longest_silent_of_all_makes_room(void **state)
{
    Connections *self = *state;
    for (int fd = 1; fd <= 8; fd++)
        open_one(self, (uint8_t)(1 + fd % 3), fd, fd);
    assert_int_equal(next_to_end(self, 9), -1);
    open_one(self, 9, 9, 9);
    assert_int_equal(next_to_end(self, 9), 1);
}

static void who_comes_too_often_is_ended_at_once(void **state)
{
    Connections *self = *state;
    for (int fd = 1; fd <= 10; fd++) {
        open_one(self, 1, fd, 0);
        connections_closed(self, 0, fd);
    }
    assert_int_equal(next_to_end(self, 0), -1);
    open_one(self, 1, 11, 0);
    assert_int_equal(next_to_end(self, 0), 11);
    open_one(self, 2, 12, 0); /* another address */
    open_one(self, 1, 13, 500);
    assert_int_equal(next_to_end(self, 500), -1);
    open_one(self, 1, 14, 500);
    assert_int_equal(next_to_end(self, 500), 14);
}

static void one_that_is_gone_need_not_be_ended(void **state)
{
    Connections *self = *state;
    for (int fd = 1; fd <= 5; fd++)
        open_one(self, 1, fd, 0);
    connections_closed(self, 0, 1);
    assert_int_equal(next_to_end(self, 0), -1);
    assert_int_equal(connections_open(self), 4);
    connections_closed(self, 0, 99); /* none of ours */
}

/* Its message is read when its descriptor is another one's already. */
static void a_late_message_does_not_claim_who_came_after(void **state)
{
    Connections *self = *state;
    uint64_t first;
    uint64_t second;
    open_one(self, 1, 7, 0);
    assert_true(connections_let_in(self, KEY, 0, &first));
    connections_closed(self, 0, 7);
    open_one(self, 2, 7, 0);
    assert_true(connections_let_in(self, OTHER_KEY, 0, &second));
    connections_spoke(self, 0, 7, first);
    assert_int_equal(connections_of_key(self, KEY), 0);
    assert_int_equal(connections_silent(self), 1);
    connections_spoke(self, 0, 7, second);
    assert_int_equal(connections_of_key(self, OTHER_KEY), 1);
    assert_int_equal(connections_silent(self), 0);
}

static void the_same_descriptor_of_another_door_is_another_connection(void **state)
{
    Connections *self = *state;
    Connection other = from(1, 1);
    other.door = 1;
    open_one(self, 1, 1, 0);
    connections_opened(self, &other, 0);
    assert_int_equal(connections_open(self), 2);
    connections_closed(self, 1, 1);
    assert_int_equal(connections_open(self), 1);
}

static void addresses_of_one_ipv6_network_are_one(void **state)
{
    Connections *self = *state;
    for (int fd = 1; fd <= 5; fd++) {
        Connection one = {.fd = fd, .address = {0x20, 1, 0x0d, 0xb8, [15] = (uint8_t)fd}};
        connections_opened(self, &one, 0);
    }
    assert_int_equal(next_to_end(self, 0), 1);
    for (int fd = 11; fd <= 14; fd++)
        open_one(self, (uint8_t)fd, fd, 0); /* of IPv4 each is one */
    assert_int_equal(next_to_end(self, 0), -1);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_connections, close_connections)
    const struct CMUnitTest tests[] = {
        ONE(a_key_has_so_many_connections_and_no_more),
        ONE(who_is_let_in_and_silent_counts_until_it_is_ended),
        ONE(who_is_let_in_and_goes_without_a_word_counts_for_a_while),
        ONE(the_longest_silent_of_an_address_makes_room),
        ONE(an_address_full_of_speakers_lets_no_more_stay),
        ONE(the_longest_silent_of_all_makes_room),
        ONE(who_comes_too_often_is_ended_at_once),
        ONE(one_that_is_gone_need_not_be_ended),
        ONE(a_late_message_does_not_claim_who_came_after),
        ONE(the_same_descriptor_of_another_door_is_another_connection),
        ONE(addresses_of_one_ipv6_network_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
