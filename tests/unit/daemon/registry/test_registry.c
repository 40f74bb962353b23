/* Writes from arrival to reply: exactly once, in order, refused whole where there is no room. */
#include "daemon/registry/registry.h"

#include "daemon/registry/apply.h"
#include "daemon/registry/repetition.h"
#include "proto/id.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name
#define DAY_US     (INT64_C(24) * 3600 * 1000000)

enum {
    DISK_WRITES_MAX = 5000,
    BURST = 600, /* more than two groups */
};

static uint64_t sequence_of(const Asker *asker)
{
    return registry_applied(harness_registry(asker->harness));
}

/* A registration with an id that is given, for sending it more than once. */
typedef struct Registration {
    Draft draft;
    Plenary__V1__RegisterEvent body;
    Request request;
    char id[ID_TEXT_SIZE];
} Registration;

static void make_registration(const Asker *asker, Registration *self, const char *title)
{
    ask_draft(&self->draft, title, NULL);
    plenary__v1__register_event__init(&self->body);
    plenary__v1__request__init(&self->request);
    self->body.event = &self->draft.event;
    self->request.verb_case = VERB(REGISTER_EVENT);
    self->request.register_event = &self->body;
    (void)snprintf(self->id, sizeof self->id, "%s", harness_request_id(asker->harness));
    self->request.request_id = self->id;
}

static void must_be_done(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
}

/* --- exactly once --- */

static void a_repeated_request_is_answered_and_not_done_again(void **state)
{
    const Asker *asker = *state;
    Registration registration;
    make_registration(asker, &registration, "Once");
    const Reply *first = ask(asker, &registration.request);
    assert_int_equal(ask_code(first), STATUS_OK);
    harness_crash(asker->harness, 0);
    registration.request.has_correlation = 1; /* no part of what is asked for */
    registration.request.correlation = 99;
    const Reply *again = ask(asker, &registration.request);
    assert_int_equal(ask_code(again), STATUS_OK);
    assert_int_equal(again->correlation, 99);
    assert_int_equal(again->write->sequence, first->write->sequence);
    assert_string_equal(again->write->event->id, first->write->event->id);
    assert_int_equal(again->write->action, PLENARY__V1__CHANGE__ACTION__REGISTERED);
    assert_int_equal(sequence_of(asker), 1);
}

static void a_brief_reply_holds_what_the_event_is_named_by(void **state)
{
    const Asker *asker = *state;
    Registration registration;
    make_registration(asker, &registration, "Brief");
    registration.body.has_reply_brief = registration.body.reply_brief = 1;
    for (int i = 0; i < 2; i++) { /* the second time as a repeated request */
        const Event *event = ask(asker, &registration.request)->write->event;
        assert_non_null(event->id);
        assert_string_equal(event->uid, event->id);
        assert_int_equal(event->number, 1);
        assert_int_equal(event->revision, 1);
        assert_null(event->title);
        assert_null(event->schedule);
    }
}

static void two_copies_on_the_way_are_done_once(void **state)
{
    const Asker *asker = *state;
    Registration registration;
    make_registration(asker, &registration, "Twice at once");
    harness_send_as(asker->harness, &asker->caller, &registration.request, 1);
    harness_send_as(asker->harness, &asker->caller, &registration.request, 2);
    for (int i = 0; i < 2; i++) {
        Reply *reply = harness_take(asker->harness);
        assert_int_equal(ask_code(reply), STATUS_OK);
        assert_int_equal(reply->write->sequence, 1);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_int_equal(sequence_of(asker), 1);
}

static void a_used_id_with_another_body_is_refused(void **state)
{
    const Asker *asker = *state;
    Registration registration;
    make_registration(asker, &registration, "Once");
    assert_int_equal(ask_code(ask(asker, &registration.request)), STATUS_OK);
    registration.draft.event.title = ask_text("Another");
    const Reply *reply = ask(asker, &registration.request);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_string_equal(reply->status->violations[0]->field, "request_id");

    /* Another principal's ids are its own. */
    Asker other = *asker;
    other.caller.principal = "other";
    assert_int_equal(ask_code(ask(&other, &registration.request)), STATUS_OK);
}

static void a_refusal_may_be_asked_again(void **state)
{
    const Asker *asker = *state;
    Registration registration;
    Draft draft;
    make_registration(asker, &registration, "Refused first");
    registration.draft.event.part_of = ask_text("later@example");
    assert_int_equal(ask_code(ask(asker, &registration.request)), STATUS_INVALID_ARGUMENT);
    ask_draft(&draft, "Later", "later@example");
    assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    assert_int_equal(ask_code(ask(asker, &registration.request)), STATUS_OK);
}

static StatusCode register_with_id_of(const Asker *asker, int64_t time_us, const char **field)
{
    Registration registration;
    uint8_t random[ID_RANDOM_BYTES] = {(uint8_t)harness_below(asker->harness, 256),
                                       (uint8_t)harness_below(asker->harness, 256)};
    make_registration(asker, &registration, "At some time");
    id_make(time_us / 1000, random, registration.id);
    const Reply *reply = ask(asker, &registration.request);
    *field =
        reply->status && reply->status->n_violations ? reply->status->violations[0]->field : "";
    return ask_code(reply);
}

static void ids_outside_of_what_is_known_are_refused(void **state)
{
    const Asker *asker = *state;
    const int64_t second_us = 1000000;
    const struct {
        int64_t away_us;
        StatusCode code;
    } rows[] = {
        {REQUEST_ID_AHEAD_S * second_us - 5 * second_us, STATUS_OK},
        {REQUEST_ID_AHEAD_S * second_us + 5 * second_us, STATUS_INVALID_ARGUMENT},
        {-REQUEST_ID_KEPT_S * second_us + 5 * second_us, STATUS_OK},
        {-REQUEST_ID_KEPT_S * second_us - 5 * second_us, STATUS_INVALID_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *field;
        StatusCode code =
            register_with_id_of(asker, harness_now_us(asker->harness) + rows[i].away_us, &field);
        assert_int_equal(code, rows[i].code);
        assert_string_equal(field, code == STATUS_OK ? "" : "request_id");
    }
}

/* The floor rose with the later clock; it does not fall when the clock steps back, nor when the
 * registry starts anew: an id that may be forgotten is never done. */
static void a_clock_that_steps_back_lets_nothing_run_twice(void **state)
{
    const Asker *asker = *state;
    Registration early;
    Draft draft;
    make_registration(asker, &early, "Early");
    assert_int_equal(ask_code(ask(asker, &early.request)), STATUS_OK);
    harness_step_clock(asker->harness, 8 * DAY_US);
    ask_draft(&draft, "Later", NULL);
    assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    harness_step_clock(asker->harness, -8 * DAY_US);

    uint64_t sequence = sequence_of(asker);
    for (int round = 0; round < 2; round++) {
        const Reply *reply = ask(asker, &early.request);
        if (ask_code(reply) == STATUS_OK)
            assert_int_equal(reply->write->sequence, 1); /* still known: answered */
        else
            assert_string_equal(reply->status->violations[0]->field, "request_id");
        const char *field;
        assert_int_equal(register_with_id_of(asker, harness_now_us(asker->harness) + round, &field),
                         STATUS_INVALID_ARGUMENT);
        assert_int_equal(sequence_of(asker), sequence);
        harness_fold_all(asker->harness);
        harness_crash(asker->harness, 0);
    }
}

static bool is_remembered(const Asker *asker, const char *request_id)
{
    State *state = registry_state(harness_registry(asker->harness));
    Key key = key_request(request_id, "local");
    Bytes value;
    return views_get(state->views, VIEW_REQUESTS, key_bytes(&key), &value);
}

/* The floor is seven days before the last change, as every rebuild finds it; only what lies below
 * it is forgotten, and what is forgotten is refused. */
static void only_ids_below_the_floor_are_forgotten(void **state)
{
    const Asker *asker = *state;
    Registration early;
    Registration late;
    uint8_t floor[ID_BYTES];
    make_registration(asker, &early, "Early");
    must_be_done(ask(asker, &early.request));
    harness_step_clock(asker->harness, 8 * DAY_US);
    make_registration(asker, &late, "Late");
    must_be_done(ask(asker, &late.request));
    for (int i = 0; i < REPETITION_FORGOTTEN_MAX; i++) {
        Registration other;
        make_registration(asker, &other, "Another");
        must_be_done(ask(asker, &other.request));
    }
    (void)harness_turn(asker->harness);
    const State *inside = registry_state(harness_registry(asker->harness));
    assert_int_equal(id_time_ms(inside->request_floor),
                     inside->applied.time_us / 1000 - (int64_t)REQUEST_ID_KEPT_S * 1000);
    memcpy(floor, inside->request_floor, sizeof floor);
    for (int round = 0; round < 2; round++) {
        assert_false(is_remembered(asker, early.id));
        assert_true(is_remembered(asker, late.id));
        assert_int_equal(ask_code(ask(asker, &early.request)), STATUS_INVALID_ARGUMENT);
        assert_int_equal(ask(asker, &late.request)->write->sequence, 2);
        harness_step_clock(asker->harness, -8 * DAY_US);
        harness_check(asker->harness); /* opens it again; the first turn forgets */
        (void)harness_turn(asker->harness);
        inside = registry_state(harness_registry(asker->harness));
        assert_memory_equal(inside->request_floor, floor, sizeof floor);
    }
}

static void times_of_changes_never_run_back(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    ask_draft(&draft, "Meeting", "one@example");
    const Reply *first = ask_register(asker, &draft.event);
    harness_step_clock(asker->harness, -DAY_US);
    draft.event.title = ask_text("Revised");
    const Reply *second = ask_revise(asker, "1", &draft.event, 0);
    assert_int_equal(ask_code(second), STATUS_OK);
    assert_true(strcmp(second->write->event->updated, first->write->event->updated) >= 0);
}

/* --- order --- */

static void commands_on_one_record_are_done_in_the_order_of_arrival(void **state)
{
    const Asker *asker = *state;
    enum { COUNT = 20 };
    Draft drafts[COUNT];
    char titles[COUNT][16];
    char last[16] = "";
    Plenary__V1__ReviseEvent bodies[COUNT];
    ask_draft(&drafts[0], "First", "one@example");
    assert_int_equal(ask_code(ask_register(asker, &drafts[0].event)), STATUS_OK);
    for (int i = 0; i < COUNT; i++) {
        Request request = PLENARY__V1__REQUEST__INIT;
        (void)snprintf(titles[i], sizeof titles[i], "Title %d", i);
        ask_draft(&drafts[i], titles[i], NULL);
        plenary__v1__revise_event__init(&bodies[i]);
        bodies[i].event = &drafts[i].event;
        bodies[i].event_id = ask_text(i % 2 ? "1" : "one@example"); /* one record, two names */
        request.verb_case = VERB(REVISE_EVENT);
        request.revise_event = &bodies[i];
        request.request_id = harness_request_id(asker->harness);
        harness_send_as(asker->harness, &asker->caller, &request, (uint64_t)i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        Reply *reply = harness_take(asker->harness);
        assert_int_equal(ask_code(reply), STATUS_OK);
        assert_string_equal(reply->write->event->title, titles[i]);
        assert_int_equal(reply->write->event->revision, i + 2);
        (void)snprintf(last, sizeof last, "%s", reply->write->event->title);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_string_equal(ask_get(asker, "1")->event->event->title, last);
}

static void who_is_gone_is_not_answered_but_its_command_is_done(void **state)
{
    const Asker *asker = *state;
    Registration gone;
    Registration here;
    make_registration(asker, &gone, "Gone");
    harness_send_as(asker->harness, &asker->caller, &gone.request, 77);
    registry_forget(harness_registry(asker->harness), 77);
    make_registration(asker, &here, "Here");
    const Reply *reply = ask(asker, &here.request);
    assert_string_equal(reply->write->event->title, "Here");
    assert_int_equal(reply->write->sequence, 2);
    assert_int_equal(ask_code(ask_get(asker, "1")), STATUS_OK);
}

static void more_commands_than_may_wait_are_refused_with_a_retry_time(void **state)
{
    const Asker *asker = *state;
    Registration one;
    for (int i = 0; i < REGISTRY_WAITING_MAX; i++) {
        make_registration(asker, &one, "Many");
        harness_send_as(asker->harness, &asker->caller, &one.request, 1);
    }
    make_registration(asker, &one, "One too many");
    harness_send_as(asker->harness, &asker->caller, &one.request, 2);
    Reply *refused = harness_take(asker->harness);
    assert_int_equal(ask_code(refused), STATUS_RESOURCE_EXHAUSTED);
    assert_true(refused->status->retry_after_ms > 0);
    plenary__v1__reply__free_unpacked(refused, NULL);
    for (int i = 0; i < REGISTRY_WAITING_MAX; i++) {
        Reply *reply = harness_take(asker->harness);
        assert_int_equal(ask_code(reply), STATUS_OK);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_false(registry_busy(harness_registry(asker->harness)));
}

/* --- no room --- */

static Harness *harness_on_small_disk(const char *size)
{
    Harness *harness = harness_new(&(HarnessOptions){
        .seed = 3, .disk_size = size, .delta_bytes_freeze = 1 << 24, .delta_bytes_max = 1 << 26});
    if (!harness) {
        print_message("skipped: this user may not mount a tmpfs\n");
        skip();
    }
    return harness;
}

/* Sends a burst; gives how many were done. Those refused must say that nothing was written. */
static uint64_t burst(const Asker *asker, uint64_t *refused)
{
    uint64_t done = 0;
    for (int i = 0; i < BURST; i++) {
        Registration one;
        make_registration(asker, &one, "A meeting in a burst");
        harness_send_as(asker->harness, &asker->caller, &one.request, 1);
    }
    for (int i = 0; i < BURST; i++) {
        Reply *reply = harness_take(asker->harness);
        if (reply->status) {
            assert_int_equal(ask_code(reply), STATUS_UNAVAILABLE);
            assert_true(reply->status->retry_after_ms > 0);
            (*refused)++;
        } else {
            done++;
        }
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    return done;
}

static void a_full_disk_refuses_reads_go_on_and_writing_resumes(void **unused)
{
    (void)unused;
    Asker asker = {harness_on_small_disk("3m"), access_local()};
    uint64_t refused = 0;
    uint64_t done = burst(&asker, &refused);
    assert_int_equal(refused, 0);
    harness_fill_disk(asker.harness, 256 * 1024);
    for (int i = 0; i < DISK_WRITES_MAX / BURST && !refused; i++)
        done += burst(&asker, &refused);
    assert_true(refused > 0);
    const RegistryHealth *health = registry_health(harness_registry(asker.harness));
    assert_true(health->disk_full);
    assert_false(health->read_only);
    assert_int_equal(ask_count(&asker, NULL), done);
    assert_int_equal(sequence_of(&asker), done);
    assert_true(ask_status(&asker)->daemon->read_only);

    harness_empty_disk(asker.harness);
    refused = 0;
    done += burst(&asker, &refused);
    assert_int_equal(refused, 0);
    assert_int_equal(ask_count(&asker, NULL), done);
    assert_false(health->disk_full);
    assert_false(ask_status(&asker)->daemon->read_only);
    harness_check(asker.harness);
    assert_int_equal(ask_count(&asker, NULL), done);
    harness_destroy(&asker.harness);
}

/* What flew behind a group that found no room is decided again, in the order of arrival. */
static void what_is_decided_again_keeps_its_order(void **unused)
{
    (void)unused;
    enum { COUNT = 4 * REGISTRY_GROUP_CHANGES_MAX };
    Asker asker = {harness_on_small_disk("8m"), access_local()};
    Registry *registry = harness_registry(asker.harness);
    harness_fill_disk(asker.harness, 0);
    for (int i = 0; i < COUNT; i++) {
        Registration one;
        make_registration(&asker, &one, "A meeting in its place");
        one.request.has_correlation = 1;
        one.request.correlation = (uint64_t)i;
        harness_send_as(asker.harness, &asker.caller, &one.request, 1);
    }
    for (int turn = 0; turn < 3; turn++) /* two groups fly, the third is decided */
        registry_turn(registry);
    while (!registry_health(registry)->disk_full)
        (void)harness_turn(asker.harness);
    harness_empty_disk(asker.harness);
    uint32_t last_number = 0;
    uint64_t last_done = 0;
    for (int i = 0; i < COUNT; i++) {
        Reply *reply = harness_take(asker.harness);
        if (!reply->status) {
            assert_int_equal(reply->write->event->number, last_number + 1);
            assert_true(last_number == 0 || reply->correlation > last_done);
            last_number++;
            last_done = reply->correlation;
        }
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_true(last_number > 0);
    assert_true(last_number < COUNT);
    harness_check(asker.harness);
    harness_destroy(&asker.harness);
}

/* Groups that come back undone while the registry closes are answered too. */
static void closing_on_a_full_disk_answers_everybody(void **unused)
{
    (void)unused;
    Asker asker = {harness_on_small_disk("2m"), access_local()};
    harness_fill_disk(asker.harness, 0);
    for (int i = 0; i < BURST; i++) {
        Registration one;
        make_registration(&asker, &one, "A meeting that finds no room");
        harness_send_as(asker.harness, &asker.caller, &one.request, 1);
    }
    Registry *registry = harness_registry(asker.harness);
    registry_turn(registry);
    registry_turn(registry);
    harness_close(asker.harness);
    for (int i = 0; i < BURST; i++) {
        Reply *reply = harness_take_made(asker.harness);
        assert_non_null(reply);
        assert_int_equal(ask_code(reply), STATUS_UNAVAILABLE);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    assert_null(harness_take_made(asker.harness));
    harness_empty_disk(asker.harness);
    harness_open(asker.harness);
    assert_int_equal(sequence_of(&asker), 0);
    harness_destroy(&asker.harness);
}

/* The views' delta is at its bound and cannot be folded: writes are refused rather than left to
 * wait for ever, reads go on. */
static void full_views_that_cannot_be_folded_refuse_writes(void **unused)
{
    (void)unused;
    Harness *harness = harness_new(&(HarnessOptions){.seed = 5,
                                                     .delta_bytes_freeze = 16 * 1024,
                                                     .delta_bytes_max = 64 * 1024,
                                                     .fold_stop_after = 1});
    const Asker asker = {harness, access_local()};
    const RegistryHealth *health = registry_health(harness_registry(harness));
    Registration one;
    uint64_t done = 0;
    while (!health->views_full && done < DISK_WRITES_MAX) {
        make_registration(&asker, &one, "Until the views are full");
        assert_int_equal(ask_code(ask(&asker, &one.request)), STATUS_OK);
        done++;
        (void)harness_turn(harness);
    }
    assert_true(health->views_full);
    make_registration(&asker, &one, "There is no room");
    assert_int_equal(ask_code(ask(&asker, &one.request)), STATUS_UNAVAILABLE);
    assert_int_equal(ask_count(&asker, NULL), done);

    /* A start folds what can be folded again, and the same request is done. */
    harness_crash(harness, 0);
    assert_int_equal(ask_code(ask(&asker, &one.request)), STATUS_OK);
    assert_int_equal(ask_count(&asker, NULL), done + 1);
    harness_check(harness);
    harness_destroy(&harness);
}

/* --- status --- */

static void status_counts_what_the_caller_may_see(void **state)
{
    const Asker *asker = *state;
    Asker reader = *asker;
    reader.caller = (Caller){.principal = "r",
                             .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
                             .clearance = PLENARY__V1__HANDLING__TLP__GREEN};
    for (int i = 0; i < 5; i++) {
        Draft draft;
        ask_draft(&draft, "Meeting", NULL);
        if (i < 2) draft.handling.tlp = PLENARY__V1__HANDLING__TLP__AMBER;
        assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    }
    assert_int_equal(ask_code(ask_put_organisation(asker, "unodc", "UNODC", NULL)), STATUS_OK);
    assert_int_equal(ask_code(ask_move(asker, VERB(WITHDRAW_EVENT), "5", 0)), STATUS_OK);
    const Plenary__V1__StatusReply *all = ask_status(asker)->daemon;
    assert_int_equal(all->events, 4);
    assert_int_equal(all->organisations, 1);
    assert_int_equal(all->sequence, 7);
    assert_true(all->has_digest);
    const Plenary__V1__StatusReply *some = ask_status(&reader)->daemon;
    assert_int_equal(some->events, 2);
    assert_false(some->has_digest);
    assert_int_equal(ask_count(&reader, NULL), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_repeated_request_is_answered_and_not_done_again),
        TEST(a_brief_reply_holds_what_the_event_is_named_by),
        TEST(two_copies_on_the_way_are_done_once),
        TEST(a_used_id_with_another_body_is_refused),
        TEST(a_refusal_may_be_asked_again),
        TEST(ids_outside_of_what_is_known_are_refused),
        TEST(a_clock_that_steps_back_lets_nothing_run_twice),
        TEST(only_ids_below_the_floor_are_forgotten),
        TEST(times_of_changes_never_run_back),
        TEST(commands_on_one_record_are_done_in_the_order_of_arrival),
        TEST(who_is_gone_is_not_answered_but_its_command_is_done),
        TEST(more_commands_than_may_wait_are_refused_with_a_retry_time),
        cmocka_unit_test(a_full_disk_refuses_reads_go_on_and_writing_resumes),
        cmocka_unit_test(what_is_decided_again_keeps_its_order),
        cmocka_unit_test(closing_on_a_full_disk_answers_everybody),
        cmocka_unit_test(full_views_that_cannot_be_folded_refuse_writes),
        TEST(status_counts_what_the_caller_may_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
