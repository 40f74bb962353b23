#include "daemon/bus/tickets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const TicketLimits limits = {
    .count = 4,
    .count_per_peer = 2,
    .bytes = 100,
    .bytes_per_peer = 60,
    .count_per_owner = 3,
    .bytes_per_owner = 80,
};

/* Of this machine: without a bound as an owner. */
static uint64_t open_of(Tickets *tickets, PeerId id, size_t bytes)
{
    const Peer peer = {.id = id};
    return tickets_open(tickets, &peer, bytes);
}

static int open_tickets(void **state)
{
    *state = tickets_new(&limits);
    return *state ? 0 : -1;
}

static int close_tickets(void **state)
{
    tickets_destroy((Tickets **)state);
    return 0;
}

static void a_ticket_names_its_peer_until_it_is_closed(void **state)
{
    Tickets *tickets = *state;
    Peer peer = {0};
    uint64_t ticket = open_of(tickets, 7, 10);
    assert_int_not_equal(ticket, 0);
    assert_true(tickets_peer(tickets, ticket, &peer));
    assert_int_equal(peer.id, 7);
    tickets_close(tickets, ticket);
    assert_false(tickets_peer(tickets, ticket, &peer));
    assert_int_equal(tickets_count(tickets), 0);
    assert_int_equal(tickets_bytes(tickets), 0);
    tickets_close(tickets, ticket); /* twice is harmless */
    assert_int_equal(tickets_count(tickets), 0);
}

static void a_number_is_never_used_twice(void **state)
{
    Tickets *tickets = *state;
    uint64_t before = 0;
    for (int i = 0; i < 20; i++) {
        uint64_t ticket = open_of(tickets, 7, 1);
        Peer peer;
        assert_int_not_equal(ticket, before);
        assert_false(before && tickets_peer(tickets, before, &peer));
        tickets_close(tickets, ticket);
        before = ticket;
    }
}

static void a_peer_has_its_bounds_and_leaves_room_for_others(void **state)
{
    Tickets *tickets = *state;
    assert_int_not_equal(open_of(tickets, 1, 10), 0);
    assert_int_not_equal(open_of(tickets, 1, 10), 0);
    assert_int_equal(open_of(tickets, 1, 10), 0);
    assert_int_equal(open_of(tickets, 2, 61), 0);
    assert_int_not_equal(open_of(tickets, 2, 60), 0);
    assert_int_equal(open_of(tickets, 3, 21), 0);
    assert_int_not_equal(open_of(tickets, 3, 20), 0);
    assert_int_equal(open_of(tickets, 4, 0), 0);
    assert_int_equal(tickets_count(tickets), 4);
    assert_int_equal(tickets_bytes(tickets), 100);
}

static zmq_msg_t message_of(const char *text)
{
    zmq_msg_t message;
    assert_int_equal(zmq_msg_init_size(&message, strlen(text)), 0);
    memcpy(zmq_msg_data(&message), text, strlen(text));
    return message;
}

static void held_replies_take_turns_and_count_in_bytes(void **state)
{
    Tickets *tickets = *state;
    uint64_t one = open_of(tickets, 1, 10);
    uint64_t two = open_of(tickets, 2, 10);
    zmq_msg_t first = message_of("first");
    zmq_msg_t second = message_of("second");
    assert_true(tickets_hold(tickets, one, &first, 100));
    assert_true(tickets_hold(tickets, two, &second, 200));
    assert_int_equal(tickets_held(tickets), 2);
    assert_int_equal(tickets_bytes(tickets), 10 + 5 + 10 + 6);

    HeldReply held = tickets_next_held(tickets);
    assert_int_equal(held.ticket, one);
    assert_int_equal(held.until_ms, 100);
    assert_int_equal(zmq_msg_size(held.frame), 5);
    assert_int_equal(tickets_next_held(tickets).ticket, two);
    assert_int_equal(tickets_next_held(tickets).ticket, one);

    tickets_close(tickets, one);
    assert_int_equal(tickets_held(tickets), 1);
    assert_int_equal(tickets_bytes(tickets), 16);
    zmq_msg_close(&first);
    zmq_msg_close(&second);
}

static void a_reply_beyond_the_bounds_is_not_held(void **state)
{
    Tickets *tickets = *state;
    uint64_t ticket = open_of(tickets, 1, 55);
    zmq_msg_t frame = message_of("123456");
    assert_false(tickets_hold(tickets, ticket, &frame, 1));
    assert_int_equal(zmq_msg_size(&frame), 6);
    assert_int_equal(tickets_bytes(tickets), 55);
    zmq_msg_close(&frame);
}

typedef struct Dropped {
    uint64_t tickets[4];
    size_t count;
} Dropped;

static void note_dropped(void *context, uint64_t number)
{
    Dropped *dropped = context;
    dropped->tickets[dropped->count++] = number;
}

static void a_peer_that_is_gone_loses_its_tickets_and_no_others(void **state)
{
    Tickets *tickets = *state;
    Peer peer;
    Dropped dropped = {0};
    uint64_t one = open_of(tickets, 1, 10);
    uint64_t two = open_of(tickets, 1, 10);
    uint64_t other = open_of(tickets, 2, 10);
    zmq_msg_t frame = message_of("x");
    assert_true(tickets_hold(tickets, two, &frame, 1));
    tickets_drop_peer(tickets, 1, note_dropped, &dropped);
    assert_int_equal(dropped.count, 2);
    assert_int_equal(dropped.tickets[0], one);
    assert_int_equal(dropped.tickets[1], two);
    assert_true(tickets_peer(tickets, other, &peer));
    assert_int_equal(tickets_held(tickets), 0);
    assert_int_equal(tickets_bytes(tickets), 10);
    zmq_msg_close(&frame);
}

static void an_owner_has_its_bounds_over_all_its_connections(void **state)
{
    Tickets *tickets = *state;
    const Peer peers[] = {{.id = 1, .owner = 9}, {.id = 2, .owner = 9}, {.id = 3, .owner = 8}};
    assert_int_not_equal(tickets_open(tickets, &peers[0], 40), 0);
    assert_int_equal(tickets_open(tickets, &peers[1], 41), 0);
    assert_int_not_equal(tickets_open(tickets, &peers[1], 1), 0);
    uint64_t third = tickets_open(tickets, &peers[1], 1);
    assert_int_not_equal(third, 0);
    assert_int_equal(tickets_open(tickets, &peers[0], 1), 0);
    assert_int_not_equal(tickets_open(tickets, &peers[2], 1), 0);
    tickets_close(tickets, third);
    assert_int_not_equal(tickets_open(tickets, &peers[0], 1), 0);
}

static void what_an_owner_has_at_work_and_held_is_known(void **state)
{
    Tickets *tickets = *state;
    const Peer peer = {.id = 1, .owner = 9};
    zmq_msg_t reply;
    uint64_t one = tickets_open(tickets, &peer, 1);
    uint64_t other = tickets_open(tickets, &peer, 1);
    assert_int_equal(tickets_at_work(tickets, 9), 0);
    assert_true(tickets_begin(tickets, one));
    assert_true(tickets_begin(tickets, one));
    assert_true(tickets_begin(tickets, other));
    assert_int_equal(tickets_at_work(tickets, 9), 2);
    assert_int_equal(zmq_msg_init_size(&reply, 5), 0);
    assert_true(tickets_hold(tickets, one, &reply, 0));
    zmq_msg_close(&reply);
    assert_int_equal(tickets_at_work(tickets, 9), 1);
    assert_int_equal(tickets_held_of(tickets, 9), 1);
    tickets_close(tickets, one);
    tickets_close(tickets, other);
    assert_int_equal(tickets_at_work(tickets, 9), 0);
    assert_int_equal(tickets_held_of(tickets, 9), 0);
    assert_false(tickets_begin(tickets, one));
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_tickets, close_tickets)
    const struct CMUnitTest tests[] = {
        ONE(a_ticket_names_its_peer_until_it_is_closed),
        ONE(a_number_is_never_used_twice),
        ONE(a_peer_has_its_bounds_and_leaves_room_for_others),
        ONE(held_replies_take_turns_and_count_in_bytes),
        ONE(a_reply_beyond_the_bounds_is_not_held),
        ONE(a_peer_that_is_gone_loses_its_tickets_and_no_others),
        ONE(an_owner_has_its_bounds_over_all_its_connections),
        ONE(what_an_owner_has_at_work_and_held_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
