/* What an event refers to: kept as ids, only to what is seen, and never in a loop. */
#include "daemon/registry/references.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 11});
    asker->caller = access_local();
    *state = asker;
    return 0;
}

static int end(void **state)
{
    Asker *asker = *state;
    harness_check(asker->harness);
    harness_destroy(&asker->harness);
    test_free(asker);
    return 0;
}

static void must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
}

static void refused(const Reply *reply, StatusCode code, const char *field)
{
    assert_int_equal(ask_code(reply), code);
    if (field) assert_string_equal(reply->status->violations[0]->field, field);
}

/* Registers an event; gives its image. */
static const Event *registered(const Asker *asker, const char *title, const char *uid,
                               const char *part_of)
{
    Draft draft;
    ask_draft(&draft, title, uid);
    draft.event.part_of = ask_text(part_of);
    const Reply *reply = ask_register(asker, &draft.event);
    must(reply);
    return reply->write->event;
}

static void a_reference_may_be_any_name_and_is_kept_as_the_id(void **state)
{
    const Asker *asker = *state;
    char number[16] = "1";
    char prefix[16];
    const Event *main_event = registered(asker, "Conference", "conf@example", NULL);
    (void)snprintf(prefix, sizeof prefix, "%.13s", main_event->id);
    const char *names[] = {number, "conf@example", main_event->id, prefix};
    for (size_t i = 0; i < 4; i++) {
        Draft draft;
        char *related[] = {ask_text(names[i])};
        ask_draft(&draft, "Side event", NULL);
        draft.event.part_of = ask_text(names[i]);
        draft.event.follows = ask_text(names[i]);
        draft.event.related = related;
        draft.event.n_related = 1;
        const Reply *reply = ask_register(asker, &draft.event);
        must(reply);
        assert_string_equal(reply->write->event->part_of, main_event->id);
        assert_string_equal(reply->write->event->follows, main_event->id);
        assert_string_equal(reply->write->event->related[0], main_event->id);
        harness_step_clock(asker->harness, 100000000); /* so that the prefix stays one's own */
    }
}

static void what_is_not_there_or_not_seen_cannot_be_referred_to(void **state)
{
    const Asker *asker = *state;
    const Asker registrar = {asker->harness,
                             {.principal = "somebody",
                              .role = PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR,
                              .organisation = "unodc",
                              .clearance = PLENARY__V1__HANDLING__TLP__GREEN}};
    Draft draft;
    ask_draft(&draft, "Secret", "secret@example");
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    must(ask_register(asker, &draft.event));
    const char *names[] = {"1", "secret@example", "nobody@example", "77"};
    for (size_t i = 0; i < 4; i++) {
        char message[64];
        ask_draft(&draft, "Refers", NULL);
        draft.event.part_of = ask_text(names[i]);
        const Reply *reply = ask_register(&registrar, &draft.event);
        refused(reply, STATUS_INVALID_ARGUMENT, "part_of");
        (void)snprintf(message, sizeof message, "there is no event \"%s\"", names[i]);
        assert_string_equal(reply->status->violations[0]->message, message);
    }
}

static void nothing_is_part_of_itself(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    registered(asker, "One", "one@example", NULL);
    registered(asker, "Two", "two@example", "1");
    registered(asker, "Three", "three@example", "two@example");
    ask_draft(&draft, "One", NULL);
    draft.event.part_of = ask_text("1");
    refused(ask_revise(asker, "1", &draft.event, 0), STATUS_INVALID_ARGUMENT, "part_of");
    ask_draft(&draft, "One", NULL);
    draft.event.part_of = ask_text("3");
    refused(ask_revise(asker, "1", &draft.event, 0), STATUS_INVALID_ARGUMENT, "part_of");
    ask_draft(&draft, "One", NULL);
    draft.event.follows = ask_text("one@example");
    refused(ask_revise(asker, "1", &draft.event, 0), STATUS_INVALID_ARGUMENT, "follows");
    ask_draft(&draft, "One", NULL);
    draft.event.follows = ask_text("3"); /* only part_of nests */
    must(ask_revise(asker, "1", &draft.event, 0));
}

static void nesting_has_a_bound(void **state)
{
    const Asker *asker = *state;
    char above[16] = "";
    registered(asker, "Top", NULL, NULL);
    uint32_t number = 1;
    for (; number <= REFERENCES_DEPTH_MAX; number++) {
        (void)snprintf(above, sizeof above, "%u", number);
        registered(asker, "Nested", NULL, above);
    }
    Draft draft;
    (void)snprintf(above, sizeof above, "%u", number);
    ask_draft(&draft, "Too deep", NULL);
    draft.event.part_of = above;
    refused(ask_register(asker, &draft.event), STATUS_INVALID_ARGUMENT, "part_of");
}

/* One is part of two and three is part of four already; now, both at once, two becomes part of
 * three and four a part of one. Each alone is right, together they would be a loop. */
static void two_halves_of_a_loop_are_not_both_done(void **state)
{
    const Asker *asker = *state;
    registered(asker, "Two", NULL, NULL);  /* 1 */
    registered(asker, "One", NULL, "1");   /* 2 */
    registered(asker, "Four", NULL, NULL); /* 3 */
    registered(asker, "Three", NULL, "3"); /* 4 */
    static const char *const moves[2][2] = {{"1", "4"}, {"3", "2"}};
    Draft drafts[2];
    Plenary__V1__ReviseEvent bodies[2];
    for (size_t i = 0; i < 2; i++) {
        Request request = PLENARY__V1__REQUEST__INIT;
        ask_draft(&drafts[i], "Moved", NULL);
        drafts[i].event.part_of = ask_text(moves[i][1]);
        plenary__v1__revise_event__init(&bodies[i]);
        bodies[i].event_id = ask_text(moves[i][0]);
        bodies[i].event = &drafts[i].event;
        request.verb_case = VERB(REVISE_EVENT);
        request.revise_event = &bodies[i];
        request.request_id = harness_request_id(asker->harness);
        harness_send_as(asker->harness, &asker->caller, &request, i);
    }
    Reply *first = harness_take(asker->harness);
    Reply *second = harness_take(asker->harness);
    must(first);
    refused(second, STATUS_INVALID_ARGUMENT, "part_of");
    plenary__v1__reply__free_unpacked(first, NULL);
    plenary__v1__reply__free_unpacked(second, NULL);
}

static void a_reference_to_what_is_on_the_way_waits_for_it(void **state)
{
    const Asker *asker = *state;
    Draft drafts[2];
    Plenary__V1__RegisterEvent bodies[2];
    for (size_t i = 0; i < 2; i++) {
        Request request = PLENARY__V1__REQUEST__INIT;
        ask_draft(&drafts[i], "Meeting", i ? NULL : "main@example");
        if (i) drafts[i].event.part_of = ask_text("main@example");
        plenary__v1__register_event__init(&bodies[i]);
        bodies[i].event = &drafts[i].event;
        request.verb_case = VERB(REGISTER_EVENT);
        request.register_event = &bodies[i];
        request.request_id = harness_request_id(asker->harness);
        harness_send_as(asker->harness, &asker->caller, &request, i);
    }
    for (size_t i = 0; i < 2; i++) {
        Reply *reply = harness_take(asker->harness);
        must(reply);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_non_null(ask_get(asker, "2")->event->event->part_of);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reference_may_be_any_name_and_is_kept_as_the_id),
        TEST(what_is_not_there_or_not_seen_cannot_be_referred_to),
        TEST(nothing_is_part_of_itself),
        TEST(nesting_has_a_bound),
        TEST(two_halves_of_a_loop_are_not_both_done),
        TEST(a_reference_to_what_is_on_the_way_waits_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
