#include "daemon/bus/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int open_lines(void **state)
{
    *state = lines_new();
    return *state ? 0 : -1;
}

static int close_lines(void **state)
{
    lines_destroy((Lines **)state);
    return 0;
}

static void add(Lines *self, PeerOwner owner, PeerId id, uint64_t ticket)
{
    const Peer peer = {.id = id, .owner = owner};
    zmq_msg_t frame;
    assert_int_equal(zmq_msg_init_size(&frame, 1000), 0);
    memset(zmq_msg_data(&frame), (int)ticket, 1000);
    lines_add(self, &peer, ticket, &frame);
    zmq_msg_close(&frame);
}

/* All but the owner of `context`. */
static bool may(void *context, PeerOwner owner)
{
    return !context || *(const PeerOwner *)context != owner;
}

/* The next ticket; 0: none. */
static uint64_t take(Lines *self, const PeerOwner *barred)
{
    LinesMessage taken;
    if (!lines_take(self, may, (void *)(uintptr_t)barred, &taken)) return 0;
    assert_int_equal(zmq_msg_size(&taken.frame), 1000);
    assert_int_equal(((const uint8_t *)zmq_msg_data(&taken.frame))[999], taken.ticket);
    zmq_msg_close(&taken.frame);
    return taken.ticket;
}

static void a_connection_is_served_in_its_order(void **state)
{
    Lines *self = *state;
    for (uint64_t ticket = 1; ticket <= 5; ticket++)
        add(self, 7, 1, ticket);
    assert_int_equal(lines_count(self), 5);
    for (uint64_t ticket = 1; ticket <= 5; ticket++)
        assert_int_equal(take(self, NULL), ticket);
    assert_int_equal(take(self, NULL), 0);
    assert_int_equal(lines_count(self), 0);
}

static void who_asks_once_waits_for_one_of_who_asks_much(void **state)
{
    Lines *self = *state;
    for (uint64_t ticket = 1; ticket <= 100; ticket++)
        add(self, 7, ticket % 10, ticket); /* by ten connections */
    add(self, 8, 50, 200);
    assert_int_not_equal(take(self, NULL), 200);
    assert_int_equal(take(self, NULL), 200);
}

static void connections_of_one_owner_have_turns_too(void **state)
{
    Lines *self = *state;
    add(self, PEER_OF_MACHINE, 1, 1);
    add(self, PEER_OF_MACHINE, 1, 2);
    add(self, PEER_OF_MACHINE, 1, 3);
    add(self, PEER_OF_MACHINE, 2, 4);
    assert_int_equal(take(self, NULL), 1);
    assert_int_equal(take(self, NULL), 4);
    assert_int_equal(take(self, NULL), 2);
    assert_int_equal(take(self, NULL), 3);
}

static void an_owner_that_may_not_is_passed_over(void **state)
{
    Lines *self = *state;
    const PeerOwner barred = 7;
    add(self, 7, 1, 1);
    add(self, 8, 2, 2);
    add(self, 8, 2, 3);
    assert_int_equal(take(self, &barred), 2);
    assert_int_equal(take(self, &barred), 3);
    assert_int_equal(take(self, &barred), 0);
    assert_int_equal(lines_count(self), 1);
    assert_int_equal(take(self, NULL), 1);
}

static void what_waits_at_the_end_is_freed(void **state)
{
    Lines *self = *state;
    for (uint64_t ticket = 1; ticket <= 9; ticket++)
        add(self, ticket % 3, ticket % 4, ticket);
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, open_lines, close_lines)
    const struct CMUnitTest tests[] = {
        ONE(a_connection_is_served_in_its_order),
        ONE(who_asks_once_waits_for_one_of_who_asks_much),
        ONE(connections_of_one_owner_have_turns_too),
        ONE(an_owner_that_may_not_is_passed_over),
        ONE(what_waits_at_the_end_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
