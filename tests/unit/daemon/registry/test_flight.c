/* What becomes of commands when groups come back, in every way that they can. */
#include "daemon/registry/flight.h"

#include "tests/support/ask.h"
#include "tests/support/copied.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    GROUP = 5,
    GROUPS = 4,
};

typedef struct Fixture {
    Harness *harness;
    RegistryHealth health;
    Order order;
    Flight flight;
    uint64_t replies[GROUPS * GROUP]; /* tickets, in the order of their replies */
    StatusCode codes[GROUPS * GROUP];
    size_t replied;
} Fixture;

static void take_reply(void *context, uint64_t ticket, const Reply *reply)
{
    Fixture *self = context;
    assert_true(self->replied < GROUPS * GROUP);
    self->codes[self->replied] = ask_code(reply);
    self->replies[self->replied++] = ticket;
}

static int begin(void **state)
{
    Fixture *self = test_calloc(1, sizeof *self);
    self->harness = harness_new(&(HarnessOptions){.seed = 19});
    State *inside = registry_state(harness_registry(self->harness));
    const Outbox outbox = {inside, take_reply, self};
    assert_true(order_begin(&self->order, &outbox));
    self->order.tip = inside->applied;
    self->flight = (Flight){.order = &self->order,
                            .state = inside,
                            .health = &self->health,
                            .versions = "",
                            .scratch = arena_new(SIZE_MAX)};
    *state = self;
    return 0;
}

static int end(void **state)
{
    Fixture *self = *state;
    Problem problem;
    outbox_retry(&problem, STATUS_UNAVAILABLE, "the test is over");
    self->replied = 0;
    order_end(&self->order, &problem);
    arena_destroy(&self->flight.scratch);
    harness_destroy(&self->harness);
    test_free(self);
    return 0;
}

static void add(Fixture *self, uint64_t ticket)
{
    const Caller local = access_local();
    Draft draft;
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    ask_draft(&draft, "Meeting", NULL);
    body.event = &draft.event;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &body;
    request.request_id = harness_request_id(self->harness);
    Arena *arena;
    Request *copy = copied(&request, &arena);
    Command *command = command_new(copy, &arena, &local, ticket);
    assert_non_null(command);
    assert_null(arena);
    command->time_us = harness_now_us(self->harness);
    command->random[0] = (uint8_t)ticket;
    order_add(&self->order, command);
}

/* Decides `GROUP` more commands and, where asked, lets them fly without the journal's knowing. */
static void decide_group(Fixture *self, uint64_t first_ticket, bool fly)
{
    for (uint64_t i = 0; i < GROUP; i++)
        add(self, first_ticket + i);
    order_decide(&self->order);
    assert_int_equal(self->order.decided.length, GROUP);
    for (Command *command; fly && (command = g_queue_pop_head(&self->order.decided));)
        g_queue_push_tail(&self->order.flying, command);
}

static void come_back(Fixture *self, GroupOutcome outcome)
{
    const GroupResult result = {.count = GROUP, .outcome = outcome, .reason = "a test"};
    flight_take(&self->flight, &result);
    flight_recover(&self->flight);
}

static void check_waiting(const Fixture *self, uint64_t first_ticket, size_t count)
{
    assert_int_equal(self->order.waiting.length, count);
    for (const GList *link = self->order.waiting.head; link; link = link->next) {
        const Command *command = link->data;
        assert_int_equal(command->ticket, first_ticket++);
        assert_false(command->holds_claims);
    }
}

static void check_replies(const Fixture *self, size_t count, StatusCode code)
{
    assert_int_equal(self->replied, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(self->replies[i], i);
        assert_int_equal(self->codes[i], code);
    }
}

/* Two groups behind the one that failed, and one that was decided and not sent yet. */
static void send_four_groups(Fixture *self)
{
    decide_group(self, 0, true);
    decide_group(self, GROUP, true);
    decide_group(self, 2 * GROUP, true);
    decide_group(self, 3 * GROUP, false);
}

static void what_was_behind_a_full_disk_waits_again_in_its_order(void **state)
{
    Fixture *self = *state;
    send_four_groups(self);
    come_back(self, GROUP_NO_SPACE);
    assert_true(self->flight.failing);
    assert_true(self->health.disk_full);
    check_replies(self, GROUP, STATUS_UNAVAILABLE);
    assert_int_equal(self->order.waiting.length, 0); /* not before all have come back */
    come_back(self, GROUP_BEHIND);
    come_back(self, GROUP_BEHIND);
    assert_false(self->flight.failing);
    check_waiting(self, GROUP, 3 * GROUP);
    assert_int_equal(self->order.tip.sequence, 0);
    assert_int_equal(self->order.decided_bytes, 0);

    /* Decided again, they are the same changes, from the first sequence on. */
    order_decide(&self->order);
    assert_int_equal(self->order.decided.length, 3 * GROUP);
    uint64_t sequence = 1;
    for (const GList *link = self->order.decided.head; link; link = link->next, sequence++) {
        const Command *command = link->data;
        assert_int_equal(command->ticket, GROUP + sequence - 1);
        assert_int_equal(command->decision.change->sequence, sequence);
        assert_int_equal(command->decision.event->number, sequence);
        assert_string_equal(command->decision.event->uid, command->decision.event->id);
    }
}

static void a_change_that_is_missing_refuses_its_group_alone(void **state)
{
    Fixture *self = *state;
    send_four_groups(self);
    come_back(self, GROUP_MISSING);
    come_back(self, GROUP_BEHIND);
    come_back(self, GROUP_BEHIND);
    check_replies(self, GROUP, STATUS_UNAVAILABLE);
    assert_false(self->health.disk_full);
    assert_false(self->health.read_only);
    check_waiting(self, GROUP, 3 * GROUP);
}

static void an_unknown_outcome_ends_all_writing(void **state)
{
    Fixture *self = *state;
    send_four_groups(self);
    come_back(self, GROUP_UNKNOWN);
    come_back(self, GROUP_BEHIND);
    come_back(self, GROUP_BEHIND);
    assert_true(self->health.read_only);
    check_replies(self, 4 * GROUP, STATUS_UNAVAILABLE);
    assert_int_equal(order_count(&self->order), 0);
    assert_int_equal(self->order.bytes, 0);
}

/* The writer refuses a group that does not follow the journal's end, though none failed. */
static void a_group_that_is_behind_alone_is_decided_again_too(void **state)
{
    Fixture *self = *state;
    decide_group(self, 0, true);
    come_back(self, GROUP_BEHIND);
    assert_false(self->flight.failing);
    assert_false(self->health.disk_full);
    assert_int_equal(self->replied, 0);
    check_waiting(self, 0, GROUP);
    assert_int_equal(self->order.tip.sequence, 0);
}

static void what_is_durable_is_applied_and_answered_in_order(void **state)
{
    Fixture *self = *state;
    self->health.disk_full = true;
    decide_group(self, 0, true);
    come_back(self, GROUP_DURABLE);
    check_replies(self, GROUP, STATUS_OK);
    assert_false(self->health.disk_full);
    assert_int_equal(self->flight.state->applied.sequence, GROUP);
    assert_int_equal(order_count(&self->order), 0);
    assert_int_equal(self->order.bytes, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_behind_a_full_disk_waits_again_in_its_order),
        TEST(a_change_that_is_missing_refuses_its_group_alone),
        TEST(an_unknown_outcome_ends_all_writing),
        TEST(a_group_that_is_behind_alone_is_decided_again_too),
        TEST(what_is_durable_is_applied_and_answered_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
