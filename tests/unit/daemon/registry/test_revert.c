/* An event goes back to what it was, as a new revision; what it is by fact or rule stays. */
#include "daemon/registry/decide.h"

#include "daemon/registry/transitions.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name)   PLENARY__V1__REQUEST__VERB_##name
#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name
#define ACTION(name) PLENARY__V1__CHANGE__ACTION__##name

static int begin(void **state)
{
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 13});
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

static const Plenary__V1__WriteReply *must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    return reply->write;
}

static void refused(const Reply *reply, StatusCode code, const char *words)
{
    assert_int_equal(ask_code(reply), code);
    if (!strstr(reply->status->message, words)) fail_msg("%s", reply->status->message);
}

/* Event 1 with a title, a start and a status (0: none given): registered, or its next revision. */
static const Event *revision(const Asker *asker, const char *title, const char *start, int status)
{
    Draft draft;
    bool is_new = ask_code(ask_get(asker, "1")) == STATUS_NOT_FOUND;
    ask_draft(&draft, title, NULL);
    draft.schedule.start = ask_text(start);
    draft.event.has_status = status != 0;
    draft.event.status = (Plenary__V1__Event__Status)status;
    return must(is_new ? ask_register(asker, &draft.event)
                       : ask_revise(asker, "1", &draft.event, 0))
        ->event;
}

static void it_is_again_what_it_was(void **state)
{
    const Asker *asker = *state;
    const Event *first = revision(asker, "As it was", "2022-03-03", 0);
    const Event *second = revision(asker, "Spoilt", "2022-04-04", 0);
    const Plenary__V1__WriteReply *reply = must(ask_revert(asker, "1", 1, 2));
    assert_int_equal(reply->action, ACTION(REVISED));
    assert_string_equal(reply->event->title, "As it was");
    assert_string_equal(reply->event->schedule->start, "2022-03-03");
    assert_string_equal(reply->event->previous_start, "2022-04-04"); /* it moved again */
    assert_int_equal(reply->event->revision, 3);
    assert_int_equal(reply->event->ical_sequence, second->ical_sequence + 1);
    assert_string_equal(reply->event->id, first->id);
    assert_string_equal(reply->event->uid, first->uid);
    assert_string_equal(reply->event->created, first->created);
    assert_string_not_equal(reply->event->updated, first->updated);
}

static void what_was_not_there_then_is_gone(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    char *topics[] = {ask_text("customs")};
    revision(asker, "Plain", "2022-03-03", 0);
    ask_draft(&draft, "Plain", NULL);
    draft.event.topics = topics;
    draft.event.n_topics = 1;
    draft.event.category = ask_text("working group");
    assert_int_equal(must(ask_revise(asker, "1", &draft.event, 0))->event->n_topics, 1);
    const Event *event = must(ask_revert(asker, "1", 1, 0))->event;
    assert_int_equal(event->n_topics, 0);
    assert_null(event->category);
}

static void to_what_it_is_changes_nothing(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", 0);
    revision(asker, "B", "2022-03-03", 0);
    assert_true(must(ask_revert(asker, "1", 2, 0))->unchanged);
    must(ask_revert(asker, "1", 1, 0));
    uint64_t sequence = registry_applied(harness_registry(asker->harness));
    assert_true(must(ask_revert(asker, "1", 3, 0))->unchanged);
    assert_true(must(ask_revert(asker, "1", 1, 0))->unchanged); /* the same by its content */
    assert_int_equal(registry_applied(harness_registry(asker->harness)), sequence);
}

static void a_revert_can_be_reverted(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", 0);
    revision(asker, "B", "2022-03-03", 0);
    must(ask_revert(asker, "1", 1, 0));
    const Event *event = must(ask_revert(asker, "1", 2, 0))->event;
    assert_string_equal(event->title, "B");
    assert_int_equal(event->revision, 4);
}

/* --- status --- */

static void the_status_goes_back_where_it_may(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", STATUS(POSTPONED));
    revision(asker, "B", "2022-03-03", STATUS(CONFIRMED));
    const Event *event = must(ask_revert(asker, "1", 1, 0))->event;
    assert_string_equal(event->title, "A");
    assert_int_equal(event->status, STATUS(POSTPONED));
}

static void that_it_took_place_stays(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", STATUS(TENTATIVE));
    revision(asker, "B", "2022-03-03", STATUS(CONFIRMED));
    must(ask_move(asker, VERB(HOLD_EVENT), "1", 0));
    const Event *event = must(ask_revert(asker, "1", 2, 0))->event;
    assert_string_equal(event->title, "B");
    assert_int_equal(event->status, STATUS(HELD));
    assert_int_equal(must(ask_revert(asker, "1", 1, 0))->event->status, STATUS(HELD));
}

static void that_it_is_cancelled_stays_and_can_be_undone(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", STATUS(TENTATIVE));
    revision(asker, "B", "2022-03-03", 0);
    must(ask_move(asker, VERB(CANCEL_EVENT), "1", 0));
    const Plenary__V1__WriteReply *reply = must(ask_revert(asker, "1", 1, 0));
    assert_int_equal(reply->action, ACTION(REVISED));
    assert_string_equal(reply->event->title, "A");
    assert_int_equal(reply->event->status, STATUS(CANCELLED));
    reply = must(ask_move(asker, VERB(REINSTATE_EVENT), "1", 0));
    assert_int_equal(reply->event->status, STATUS(TENTATIVE)); /* which it was before */
}

static void to_a_cancelled_revision_cancels(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", STATUS(CONFIRMED));
    must(ask_move(asker, VERB(CANCEL_EVENT), "1", 0));
    must(ask_move(asker, VERB(REINSTATE_EVENT), "1", 0));
    const Plenary__V1__WriteReply *reply = must(ask_revert(asker, "1", 2, 0));
    assert_int_equal(reply->action, ACTION(CANCELLED));
    assert_int_equal(reply->event->status, STATUS(CANCELLED));
    reply = must(ask_move(asker, VERB(REINSTATE_EVENT), "1", 0));
    assert_int_equal(reply->event->status, STATUS(CONFIRMED));
}

/* No way of reverting makes a move that the table does not have. */
static void no_revert_moves_a_status_otherwise(void **state)
{
    const Asker *asker = *state;
    static const int statuses[] = {STATUS(TENTATIVE), STATUS(CONFIRMED), STATUS(HELD),
                                   STATUS(POSTPONED), STATUS(CONFIRMED), STATUS(POSTPONED)};
    const uint32_t count = sizeof statuses / sizeof *statuses;
    Plenary__V1__Event__Status present = 0;
    for (uint32_t i = 0; i < count; i++)
        present = revision(asker, "A", "2022-03-03", statuses[i])->status;
    for (uint32_t to = 1; to <= count; to++) {
        const Event *event = must(ask_revert(asker, "1", to, 0))->event;
        assert_true(transitions_allow(present, event->status));
        bool reached = event->status == (Plenary__V1__Event__Status)statuses[to - 1];
        assert_int_equal(reached,
                         transitions_allow(present, (Plenary__V1__Event__Status)statuses[to - 1]));
        present = event->status;
    }
}

/* --- what is refused --- */

static void a_revision_that_is_not_there_is_named(void **state)
{
    const Asker *asker = *state;
    revision(asker, "A", "2022-03-03", 0);
    refused(ask_revert(asker, "1", 2, 0), STATUS_NOT_FOUND, "event 1 has revisions 1 to 1, not 2");
    refused(ask_revert(asker, "1", 0, 0), STATUS_NOT_FOUND, "not 0");
    refused(ask_revert(asker, "7", 1, 0), STATUS_NOT_FOUND, "no event \"7\"");
    refused(ask_revert(asker, "1", 1, 9), STATUS_ABORTED, "at revision 1, not 9");
    must(ask_move(asker, VERB(WITHDRAW_EVENT), "1", 0));
    refused(ask_revert(asker, "1", 1, 0), STATUS_FAILED_PRECONDITION, "withdrawn");
}

static void a_revision_that_one_may_not_see_is_not_there(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    Plenary__V1__Involvement organiser = PLENARY__V1__INVOLVEMENT__INIT;
    Plenary__V1__Involvement *organisers[] = {&organiser};
    organiser.name = ask_text("unodc");
    organiser.has_role = 1;
    organiser.role = PLENARY__V1__INVOLVEMENT__ROLE__ORGANISER;
    const Asker registrar = {asker->harness,
                             {.principal = "somebody",
                              .organisation = "unodc",
                              .role = PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR,
                              .clearance = PLENARY__V1__HANDLING__TLP__GREEN}};
    must(ask_put_organisation(asker, "unodc", "unodc", NULL));
    ask_draft(&draft, "Secret", NULL);
    draft.event.organisations = organisers;
    draft.event.n_organisations = 1;
    organiser.name = NULL;
    organiser.id = ask_text("unodc");
    draft.handling.has_tlp = 1;
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    draft.event.handling = &draft.handling;
    must(ask_register(asker, &draft.event));
    draft.event.title = ask_text("Public");
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__GREEN;
    must(ask_revise(asker, "1", &draft.event, 0));
    draft.event.title = ask_text("Changed");
    must(ask_revise(asker, "1", &draft.event, 0));

    refused(ask_revert(&registrar, "1", 1, 0), STATUS_NOT_FOUND, "no revision 1 of event 1");
    assert_string_equal(must(ask_revert(&registrar, "1", 2, 0))->event->title, "Public");
    Asker other = registrar;
    other.caller.organisation = "osce";
    refused(ask_revert(&other, "1", 3, 0), STATUS_PERMISSION_DENIED, "another organisation's");
}

static void what_it_refers_to_must_still_be_there(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    ask_draft(&draft, "Session", NULL);
    Draft whole;
    ask_draft(&whole, "Conference", "conference@example");
    must(ask_register(asker, &whole.event));
    draft.event.part_of = ask_text("conference@example");
    must(ask_register(asker, &draft.event));
    draft.event.part_of = NULL;
    must(ask_revise(asker, "2", &draft.event, 0));
    const Event *event = must(ask_revert(asker, "2", 1, 0))->event;
    assert_non_null(event->part_of);
    must(ask_revert(asker, "2", 2, 0));
    must(ask_move(asker, VERB(WITHDRAW_EVENT), "1", 0));
    refused(ask_revert(asker, "2", 1, 0), STATUS_FAILED_PRECONDITION, "its part_of names an event");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_again_what_it_was),
        TEST(what_was_not_there_then_is_gone),
        TEST(to_what_it_is_changes_nothing),
        TEST(a_revert_can_be_reverted),
        TEST(the_status_goes_back_where_it_may),
        TEST(that_it_took_place_stays),
        TEST(that_it_is_cancelled_stays_and_can_be_undone),
        TEST(to_a_cancelled_revision_cancels),
        TEST(no_revert_moves_a_status_otherwise),
        TEST(a_revision_that_is_not_there_is_named),
        TEST(a_revision_that_one_may_not_see_is_not_there),
        TEST(what_it_refers_to_must_still_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
