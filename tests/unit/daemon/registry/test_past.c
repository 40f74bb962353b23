/* What was known at a time: images, rights of then and now, work in slices, tokens. */
#include "daemon/registry/past.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name
#define TLP(name)  PLENARY__V1__HANDLING__TLP__##name

enum {
    TOKEN_BYTES_MAX = 64,
    MANY = PAST_IMAGES_PER_REQUEST + 50, /* more than one request may look at */
};

typedef char Instant[INSTANT_TEXT_SIZE];

/* Now; what is written next is later. */
static char *now_of(const Asker *asker, Instant text)
{
    harness_step_clock(asker->harness, 1000000);
    instant_print(harness_now_us(asker->harness), text);
    harness_step_clock(asker->harness, 1000000);
    return text;
}

static const Reply *list_then(const Asker *asker, Query *query, Page *page, const char *time)
{
    Plenary__V1__ListEvents body = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    body.page = page;
    body.as_of = ask_text(time);
    request.verb_case = VERB(LIST_EVENTS);
    request.list_events = &body;
    return ask(asker, &request);
}

/* The first page that says how many there are. */
static const Plenary__V1__EventsReply *known_then(const Asker *asker, Query *query,
                                                  const char *time)
{
    Page page = PLENARY__V1__PAGE__INIT;
    for (;;) {
        const Reply *reply = list_then(asker, query, &page, time);
        if (reply->status) fail_msg("%s", reply->status->message);
        if (reply->events->has_total) return reply->events;
        assert_int_equal(reply->events->n_events, 0);
        assert_true(reply->events->has_next_page);
        page.has_token = 1;
        page.token = reply->events->next_page;
    }
}

static void add(const Asker *asker, const char *title, Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    ask_draft(&draft, title, NULL);
    draft.handling.has_tlp = 1;
    draft.handling.tlp = tlp;
    draft.event.handling = &draft.handling;
    assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
}

static void retitle(const Asker *asker, const char *name, const char *title,
                    Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    ask_draft(&draft, title, NULL);
    draft.handling.has_tlp = 1;
    draft.handling.tlp = tlp;
    draft.event.handling = &draft.handling;
    assert_int_equal(ask_code(ask_revise(asker, name, &draft.event, 0)), STATUS_OK);
}

static Query asked_for(const char *text)
{
    Query query = PLENARY__V1__QUERY__INIT;
    query.text = ask_text(text);
    return query;
}

/* --- images --- */

static void what_changed_since_is_listed_and_found_as_it_was(void **state)
{
    Asker *asker = *state;
    Instant before, then;
    Query old = asked_for("first");
    Query new = asked_for("second");
    now_of(asker, before);
    add(asker, "First title", TLP(GREEN));
    now_of(asker, then);
    retitle(asker, "1", "Second title", TLP(GREEN));
    add(asker, "Later", TLP(GREEN));

    const Plenary__V1__EventsReply *events = known_then(asker, NULL, then);
    assert_int_equal(events->n_events, 1);
    assert_string_equal(events->events[0]->title, "First title");
    assert_int_equal(events->as_of_sequence, 1);
    assert_int_equal(known_then(asker, &old, then)->total, 1);
    assert_int_equal(known_then(asker, &new, then)->total, 0);
    assert_int_equal(known_then(asker, NULL, before)->total, 0);
    assert_int_equal(known_then(asker, NULL, "2999-01-01T00:00:00Z")->total, 2);
}

static void what_was_withdrawn_since_is_listed_only_for_who_sees_all(void **state)
{
    Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    Instant then;
    add(asker, "Talks", TLP(GREEN));
    now_of(asker, then);
    ask_move(asker, VERB(WITHDRAW_EVENT), "1", 0);
    assert_int_equal(ask_count(asker, NULL), 0);
    assert_int_equal(known_then(asker, NULL, then)->total, 1);
    assert_int_equal(known_then(&reader, NULL, then)->total, 0);
}

static void an_image_is_shown_where_its_own_handling_and_the_present_one_allow(void **state)
{
    Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    Instant then;
    add(asker, "Opened since", TLP(AMBER));
    add(asker, "Closed since", TLP(GREEN));
    add(asker, "Open", TLP(GREEN));
    now_of(asker, then);
    retitle(asker, "1", "Opened since", TLP(GREEN));
    retitle(asker, "2", "Closed since", TLP(AMBER));
    retitle(asker, "3", "Open, and retitled", TLP(GREEN));

    assert_int_equal(known_then(asker, NULL, then)->total, 3);
    const Plenary__V1__EventsReply *events = known_then(&reader, NULL, then);
    assert_int_equal(events->total, 1);
    assert_int_equal(events->n_events, 1);
    assert_string_equal(events->events[0]->title, "Open");
}

/* --- slices --- */

static void register_and_revise(const Asker *asker, Instant then)
{
    char name[16];
    for (int i = 0; i < MANY; i++)
        add(asker, "First", TLP(GREEN));
    now_of(asker, then);
    for (int i = 1; i <= MANY; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        retitle(asker, name, "Second", TLP(GREEN));
    }
}

static void no_request_looks_at_more_images_than_it_may(void **state)
{
    Asker *asker = *state;
    Instant then;
    register_and_revise(asker, then);
    const Reply *reply = list_then(asker, NULL, NULL, then);
    assert_int_equal(ask_code(reply), STATUS_OK);
    assert_false(reply->events->has_total);
    assert_int_equal(reply->events->n_events, 0);
    assert_true(reply->events->has_next_page);
    assert_int_equal(known_then(asker, NULL, then)->total, MANY);
    /* It is kept: the same question is answered at once. */
    assert_true(list_then(asker, NULL, NULL, then)->events->has_total);
}

static void questions_beyond_those_that_are_kept_wait(void **state)
{
    Asker *asker = *state;
    Instant then;
    Query query = PLENARY__V1__QUERY__INIT;
    char from[16];
    register_and_revise(asker, then);
    query.from = from;
    for (int i = 0; i <= PAST_ANSWERS; i++) {
        (void)snprintf(from, sizeof from, "2000-01-%02d", 1 + i);
        const Reply *reply = list_then(asker, &query, NULL, then);
        assert_int_equal(ask_code(reply), i < PAST_ANSWERS ? STATUS_OK : STATUS_RESOURCE_EXHAUSTED);
        if (i == PAST_ANSWERS) assert_int_equal(reply->status->retry_after_ms, PAST_RETRY_AFTER_MS);
    }
    /* Nobody goes on with the first ones: in the end they make room. */
    for (int i = 0; i < PAST_IDLE_REQUESTS; i++)
        (void)list_then(asker, &query, NULL, then);
    assert_int_equal(known_then(asker, &query, then)->total, MANY);
}

/* --- tokens --- */

static void a_token_belongs_to_its_question_and_time(void **state)
{
    Asker *asker = *state;
    Instant then, later;
    Page page = PLENARY__V1__PAGE__INIT;
    uint8_t token[TOKEN_BYTES_MAX];
    Query query = asked_for("Talks");
    for (int i = 0; i < 3; i++)
        add(asker, "Talks", TLP(GREEN));
    now_of(asker, then);
    now_of(asker, later);
    page.has_limit = 1;
    page.limit = 1;
    const Plenary__V1__EventsReply *first = list_then(asker, NULL, &page, then)->events;
    assert_true(first->has_next_page);
    page.has_token = 1;
    page.token = (ProtobufCBinaryData){first->next_page.len, token};
    memcpy(token, first->next_page.data, first->next_page.len);
    assert_int_equal(list_then(asker, NULL, &page, then)->events->events[0]->number, 2);

    assert_int_equal(ask_code(list_then(asker, NULL, &page, later)), STATUS_INVALID_ARGUMENT);
    assert_int_equal(ask_code(list_then(asker, &query, &page, then)), STATUS_INVALID_ARGUMENT);
    assert_int_equal(ask_code(ask_list(asker, NULL, &page)), STATUS_INVALID_ARGUMENT);
    for (size_t i = 0; i < QUERY_VIEW_HASH_BYTES + 8; i++) {
        token[i] ^= 0x40U;
        assert_int_equal(ask_code(list_then(asker, NULL, &page, then)), STATUS_INVALID_ARGUMENT);
        token[i] ^= 0x40U;
    }
    page.token.len--;
    assert_int_equal(ask_code(list_then(asker, NULL, &page, then)), STATUS_INVALID_ARGUMENT);
}

static void pages_of_the_future_end_with_the_change_that_was_the_last(void **state)
{
    Asker *asker = *state;
    Page page = PLENARY__V1__PAGE__INIT;
    const char *time = "2999-01-01T00:00:00Z";
    add(asker, "One", TLP(GREEN));
    add(asker, "Two", TLP(GREEN));
    page.has_limit = 1;
    page.limit = 1;
    const Plenary__V1__EventsReply *events = list_then(asker, NULL, &page, time)->events;
    page.has_token = 1;
    page.token = events->next_page;
    retitle(asker, "2", "Two, and retitled", TLP(GREEN));
    add(asker, "Three", TLP(GREEN));
    events = list_then(asker, NULL, &page, time)->events;
    assert_int_equal(events->total, 2);
    assert_string_equal(events->events[0]->title, "Two");
    assert_false(events->has_next_page);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_changed_since_is_listed_and_found_as_it_was),
        TEST(what_was_withdrawn_since_is_listed_only_for_who_sees_all),
        TEST(an_image_is_shown_where_its_own_handling_and_the_present_one_allow),
        TEST(no_request_looks_at_more_images_than_it_may),
        TEST(questions_beyond_those_that_are_kept_wait),
        TEST(a_token_belongs_to_its_question_and_time),
        TEST(pages_of_the_future_end_with_the_change_that_was_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
