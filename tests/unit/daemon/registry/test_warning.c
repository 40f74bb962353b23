/* What a write brings that clashes is told in its reply, where it asks for it, and refuses nothing.
 * Compared with the naive model of tests/support/plans.h. */
#include "daemon/registry/warning.h"

#include "tests/support/plans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EVENTS = 120 };

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 23});
    asker->caller = access_local();
    plans_begin(asker);
    *state = asker;
    return 0;
}

static int end(void **state)
{
    Asker *asker = *state;
    harness_destroy(&asker->harness);
    test_free(asker);
    return 0;
}

static const Plenary__V1__WriteReply *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write;
}

/* --- writes that ask --- */

/* How an event is sent. */
typedef struct Sending {
    const char *revised; /* NULL: it is registered */
    bool dry_run;
} Sending;

static const Reply *send_asking(const Asker *asker, Event *event, void *context)
{
    const Sending *how = context;
    Plenary__V1__RegisterEvent new = PLENARY__V1__REGISTER_EVENT__INIT;
    Plenary__V1__ReviseEvent next = PLENARY__V1__REVISE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    new.event = next.event = event;
    next.event_id = ask_text(how->revised);
    new.has_dry_run = next.has_dry_run = new.dry_run = next.dry_run = how->dry_run;
    new.has_warn_conflicts = next.has_warn_conflicts = 1;
    new.warn_conflicts = next.warn_conflicts = 1;
    request.verb_case = how->revised ? PLENARY__V1__REQUEST__VERB_REVISE_EVENT
                                     : PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    if (how->revised)
        request.revise_event = &next;
    else
        request.register_event = &new;
    return ask(asker, &request);
}

static const Plenary__V1__WriteReply *send(const Asker *asker, const Plan *plan,
                                           const char *revised)
{
    Sending how = {.revised = revised};
    return must(plan_send(asker, plan, send_asking, &how));
}

static const Plenary__V1__WriteReply *try(const Asker *asker, const Plan *plan, const char *revised)
{
    Sending how = {.revised = revised, .dry_run = true};
    return must(plan_send(asker, plan, send_asking, &how));
}

/* The numbers of what it clashes with, 0 for what is unseen, and by what. */
static const char *told(const Plenary__V1__WriteReply *reply)
{
    char clashes[PLAN_CLASHES_SIZE];
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < reply->n_conflicts; i++) {
        const Event *other = reply->conflicts[i]->second;
        plans_print_clashes(reply->conflicts[i], clashes);
        g_ptr_array_add(lines, g_strdup_printf("%u %s", other ? other->number : 0, clashes));
    }
    return plans_sorted(lines);
}

static void check_told(const Plenary__V1__WriteReply *reply, const char *expected)
{
    plans_check_same(told(reply), g_strdup(expected));
}

/* --- against the model --- */

/* All that an event clashes with, of those before it. */
static const char *expected(const Plan *plans, int number, size_t *count)
{
    char clashes[PLAN_CLASHES_SIZE];
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    for (int other = 1; other < number; other++) {
        plans_expect(plans, number, other, clashes);
        if (*clashes) g_ptr_array_add(lines, g_strdup_printf("%d %s", other, clashes));
    }
    *count = lines->len;
    return plans_sorted(lines);
}

static void check_all(const Plenary__V1__WriteReply *reply, const Plan *plans, int number)
{
    size_t count;
    const char *should = expected(plans, number, &count);
    if (count < WARNING_CONFLICTS_MAX) {
        assert_false(reply->more_conflicts);
        plans_check_same(told(reply), should);
        return;
    }
    g_free((gpointer)(uintptr_t)should);
    assert_true(reply->n_conflicts <= WARNING_CONFLICTS_MAX + 1);
    assert_true(reply->more_conflicts || count == reply->n_conflicts);
}

static void what_is_registered_is_told_its_conflicts_and_so_is_who_only_tries(void **state)
{
    const Asker *asker = *state;
    Plan plans[EVENTS + 1];
    size_t all = 0;
    for (int number = 1; number <= EVENTS; number++) {
        plans[number] = plan_of(asker->harness, number);
        const Plenary__V1__WriteReply *tried = try(asker, &plans[number], NULL);
        assert_true(tried->dry_run);
        check_all(tried, plans, number);
        const Plenary__V1__WriteReply *done = send(asker, &plans[number], NULL);
        assert_int_equal(done->event->number, number); /* never refused */
        check_all(done, plans, number);
        all += done->n_conflicts;
    }
    assert_true(all > EVENTS / 2); /* there is something to be told */
}

/* --- what is new --- */

static Plan plan_at(int start_h)
{
    return (Plan){.start_h = start_h,
                  .hours = 2,
                  .venue = 1,
                  .people = {COMES},
                  .status = PLENARY__V1__EVENT__STATUS__CONFIRMED};
}

static void who_does_not_ask_is_not_told(void **state)
{
    const Asker *asker = *state;
    Plan plan = plan_at(9);
    plan_register(asker, &plan);
    Draft draft;
    ask_draft(&draft, "Plain", NULL);
    assert_int_equal(must(ask_register(asker, &draft.event))->n_conflicts, 0);
    check_told(send(asker, &plan, NULL), "1 V0\n");
    const Reply *back = ask_move(asker, PLENARY__V1__REQUEST__VERB_CANCEL_EVENT, "3", 0);
    assert_int_equal(must(back)->n_conflicts, 0);
    back = ask_move(asker, PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT, "3", 0);
    assert_int_equal(must(back)->n_conflicts, 0);
}

static void a_revision_is_told_what_did_not_clash_before(void **state)
{
    const Asker *asker = *state;
    Plan one = plan_at(9);
    one.people[1] = one.people[2] = COMES;
    plan_register(asker, &one);
    Plan two = plan_at(10);
    check_told(send(asker, &two, NULL), "1 V0\n");
    check_told(send(asker, &two, "2"), ""); /* nothing was changed */
    two.secret = true;                      /* nor what could clash */
    check_told(send(asker, &two, "2"), "");
    two.people[1] = PERHAPS;
    check_told(send(asker, &two, "2"), "1 b\n");
    two.people[1] = COMES; /* what was possible is certain */
    check_told(send(asker, &two, "2"), "1 1\n");
    two.people[1] = PERHAPS;
    check_told(send(asker, &two, "2"), "");
    two.people[0] = STAYS;
    check_told(try(asker, &two, "2"), "");
    two.people[2] = COMES;
    check_told(try(asker, &two, "2"), "1 2\n");
    /* another time, or a status, is looked at whole */
    two = plan_at(8);
    check_told(send(asker, &two, "2"), "1 V0\n");
    two.status = PLENARY__V1__EVENT__STATUS__POSTPONED;
    check_told(send(asker, &two, "2"), "1 va\n");
    two.start_h = 40;
    check_told(send(asker, &two, "2"), "");
}

static const Plenary__V1__WriteReply *move(const Asker *asker, bool reinstates, uint32_t revision)
{
    Plenary__V1__ReinstateEvent back = PLENARY__V1__REINSTATE_EVENT__INIT;
    Plenary__V1__RevertEvent revert = PLENARY__V1__REVERT_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    back.event_id = revert.event_id = ask_text("2");
    back.has_warn_conflicts = revert.has_warn_conflicts = 1;
    back.warn_conflicts = revert.warn_conflicts = 1;
    revert.has_to_revision = 1;
    revert.to_revision = revision;
    request.verb_case = reinstates ? PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT
                                   : PLENARY__V1__REQUEST__VERB_REVERT_EVENT;
    if (reinstates)
        request.reinstate_event = &back;
    else
        request.revert_event = &revert;
    return must(ask(asker, &request));
}

static void what_comes_back_is_told_too(void **state)
{
    const Asker *asker = *state;
    Plan plan = plan_at(9);
    plan_register(asker, &plan);
    plan_register(asker, &plan);
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_CANCEL_EVENT, "2", 0));
    check_told(move(asker, true, 0), "1 V0\n");
    plan.start_h = 30;
    check_told(send(asker, &plan, "2"), "");
    check_told(move(asker, false, 1), "1 V0\n");
}

static void a_repeated_request_is_told_again(void **state)
{
    const Asker *asker = *state;
    Plan plan = plan_at(9);
    Draft draft;
    Venue venue = PLENARY__V1__VENUE__INIT;
    Plenary__V1__RegisterEvent new = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    plan_register(asker, &plan);
    ask_draft(&draft, "Again", NULL);
    draft.schedule.start = draft.schedule.end = ask_text("2023-05-01");
    venue.name = ask_text("Hall");
    draft.event.venue = &venue;
    new.event = &draft.event;
    new.has_warn_conflicts = new.warn_conflicts = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    request.register_event = &new;
    check_told(must(ask(asker, &request)), "1 V\n");
    check_told(must(ask(asker, &request)), "1 V\n");
}

static void of_what_is_unseen_it_is_told_that_it_is_taken(void **state)
{
    const Asker *asker = *state;
    Asker registrar = ask_reader(asker);
    registrar.caller.role = PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR;
    registrar.caller.organisation = "unodc";
    Plan plan = plan_at(9);
    plan.secret = true;
    plan_register(asker, &plan);
    plan.status = PLENARY__V1__EVENT__STATUS__TENTATIVE;
    plan_register(asker, &plan);
    plan.secret = false;
    plan.status = PLENARY__V1__EVENT__STATUS__CONFIRMED;
    const Plenary__V1__WriteReply *reply = send(&registrar, &plan, NULL);
    check_told(reply, "0 V0\n"); /* as doubtful as the caller's own is */
    assert_null(reply->conflicts[0]->second);
}

/* --- bounds --- */

static void a_turn_looks_for_so_much_and_no_more(void **state)
{
    const Asker *asker = *state;
    Plan plan = plan_at(9);
    for (int i = 0; i < 60; i++)
        plan_register(asker, &plan);
    const Plenary__V1__WriteReply *reply = send(asker, &plan, NULL);
    assert_int_equal(reply->n_conflicts, WARNING_CONFLICTS_MAX);
    assert_true(reply->more_conflicts);

    State *views = registry_state(harness_registry(asker->harness));
    Arena *arena = arena_new(1 << 20);
    Command command = {.arena = arena, .caller = asker->caller};
    command.decision.event = reply->event;
    Plenary__V1__WriteReply body = PLENARY__V1__WRITE_REPLY__INIT;
    size_t left = 10;
    warning_add(views, &command, &left, &body);
    assert_int_equal(left, 0);
    assert_true(body.more_conflicts);
    assert_true(body.n_conflicts < WARNING_CONFLICTS_MAX);
    plenary__v1__write_reply__init(&body);
    warning_add(views, &command, &left, &body);
    assert_true(body.more_conflicts);
    assert_int_equal(body.n_conflicts, 0);
    arena_destroy(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_registered_is_told_its_conflicts_and_so_is_who_only_tries),
        TEST(who_does_not_ask_is_not_told),
        TEST(a_revision_is_told_what_did_not_clash_before),
        TEST(what_comes_back_is_told_too),
        TEST(a_repeated_request_is_told_again),
        TEST(of_what_is_unseen_it_is_told_that_it_is_taken),
        TEST(a_turn_looks_for_so_much_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
