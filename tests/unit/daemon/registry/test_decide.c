/* What each command does to a record, what it refuses, and what it leaves alone. */
#include "daemon/registry/decide.h"

#include "daemon/registry/transitions.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name)   PLENARY__V1__REQUEST__VERB_##name
#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name
#define ACTION(name) PLENARY__V1__CHANGE__ACTION__##name

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

static Asker as(const Asker *asker, Plenary__V1__Principal__Role role, const char *organisation,
                Plenary__V1__Handling__Tlp clearance)
{
    return (Asker){asker->harness,
                   {.principal = "somebody",
                    .role = role,
                    .organisation = organisation,
                    .clearance = clearance}};
}

static Asker registrar_of(const Asker *asker, const char *organisation)
{
    return as(asker, PLENARY__V1__PRINCIPAL__ROLE__REGISTRAR, organisation,
              PLENARY__V1__HANDLING__TLP__GREEN);
}

static uint64_t sequence_of(const Asker *asker)
{
    return registry_applied(harness_registry(asker->harness));
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

/* --- registering --- */

static void the_registry_writes_its_own_fields(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    ask_draft(&draft, "Meeting", NULL);
    draft.event.has_number = draft.event.has_revision = draft.event.has_ical_sequence = 1;
    draft.event.number = 99;
    draft.event.revision = 7;
    draft.event.ical_sequence = 3;
    draft.event.has_status_before = 1;
    draft.event.status_before = STATUS(HELD);
    draft.event.created = ask_text("2001-01-01T00:00:00Z");
    draft.event.created_by = ask_text("somebody else");
    const Reply *reply = ask_register(asker, &draft.event);
    must(reply);
    const Event *event = reply->write->event;
    assert_int_equal(event->number, 1);
    assert_int_equal(event->revision, 1);
    assert_int_equal(event->ical_sequence, 0);
    assert_false(event->has_status_before);
    assert_int_equal(event->status, STATUS(CONFIRMED));
    assert_string_equal(event->uid, event->id);
    assert_string_equal(event->created, event->updated);
    assert_null(event->created_by); /* `local` has no organisation */
    assert_int_equal(reply->write->action, ACTION(REGISTERED));
}

static void a_taken_uid_is_refused_or_revised(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    registered(asker, "First", "one@example", NULL);
    ask_draft(&draft, "Second", "one@example");
    refused(ask_register(asker, &draft.event), STATUS_ALREADY_EXISTS, NULL);
    ask_draft(&draft, "Second", "one@example");
    const Reply *reply = ask_upsert(asker, &draft.event);
    must(reply);
    assert_int_equal(reply->write->event->number, 1);
    assert_int_equal(reply->write->event->revision, 2);
    assert_int_equal(reply->write->action, ACTION(REVISED));

    /* With its recurrence_id it is another event. */
    ask_draft(&draft, "Override", "one@example");
    draft.event.recurrence_id = ask_text("2022-03-10");
    must(ask_register(asker, &draft.event));
    ask_draft(&draft, "Override", "one@example");
    draft.event.recurrence_id = ask_text("2022-03-10");
    refused(ask_register(asker, &draft.event), STATUS_ALREADY_EXISTS, NULL);
}

/* A conflict with what the caller may not see says "taken" and no more. */
static void a_uid_of_an_unseen_event_is_taken_and_no_more(void **state)
{
    const Asker *asker = *state;
    const Asker other = registrar_of(asker, "unodc");
    Draft draft;
    ask_draft(&draft, "Secret", "secret@example");
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    must(ask_register(asker, &draft.event));
    for (int upsert = 0; upsert < 2; upsert++) {
        ask_draft(&draft, "Mine", "secret@example");
        const Reply *reply =
            upsert ? ask_upsert(&other, &draft.event) : ask_register(&other, &draft.event);
        refused(reply, STATUS_ALREADY_EXISTS, NULL);
        assert_string_equal(reply->status->message, "the uid \"secret@example\" is taken");
    }
    refused(ask_get(&other, "secret@example"), STATUS_NOT_FOUND, NULL);
    refused(ask_get(&other, "1"), STATUS_NOT_FOUND, NULL);
    ask_draft(&draft, "Mine", NULL);
    refused(ask_revise(&other, "1", &draft.event, 0), STATUS_NOT_FOUND, NULL);
    refused(ask_move(&other, VERB(WITHDRAW_EVENT), "1", 0), STATUS_NOT_FOUND, NULL);
}

static void nobody_writes_a_handling_that_they_could_not_read_back(void **state)
{
    const Asker *asker = *state;
    const Asker registrar = registrar_of(asker, "unodc");
    Draft draft;
    ask_draft(&draft, "Too secret", NULL);
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    refused(ask_register(&registrar, &draft.event), STATUS_INVALID_ARGUMENT, "handling");
    ask_draft(&draft, "For others", NULL);
    draft.audience[0] = ask_text("wco");
    draft.handling.n_audience = 1;
    refused(ask_register(&registrar, &draft.event), STATUS_INVALID_ARGUMENT, "handling");
    registered(&registrar, "Mine", NULL, NULL);
    ask_draft(&draft, "Mine", NULL);
    draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
    refused(ask_revise(&registrar, "1", &draft.event, 0), STATUS_INVALID_ARGUMENT, "handling");
}

static void another_organisations_event_is_not_revised(void **state)
{
    const Asker *asker = *state;
    const Asker mine = registrar_of(asker, "unodc");
    const Asker other = registrar_of(asker, "wco");
    Draft draft;
    registered(&mine, "Mine", "mine@example", NULL);
    ask_draft(&draft, "Theirs now", NULL);
    refused(ask_revise(&other, "1", &draft.event, 0), STATUS_PERMISSION_DENIED, NULL);
    refused(ask_move(&other, VERB(CANCEL_EVENT), "1", 0), STATUS_PERMISSION_DENIED, NULL);
    refused(ask_move(&other, VERB(WITHDRAW_EVENT), "1", 0), STATUS_PERMISSION_DENIED, NULL);
    ask_draft(&draft, "Theirs now", "mine@example");
    refused(ask_upsert(&other, &draft.event), STATUS_PERMISSION_DENIED, NULL);
    must(ask_move(&mine, VERB(CANCEL_EVENT), "1", 0));
    const Asker reader =
        as(asker, PLENARY__V1__PRINCIPAL__ROLE__READER, "unodc", PLENARY__V1__HANDLING__TLP__RED);
    refused(ask_move(&reader, VERB(REINSTATE_EVENT), "1", 0), STATUS_PERMISSION_DENIED, NULL);
    refused(ask_verify(&mine, 0, 0), STATUS_PERMISSION_DENIED, NULL);
    refused(ask_put_organisation(&mine, "a", "A", NULL), STATUS_PERMISSION_DENIED, NULL);
}

static void a_dry_run_says_what_would_be_and_does_nothing(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    Plenary__V1__RegisterEvent body = PLENARY__V1__REGISTER_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    ask_draft(&draft, "Tried", "tried@example");
    body.event = &draft.event;
    body.has_dry_run = body.dry_run = 1;
    request.verb_case = VERB(REGISTER_EVENT);
    request.register_event = &body;
    const Reply *reply = ask(asker, &request);
    must(reply);
    assert_true(reply->write->dry_run);
    assert_int_equal(reply->write->action, ACTION(REGISTERED));
    assert_false(reply->write->unchanged);
    assert_int_equal(sequence_of(asker), 0);
    refused(ask_get(asker, "tried@example"), STATUS_NOT_FOUND, NULL);
}

/* --- revising --- */

static void the_expected_revision_must_be_the_present_one(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    registered(asker, "First", "one@example", NULL);
    static const Plenary__V1__Request__VerbCase verbs[] = {
        VERB(CANCEL_EVENT), VERB(REINSTATE_EVENT), VERB(HOLD_EVENT), VERB(WITHDRAW_EVENT)};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        refused(ask_move(asker, verbs[i], "1", 2), STATUS_ABORTED, NULL);
    ask_draft(&draft, "Second", NULL);
    refused(ask_revise(asker, "1", &draft.event, 2), STATUS_ABORTED, NULL);
    ask_draft(&draft, "Second", NULL);
    must(ask_revise(asker, "1", &draft.event, 1));
    ask_draft(&draft, "Third", NULL);
    const Reply *reply = ask_revise(asker, "1", &draft.event, 1);
    refused(reply, STATUS_ABORTED, NULL);
    assert_non_null(strstr(reply->status->message, "at revision 2, not 1"));
    assert_string_equal(ask_get(asker, "1")->event->event->title, "Second");
}

static void identity_cannot_change(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    registered(asker, "First", "one@example", NULL);
    ask_draft(&draft, "First", "two@example");
    refused(ask_revise(asker, "1", &draft.event, 0), STATUS_INVALID_ARGUMENT, "uid");
    ask_draft(&draft, "First", "one@example");
    draft.event.recurrence_id = ask_text("2022-03-10");
    refused(ask_revise(asker, "1", &draft.event, 0), STATUS_INVALID_ARGUMENT, "recurrence_id");
}

/* An import is done again and again: whatever happened to the record by rule stays. */
static void a_second_import_changes_nothing(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    ask_draft(&draft, "Imported", "one@example");
    must(ask_upsert(asker, &draft.event));
    ask_draft(&draft, "Imported", "one@example");
    draft.schedule.start = ask_text("2022-03-02"); /* the file moved it */
    must(ask_upsert(asker, &draft.event));
    ask_draft(&draft, "Imported", "one@example");
    draft.schedule.start = ask_text("2022-03-02");
    draft.event.has_status = 1;
    draft.event.status = STATUS(POSTPONED);
    draft.event.status_reason = ask_text("flood");
    must(ask_upsert(asker, &draft.event));

    uint64_t sequence = sequence_of(asker);
    for (int i = 0; i < 3; i++) {
        ask_draft(&draft, "Imported", "one@example");
        draft.schedule.start = ask_text("2022-03-02");
        if (i > 0) { /* with the status or without it, but without the reason */
            draft.event.has_status = 1;
            draft.event.status = STATUS(POSTPONED);
        }
        const Reply *reply = ask_upsert(asker, &draft.event);
        must(reply);
        assert_true(reply->write->unchanged);
        assert_int_equal(reply->write->sequence, sequence);
        assert_string_equal(reply->write->event->status_reason, "flood");
        assert_string_equal(reply->write->event->previous_start, "2022-03-03");
    }
    assert_int_equal(sequence_of(asker), sequence);
}

static void a_reason_goes_with_its_status(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    ask_draft(&draft, "Meeting", "one@example");
    draft.event.has_status = 1;
    draft.event.status = STATUS(POSTPONED);
    draft.event.status_reason = ask_text("flood");
    must(ask_register(asker, &draft.event));
    ask_draft(&draft, "Meeting", NULL);
    draft.event.has_status = 1;
    draft.event.status = STATUS(CONFIRMED);
    const Reply *reply = ask_revise(asker, "1", &draft.event, 0);
    must(reply);
    assert_null(reply->write->event->status_reason);
}

static void a_move_is_noted_and_counts_for_calendars(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    registered(asker, "Meeting", "one@example", NULL);
    ask_draft(&draft, "Meeting", NULL);
    draft.schedule.start = ask_text("2022-03-04");
    const Reply *reply = ask_revise(asker, "1", &draft.event, 0);
    assert_string_equal(reply->write->event->previous_start, "2022-03-03");
    assert_int_equal(reply->write->event->ical_sequence, 1);
    /* Sent back whole, with another title: no move. */
    ask_draft(&draft, "Another title", NULL);
    draft.schedule.start = ask_text("2022-03-04");
    draft.event.previous_start = ask_text("2022-03-03");
    reply = ask_revise(asker, "1", &draft.event, 0);
    assert_string_equal(reply->write->event->previous_start, "2022-03-03");
    assert_int_equal(reply->write->event->ical_sequence, 1);
    /* Sent back whole and moved again: the start before this move. */
    ask_draft(&draft, "Another title", NULL);
    draft.schedule.start = ask_text("2022-03-01");
    draft.event.previous_start = ask_text("2022-03-03");
    reply = ask_revise(asker, "1", &draft.event, 0);
    assert_string_equal(reply->write->event->previous_start, "2022-03-04");
    assert_int_equal(reply->write->event->ical_sequence, 2);
}

/* --- status --- */

static void every_move_by_revision_is_as_the_table_says(void **state)
{
    const Asker *asker = *state;
    static const Plenary__V1__Event__Status statuses[] = {
        STATUS(TENTATIVE), STATUS(CONFIRMED), STATUS(POSTPONED), STATUS(CANCELLED), STATUS(HELD)};
    uint32_t number = 0;
    for (size_t from = 0; from < 5; from++)
        for (size_t to = 0; to < 5; to++) {
            char name[16];
            Draft draft;
            ask_draft(&draft, "Meeting", NULL);
            draft.event.has_status = 1;
            draft.event.status = statuses[from];
            must(ask_register(asker, &draft.event));
            (void)snprintf(name, sizeof name, "%u", ++number);
            ask_draft(&draft, "Meeting", NULL);
            draft.event.has_status = 1;
            draft.event.status = statuses[to];
            const Reply *reply = ask_revise(asker, name, &draft.event, 0);
            if (transitions_allow(statuses[from], statuses[to])) {
                must(reply);
                assert_int_equal(reply->write->event->status, statuses[to]);
                assert_int_equal(reply->write->unchanged, from == to);
            } else {
                refused(reply, STATUS_INVALID_ARGUMENT, "status");
            }
        }
}

static void reinstating_leads_back_to_the_status_before(void **state)
{
    const Asker *asker = *state;
    static const Plenary__V1__Event__Status statuses[] = {STATUS(TENTATIVE), STATUS(CONFIRMED),
                                                          STATUS(POSTPONED), STATUS(HELD)};
    for (size_t i = 0; i < 4; i++) {
        char name[16];
        Draft draft;
        ask_draft(&draft, "Meeting", NULL);
        draft.event.has_status = 1;
        draft.event.status = statuses[i];
        must(ask_register(asker, &draft.event));
        (void)snprintf(name, sizeof name, "%zu", i + 1);
        refused(ask_move(asker, VERB(REINSTATE_EVENT), name, 0), STATUS_FAILED_PRECONDITION, NULL);
        const Reply *reply = NULL;
        if (i % 2) {
            reply = ask_move(asker, VERB(CANCEL_EVENT), name, 0);
        } else { /* cancelled by a revision: the same */
            ask_draft(&draft, "Meeting", NULL);
            draft.event.has_status = 1;
            draft.event.status = STATUS(CANCELLED);
            reply = ask_revise(asker, name, &draft.event, 0);
        }
        must(reply);
        assert_int_equal(reply->write->action, ACTION(CANCELLED));
        assert_int_equal(reply->write->event->status, STATUS(CANCELLED));
        refused(ask_move(asker, VERB(CANCEL_EVENT), name, 0), STATUS_FAILED_PRECONDITION, NULL);
        ask_draft(&draft, "Meeting, a word changed while it is cancelled", NULL);
        must(ask_revise(asker, name, &draft.event, 0));
        reply = ask_move(asker, VERB(REINSTATE_EVENT), name, 0);
        must(reply);
        assert_int_equal(reply->write->action, ACTION(REINSTATED));
        assert_int_equal(reply->write->event->status, statuses[i]);
        assert_false(reply->write->event->has_status_before);
    }
}

static void only_what_is_confirmed_is_held(void **state)
{
    const Asker *asker = *state;
    registered(asker, "Meeting", NULL, NULL);
    const Reply *reply = ask_move(asker, VERB(HOLD_EVENT), "1", 0);
    must(reply);
    assert_int_equal(reply->write->action, ACTION(HELD));
    assert_int_equal(reply->write->event->status, STATUS(HELD));
    refused(ask_move(asker, VERB(HOLD_EVENT), "1", 0), STATUS_FAILED_PRECONDITION, NULL);
}

/* --- withdrawn --- */

static void a_withdrawn_event_is_gone_and_its_uid_stays_reserved(void **state)
{
    const Asker *asker = *state;
    const Asker registrar = registrar_of(asker, "unodc");
    Draft draft;
    const Event *event = registered(&registrar, "Meeting", "one@example", NULL);
    const Reply *reply = ask_move(&registrar, VERB(WITHDRAW_EVENT), "1", 1);
    must(reply);
    assert_int_equal(reply->write->action, ACTION(WITHDRAWN));
    assert_int_equal(ask_count(asker, NULL), 0);
    const char *names[] = {"1", "one@example", event->id};
    for (size_t i = 0; i < 3; i++) {
        refused(ask_get(asker, names[i]), STATUS_NOT_FOUND, NULL);
        refused(ask_get(&registrar, names[i]), STATUS_NOT_FOUND, NULL);
        refused(ask_move(asker, VERB(CANCEL_EVENT), names[i], 0), STATUS_FAILED_PRECONDITION, NULL);
        refused(ask_move(&registrar, VERB(CANCEL_EVENT), names[i], 0), STATUS_NOT_FOUND, NULL);
    }
    ask_draft(&draft, "Meeting", "one@example");
    refused(ask_upsert(asker, &draft.event), STATUS_FAILED_PRECONDITION, NULL);
    ask_draft(&draft, "Meeting", "one@example");
    refused(ask_upsert(&registrar, &draft.event), STATUS_ALREADY_EXISTS, NULL);
    assert_int_equal(ask_code(ask_history(&registrar, "1", NULL)), STATUS_NOT_FOUND);
    assert_int_equal(ask_history(asker, "1", NULL)->changes->n_changes, 2);

    registered(asker, "Next", NULL, NULL);
    ask_draft(&draft, "Refers", NULL);
    draft.event.follows = ask_text("1");
    refused(ask_register(asker, &draft.event), STATUS_INVALID_ARGUMENT, "follows");
}

/* --- organisations --- */

static const Reply *put_expecting(const Asker *asker, const char *name, uint32_t expected)
{
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation body = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    organisation.id = ask_text("unodc");
    organisation.name = ask_text(name);
    body.organisation = &organisation;
    body.has_expected_revision = 1;
    body.expected_revision = expected;
    request.verb_case = VERB(PUT_ORGANISATION);
    request.put_organisation = &body;
    return ask(asker, &request);
}

static void an_organisation_is_put_once_and_revised_after(void **state)
{
    const Asker *asker = *state;
    refused(put_expecting(asker, "UNODC", 1), STATUS_ABORTED, NULL);
    const Reply *reply = put_expecting(asker, "UNODC", 0);
    must(reply);
    assert_int_equal(reply->write->organisation->revision, 1);
    refused(put_expecting(asker, "UNODC", 0), STATUS_ALREADY_EXISTS, NULL);
    reply = put_expecting(asker, "UNODC", 1);
    assert_true(reply->write->unchanged);
    reply = put_expecting(asker, "Office", 1);
    assert_int_equal(reply->write->organisation->revision, 2);
    refused(put_expecting(asker, "Again", 1), STATUS_ABORTED, NULL);
    assert_int_equal(sequence_of(asker), 2);
}

static void an_organisation_is_no_part_of_itself(void **state)
{
    const Asker *asker = *state;
    must(ask_put_organisation(asker, "a", "A", NULL));
    must(ask_put_organisation(asker, "b", "B", "a"));
    must(ask_put_organisation(asker, "c", "C", "b"));
    refused(ask_put_organisation(asker, "a", "A", "c"), STATUS_INVALID_ARGUMENT, "part_of");
    refused(ask_put_organisation(asker, "a", "A", "a"), STATUS_INVALID_ARGUMENT, "part_of");
    refused(ask_put_organisation(asker, "d", "D", "none"), STATUS_INVALID_ARGUMENT, "part_of");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_registry_writes_its_own_fields),
        TEST(a_taken_uid_is_refused_or_revised),
        TEST(a_uid_of_an_unseen_event_is_taken_and_no_more),
        TEST(nobody_writes_a_handling_that_they_could_not_read_back),
        TEST(another_organisations_event_is_not_revised),
        TEST(a_dry_run_says_what_would_be_and_does_nothing),
        TEST(the_expected_revision_must_be_the_present_one),
        TEST(identity_cannot_change),
        TEST(a_second_import_changes_nothing),
        TEST(a_reason_goes_with_its_status),
        TEST(a_move_is_noted_and_counts_for_calendars),
        TEST(every_move_by_revision_is_as_the_table_says),
        TEST(reinstating_leads_back_to_the_status_before),
        TEST(only_what_is_confirmed_is_held),
        TEST(a_withdrawn_event_is_gone_and_its_uid_stays_reserved),
        TEST(an_organisation_is_put_once_and_revised_after),
        TEST(an_organisation_is_no_part_of_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
