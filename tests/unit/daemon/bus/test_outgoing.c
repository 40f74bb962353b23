#include "daemon/bus/outgoing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const OutgoingLimits limits = {.free = 10, .per_peer = 100, .per_owner = 150, .all = 250};

static const Peer one = {.id = 1, .owner = 7};
static const Peer same = {.id = 2, .owner = 7};
static const Peer other = {.id = 3, .owner = 8};
static const Peer local = {.id = 4, .owner = PEER_OF_MACHINE};
static const Peer local_too = {.id = 5, .owner = PEER_OF_MACHINE};

static int open_outgoing(void **state)
{
    *state = outgoing_new(&limits);
    return *state ? 0 : -1;
}

static int close_outgoing(void **state)
{
    outgoing_destroy((Outgoing **)state);
    return 0;
}

static void charge(Outgoing *self, const Peer *peer, size_t bytes, zmq_msg_t *frame)
{
    assert_int_equal(zmq_msg_init_size(frame, 4), 0);
    memcpy(zmq_msg_data(frame), "PLN1", 4);
    assert_true(outgoing_charge(self, peer, bytes, frame));
    assert_int_equal(zmq_msg_size(frame), 4);
    assert_memory_equal(zmq_msg_data(frame), "PLN1", 4);
}

static void what_is_away_counts_until_libzmq_is_done_with_it(void **state)
{
    Outgoing *self = *state;
    zmq_msg_t frame;
    assert_true(outgoing_has_room(self, &one, 100));
    charge(self, &one, 100, &frame);
    assert_int_equal(outgoing_bytes(self), 100);
    assert_false(outgoing_has_room(self, &one, 1));
    zmq_msg_close(&frame);
    assert_int_equal(outgoing_bytes(self), 0);
    assert_true(outgoing_has_room(self, &one, 100));
}

static void an_only_message_may_be_larger(void **state)
{
    Outgoing *self = *state;
    zmq_msg_t frame;
    assert_true(outgoing_has_room(self, &one, 200));
    charge(self, &one, 200, &frame);
    assert_false(outgoing_has_room(self, &one, 1));
    assert_false(outgoing_has_room(self, &same, 11)); /* nor may another one of the owner */
    assert_true(outgoing_has_room(self, &same, 10));  /* but a small one */
    zmq_msg_close(&frame);
}

static void an_owner_is_bounded_over_all_its_connections(void **state)
{
    Outgoing *self = *state;
    zmq_msg_t first;
    zmq_msg_t second;
    charge(self, &one, 90, &first);
    assert_true(outgoing_has_room(self, &same, 60));
    assert_false(outgoing_has_room(self, &same, 61));
    assert_true(outgoing_has_room(self, &other, 100));
    charge(self, &local, 90, &second);
    assert_false(outgoing_has_room(self, &local, 11));
    assert_true(outgoing_has_room(self, &local_too, 70)); /* the machine's have no bound together */
    zmq_msg_close(&first);
    zmq_msg_close(&second);
}

static void all_together_leave_room_for_small_ones(void **state)
{
    Outgoing *self = *state;
    zmq_msg_t frame;
    charge(self, &local, 250, &frame);
    assert_false(outgoing_has_room(self, &other, 11));
    assert_true(outgoing_has_room(self, &other, 10));
    zmq_msg_close(&frame);
}

static void accounts_of_who_is_gone_are_let_go(void **state)
{
    Outgoing *self = *state;
    zmq_msg_t kept;
    charge(self, &one, 5, &kept);
    for (PeerId id = 100; id < 10000; id++) {
        const Peer passing = {.id = id, .owner = id};
        zmq_msg_t frame;
        charge(self, &passing, 1, &frame);
        zmq_msg_close(&frame);
    }
    assert_int_equal(outgoing_bytes(self), 5);
    assert_false(outgoing_has_room(self, &one, 96));
    zmq_msg_close(&kept);
}

static void what_libzmq_still_has_comes_back_after_the_end(void **state)
{
    zmq_msg_t frame;
    Outgoing *self = outgoing_new(&limits);
    (void)state;
    charge(self, &one, 5, &frame);
    outgoing_destroy(&self);
    assert_null(self);
    zmq_msg_close(&frame);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_outgoing, close_outgoing)
    const struct CMUnitTest tests[] = {
        ONE(what_is_away_counts_until_libzmq_is_done_with_it),
        ONE(an_only_message_may_be_larger),
        ONE(an_owner_is_bounded_over_all_its_connections),
        ONE(all_together_leave_room_for_small_ones),
        ONE(accounts_of_who_is_gone_are_let_go),
        ONE(what_libzmq_still_has_comes_back_after_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
