/* Page tokens that are not this question's: cut, grown, changed, another question's or caller's. */
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name) PLENARY__V1__REQUEST__VERB_##name

enum {
    EVENTS = 6,
    TOKEN_BYTES_MAX = 128,
};

/* Questions of which each has a second page. */
typedef enum Asks {
    LIST,
    LIST_BY_NUMBER,
    LIST_OF_KIND,
    LIST_BY_RELEVANCE,
    COUNT_BY_TOPIC,
    COUNT_BY_CITY,
    LOG,
    LOG_DOWN,
    CONFLICTS,
    CONFLICTS_OF_KIND,
    AS_OF,
    AS_OF_KIND,
    HISTORY_OF_1,
    HISTORY_OF_2,
    ASKS,
} Asks;

static int begin(void **state)
{
    char *topics[] = {ask_text("one"), ask_text("two")};
    Asker *asker = test_calloc(1, sizeof *asker);
    asker->harness = harness_new(&(HarnessOptions){.seed = 29});
    asker->caller = access_local();
    for (int i = 0; i < EVENTS; i++) {
        Draft draft;
        Venue venue = PLENARY__V1__VENUE__INIT;
        ask_draft(&draft, "Title", NULL);
        venue.name = ask_text("Hall");
        venue.city = ask_text(i % 2 ? "Almaty" : "Bishkek");
        draft.event.venue = &venue;
        draft.event.topics = topics;
        draft.event.n_topics = 2;
        assert_int_equal(ask_code(ask_register(asker, &draft.event)), STATUS_OK);
    }
    for (int i = 1; i <= 2; i++)
        ask_move(asker, VERB(CANCEL_EVENT), i == 1 ? "1" : "2", 0);
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

typedef struct Asked {
    Request request;
    Query query;
    Page page;
    Term term;
    Term *terms[1];
    char *values[1];
    Plenary__V1__ListEvents events;
    Plenary__V1__CountEvents count;
    Plenary__V1__ListChanges changes;
    Plenary__V1__ListConflicts conflicts;
    Plenary__V1__EventHistory history;
} Asked;

static void of_kind(Asked *asked)
{
    asked->term.facet = ask_text("kind");
    asked->values[0] = ask_text("meeting");
    asked->term.values = asked->values;
    asked->term.n_values = 1;
    asked->terms[0] = &asked->term;
    asked->query.terms = asked->terms;
    asked->query.n_terms = 1;
}

static void choose(Asked *asked, Asks what)
{
    Request *request = &asked->request;
    asked->query.has_order = what == LIST_BY_NUMBER || what == LIST_BY_RELEVANCE;
    asked->query.order = what == LIST_BY_NUMBER ? PLENARY__V1__QUERY__ORDER__NUMBER
                                                : PLENARY__V1__QUERY__ORDER__RELEVANCE;
    if (what == LIST_OF_KIND || what == CONFLICTS_OF_KIND || what == AS_OF_KIND) of_kind(asked);
    if (what == LIST_BY_RELEVANCE) asked->query.text = ask_text("title");
    if (what >= AS_OF && what <= AS_OF_KIND) asked->events.as_of = ask_text("2199-01-01T00:00:00Z");
    request->verb_case = VERB(LIST_EVENTS);
    request->list_events = &asked->events;
    if (what == COUNT_BY_TOPIC || what == COUNT_BY_CITY) {
        asked->count.by = ask_text(what == COUNT_BY_TOPIC ? "topic" : "city");
        request->verb_case = VERB(COUNT_EVENTS);
        request->count_events = &asked->count;
    } else if (what == LOG || what == LOG_DOWN) {
        asked->changes.has_descending = asked->changes.descending = what == LOG_DOWN;
        request->verb_case = VERB(LIST_CHANGES);
        request->list_changes = &asked->changes;
    } else if (what == CONFLICTS || what == CONFLICTS_OF_KIND) {
        request->verb_case = VERB(LIST_CONFLICTS);
        request->list_conflicts = &asked->conflicts;
    } else if (what >= HISTORY_OF_1) {
        asked->history.event_id = ask_text(what == HISTORY_OF_1 ? "1" : "2");
        request->verb_case = VERB(EVENT_HISTORY);
        request->event_history = &asked->history;
    }
}

static void make(Asked *asked, Asks what)
{
    memset(asked, 0, sizeof *asked);
    plenary__v1__request__init(&asked->request);
    plenary__v1__query__init(&asked->query);
    plenary__v1__page__init(&asked->page);
    plenary__v1__term__init(&asked->term);
    plenary__v1__list_events__init(&asked->events);
    plenary__v1__count_events__init(&asked->count);
    plenary__v1__list_changes__init(&asked->changes);
    plenary__v1__list_conflicts__init(&asked->conflicts);
    plenary__v1__event_history__init(&asked->history);
    asked->page.has_limit = 1;
    asked->page.limit = 1;
    asked->events.page = asked->count.page = asked->changes.page = asked->conflicts.page =
        asked->history.page = &asked->page;
    asked->events.query = asked->count.query = asked->conflicts.query = &asked->query;
    choose(asked, what);
}

/* The token of its second page; the bytes are copied. */
static size_t token_of(const Asker *asker, Asks what, uint8_t token[static TOKEN_BYTES_MAX])
{
    Asked asked;
    make(&asked, what);
    const Reply *reply = ask(asker, &asked.request);
    if (reply->status) fail_msg("%d: %s", what, reply->status->message);
    ProtobufCBinaryData next = {0};
    switch (reply->result_case) {
    case PLENARY__V1__REPLY__RESULT_EVENTS: next = reply->events->next_page; break;
    case PLENARY__V1__REPLY__RESULT_COUNT: next = reply->count->next_page; break;
    case PLENARY__V1__REPLY__RESULT_CHANGES: next = reply->changes->next_page; break;
    case PLENARY__V1__REPLY__RESULT_CONFLICTS: next = reply->conflicts->next_page; break;
    default: fail();
    }
    if (next.len == 0 || next.len > TOKEN_BYTES_MAX) fail_msg("%d: %zu bytes", what, next.len);
    memcpy(token, next.data, next.len);
    return next.len;
}

static const Reply *ask_with(const Asker *asker, Asks what, uint8_t *token, size_t size)
{
    Asked asked;
    make(&asked, what);
    asked.page.has_token = 1;
    asked.page.token = (ProtobufCBinaryData){size, token};
    return ask(asker, &asked.request);
}

static void is_refused(const Asker *asker, Asks what, uint8_t *token, size_t size)
{
    const Reply *reply = ask_with(asker, what, token, size);
    if (ask_code(reply) != STATUS_INVALID_ARGUMENT || reply->status->n_violations != 1)
        fail_msg("question %d with %zu bytes: code %d", what, size, ask_code(reply));
    assert_string_equal(reply->status->violations[0]->field, "page.token");
    assert_non_null(strstr(reply->status->violations[0]->message, "it is none of this"));
}

static void a_token_fits_its_own_question_alone(void **state)
{
    const Asker *asker = *state;
    for (Asks given = 0; given < ASKS; given++) {
        uint8_t token[TOKEN_BYTES_MAX];
        size_t size = token_of(asker, given, token);
        assert_int_equal(ask_code(ask_with(asker, given, token, size)), STATUS_OK);
        for (Asks what = 0; what < ASKS; what++)
            if (what != given) is_refused(asker, what, token, size);
    }
}

static void a_token_is_taken_whole_and_as_it_was(void **state)
{
    const Asker *asker = *state;
    for (Asks what = 0; what < ASKS; what++) {
        uint8_t token[TOKEN_BYTES_MAX] = {0};
        size_t size = token_of(asker, what, token);
        is_refused(asker, what, token, 0);
        is_refused(asker, what, token, size / 2);
        token[0] ^= 1;
        is_refused(asker, what, token, size);
        token[0] ^= 1;
        if (what == COUNT_BY_TOPIC || what == COUNT_BY_CITY) continue; /* its end is a text */
        is_refused(asker, what, token, size - 1);
        is_refused(asker, what, token, size + 1);
    }
}

/* Histories tell nothing that depends on who asks but what is shown. */
static void a_token_fits_its_own_caller_alone(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    for (Asks what = 0; what < HISTORY_OF_1; what++) {
        uint8_t token[TOKEN_BYTES_MAX];
        size_t size = token_of(asker, what, token);
        is_refused(&reader, what, token, size);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_fits_its_own_question_alone),
        TEST(a_token_is_taken_whole_and_as_it_was),
        TEST(a_token_fits_its_own_caller_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
