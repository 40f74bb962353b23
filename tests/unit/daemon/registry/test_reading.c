/* Questions that take long: answered in slices, exactly, while others are served; bounded. */
#include "daemon/registry/reading.h"

#include "daemon/registry/phrases.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum {
    SLICES = 3,
    EVENTS = (SLICES + 1) * PHRASES_RECORDS_AT_ONCE + 10, /* the first ones when it is asked */
    TURNS_MAX = 1000,
    OTHER_CORRELATION = 1000,
    TITLE_SIZE = 256,
};

/* Events whose titles have both words; every other one as the phrase has them. */
static void add_events(const Asker *asker, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Draft draft;
        ask_draft(&draft, i % 2 ? "bravo alpha" : "alpha bravo", NULL);
        assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    }
}

typedef struct LongQuestion {
    Query query;
    Plenary__V1__CountEvents count;
    Request request;
} LongQuestion;

/* How many have the phrase. */
static void make_question(LongQuestion *question, const char *text, uint64_t correlation)
{
    plenary__v1__query__init(&question->query);
    plenary__v1__count_events__init(&question->count);
    plenary__v1__request__init(&question->request);
    question->query.text = ask_text(text);
    question->count.query = &question->query;
    question->request.verb_case = PLENARY__V1__REQUEST__VERB_COUNT_EVENTS;
    question->request.count_events = &question->count;
    question->request.has_correlation = 1;
    question->request.correlation = correlation;
}

static void send(const Asker *asker, const char *text, uint64_t ticket)
{
    LongQuestion question;
    make_question(&question, text, ticket);
    harness_send_as(asker->harness, &asker->caller, &question.request, ticket);
}

static Phrases *phrases_of(const Asker *asker)
{
    return registry_state(harness_registry(asker->harness))->phrases;
}

static bool is_on_the_way(const Asker *asker)
{
    return registry_has_more(harness_registry(asker->harness));
}

/* Nothing but turns, until a reply is made; *turns is how many. Given. */
static Reply *wait_for_reply(const Asker *asker, size_t *turns)
{
    for (*turns = 1; *turns < TURNS_MAX; (*turns)++)
        if (harness_turn(asker->harness)) return harness_take_made(asker->harness);
    fail_msg("no reply in %d turns", TURNS_MAX);
    return NULL;
}

static void has_count(Reply *reply, uint64_t correlation, uint64_t count)
{
    if (reply->status) fail_msg("%s", reply->status->message);
    assert_int_equal(reply->correlation, correlation);
    assert_int_equal(reply->count->count, count);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void is_refused(Reply *reply, StatusCode code, const char *words)
{
    assert_non_null(reply);
    assert_int_equal(ask_code(reply), code);
    assert_true(reply->status->has_retry_after_ms && reply->status->retry_after_ms > 0);
    if (!strstr(reply->status->message, words)) fail_msg("%s", reply->status->message);
    plenary__v1__reply__free_unpacked(reply, NULL);
}

static void no_turn_reads_more_than_a_slice(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    assert_null(harness_take_made(asker->harness));
    uint64_t read = phrases_records(phrases_of(asker));
    assert_int_equal(read, PHRASES_RECORDS_AT_ONCE);
    while (!harness_turn(asker->harness)) {
        assert_true(is_on_the_way(asker));
        uint64_t now = phrases_records(phrases_of(asker));
        assert_true(now - read <= PHRASES_RECORDS_AT_ONCE);
        read = now;
    }
    assert_int_equal(read, EVENTS);
    has_count(harness_take_made(asker->harness), 1, EVENTS / 2);
    assert_false(is_on_the_way(asker));
}

static void others_are_answered_between_slices(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    for (size_t i = 0; i < SLICES; i++) {
        assert_false(harness_turn(asker->harness));
        Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
        Request request = PLENARY__V1__REQUEST__INIT;
        request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
        request.get_event = &get;
        request.has_correlation = 1;
        request.correlation = OTHER_CORRELATION + i;
        get.event_id = ask_text("7");
        harness_send_as(asker->harness, &asker->caller, &request, OTHER_CORRELATION);
        Reply *reply = harness_take_made(asker->harness);
        assert_non_null(reply);
        assert_int_equal(reply->correlation, request.correlation);
        assert_int_equal(reply->event->event->number, 7);
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    size_t turns;
    has_count(wait_for_reply(asker, &turns), 1, EVENTS / 2);
}

static void what_was_found_out_is_known(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    size_t turns;
    has_count(wait_for_reply(asker, &turns), 1, EVENTS / 2);
    send(asker, "\"alpha bravo\"", 2);
    has_count(harness_take_made(asker->harness), 2, EVENTS / 2);
    assert_int_equal(phrases_records(phrases_of(asker)), 0);
    send(asker, "alpha -\"alpha bravo\"", 3);
    has_count(harness_take_made(asker->harness), 3, EVENTS / 2);
    assert_int_equal(phrases_records(phrases_of(asker)), 0);
    add_events(asker, 1);
    send(asker, "\"alpha bravo\"", 4);
    has_count(harness_take_made(asker->harness), 4, EVENTS / 2 + 1);
    assert_int_equal(phrases_records(phrases_of(asker)), 1);
}

static void revise(const Asker *asker, const char *name, const char *title)
{
    Draft draft;
    ask_draft(&draft, title, NULL);
    assert_int_equal(ask_code(ask_revise(asker, name, &draft.event, 0)), STATUS_OK);
}

/* The registry's turns go on while a write waits for its reply, so the answer may come first. */
static void events_that_change_meanwhile_count_as_they_are(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    size_t turns;
    send(asker, "\"alpha bravo\"", 1);
    has_count(wait_for_reply(asker, &turns), 1, EVENTS / 2);
    revise(asker, "1", "bravo alpha");
    revise(asker, "3", "bravo alpha");
    revise(asker, "5", "neither");
    revise(asker, "2", "alpha bravo");
    ask_move(asker, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "7", 0);
    send(asker, "\"alpha bravo\"", 2);
    has_count(harness_take_made(asker->harness), 2, EVENTS / 2 - 3);
    assert_int_equal(phrases_records(phrases_of(asker)), 3);
}

static void a_change_between_slices_counts(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    Draft draft;
    Plenary__V1__ReviseEvent body = PLENARY__V1__REVISE_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    ask_draft(&draft, "bravo alpha", NULL);
    body.event_id = ask_text("1");
    body.event = &draft.event;
    request.verb_case = PLENARY__V1__REQUEST__VERB_REVISE_EVENT;
    request.revise_event = &body;
    request.request_id = harness_request_id(asker->harness);
    request.has_correlation = 1;
    request.correlation = 2;
    harness_send_as(asker->harness, &asker->caller, &request, 2);
    send(asker, "\"alpha bravo\"", 1); /* looks at event 1 before the change is durable */
    Reply *first = harness_take(asker->harness);
    Reply *second = harness_take(asker->harness);
    bool change_first = first->correlation == 2;
    uint64_t count = (change_first ? second : first)->count->count;
    assert_int_equal(count, EVENTS / 2 - change_first);
    assert_int_equal(ask_code(change_first ? first : second), STATUS_OK);
    plenary__v1__reply__free_unpacked(first, NULL);
    plenary__v1__reply__free_unpacked(second, NULL);
}

static void several_take_turns(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    send(asker, "alpha -\"bravo alpha\"", 2);
    send(asker, "\"alpha bravo\" -\"bravo alpha\"", 3);
    uint64_t counts[4] = {0};
    for (size_t i = 0; i < 3; i++) {
        size_t turns;
        Reply *reply = wait_for_reply(asker, &turns);
        assert_int_equal(ask_code(reply), STATUS_OK);
        counts[reply->correlation] = reply->count->count;
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    for (size_t i = 1; i <= 3; i++)
        assert_int_equal(counts[i], EVENTS / 2);
}

/* Asks for the `i`-th phrase of the titles below. */
static void send_one_of_many(Asker *asker, size_t i, uint64_t connection)
{
    char text[TITLE_SIZE];
    (void)snprintf(text, sizeof text, "\"w%zu w%zu\"", i, i + 1);
    asker->caller.connection = connection;
    send(asker, text, i + 1);
}

static void one_connection_may_not_take_all_places(void **state)
{
    Asker asker = *(const Asker *)*state;
    char title[TITLE_SIZE] = "";
    Draft draft;
    for (size_t i = 0; i <= READING_PARKED_MAX + 2; i++)
        (void)snprintf(title + strlen(title), 8, "w%zu ", i);
    ask_draft(&draft, title, NULL);
    for (size_t i = 0; i <= PHRASES_RECORDS_AT_ONCE; i++)
        ask_register(&asker, &draft.event);
    for (size_t i = 0; i < READING_PARKED_MAX; i++) {
        send_one_of_many(&asker, i, i / READING_PARKED_PER_CONNECTION);
        if (i != READING_PARKED_PER_CONNECTION - 1) continue;
        send_one_of_many(&asker, READING_PARKED_MAX, 0);
        is_refused(harness_take_made(asker.harness), STATUS_RESOURCE_EXHAUSTED,
                   "too many long questions are being answered");
    }
    assert_null(harness_take_made(asker.harness));
    send_one_of_many(&asker, READING_PARKED_MAX + 1, READING_PARKED_MAX);
    is_refused(harness_take_made(asker.harness), STATUS_RESOURCE_EXHAUSTED,
               "too many long questions are being answered");
    for (uint64_t i = 0; i < READING_PARKED_MAX; i++) {
        size_t turns;
        has_count(wait_for_reply(&asker, &turns), i + 1, PHRASES_RECORDS_AT_ONCE + 1);
    }
}

static void who_has_waited_enough_is_told_when_to_come_again(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    harness_step_clock(asker->harness, READING_PATIENCE_US);
    assert_true(harness_turn(asker->harness));
    is_refused(harness_take_made(asker->harness), STATUS_RESOURCE_EXHAUSTED,
               "events are still to be looked through for the phrase; ask again");
    assert_false(is_on_the_way(asker));
    size_t turns;
    send(asker, "\"alpha bravo\"", 2);
    has_count(wait_for_reply(asker, &turns), 2, EVENTS / 2);
    assert_true(phrases_records(phrases_of(asker)) < EVENTS - PHRASES_RECORDS_AT_ONCE);
}

static void what_nobody_waits_for_is_forgotten(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    send(asker, "\"bravo alpha\"", 2);
    registry_forget(harness_registry(asker->harness), 1);
    size_t turns;
    has_count(wait_for_reply(asker, &turns), 2, EVENTS / 2);
    assert_false(is_on_the_way(asker));
    assert_null(harness_take_made(asker->harness));
}

static void stopping_refuses_what_is_on_the_way(void **state)
{
    const Asker *asker = *state;
    add_events(asker, EVENTS);
    send(asker, "\"alpha bravo\"", 1);
    harness_close(asker->harness);
    is_refused(harness_take_made(asker->harness), STATUS_UNAVAILABLE, "the registry is stopping");
    harness_open(asker->harness);
}

/* Every form of question that has a set of events. */
static void lists_buckets_conflicts_and_the_past_have_phrases_too(void **state)
{
    const Asker *asker = *state;
    Query query = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    add_events(asker, EVENTS);
    query.text = ask_text("\"alpha bravo\"");
    page.has_limit = 1;
    page.limit = 10;
    const Reply *list = ask_list(asker, &query, &page);
    assert_int_equal(ask_code(list), STATUS_OK);
    assert_int_equal(list->events->total, EVENTS / 2);
    assert_int_equal(list->events->n_events, 10);
    assert_int_equal(list->events->events[9]->number, 19);

    LongQuestion question;
    make_question(&question, "\"bravo alpha\"", 1);
    question.count.by = ask_text("kind");
    const Reply *counted = ask(asker, &question.request);
    assert_int_equal(ask_code(counted), STATUS_OK);
    assert_int_equal(counted->count->n_buckets, 1);
    assert_int_equal(counted->count->buckets[0]->count, EVENTS / 2);

    query.text = ask_text("alpha -\"alpha bravo\"");
    const Reply *conflicts = ask_conflicts(asker, &query, NULL);
    assert_int_equal(ask_code(conflicts), STATUS_OK);

    Plenary__V1__ListEvents past = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    past.query = &query;
    past.as_of = ask_text("2199-01-01T00:00:00Z");
    query.text = ask_text("bravo -\"bravo alpha\"");
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &past;
    const Reply *then = ask(asker, &request);
    if (then->status) fail_msg("%s", then->status->message);
    assert_int_equal(then->events->total, EVENTS / 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_turn_reads_more_than_a_slice),
        TEST(others_are_answered_between_slices),
        TEST(what_was_found_out_is_known),
        TEST(events_that_change_meanwhile_count_as_they_are),
        TEST(a_change_between_slices_counts),
        TEST(several_take_turns),
        TEST(one_connection_may_not_take_all_places),
        TEST(who_has_waited_enough_is_told_when_to_come_again),
        TEST(what_nobody_waits_for_is_forgotten),
        TEST(stopping_refuses_what_is_on_the_way),
        TEST(lists_buckets_conflicts_and_the_past_have_phrases_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
