/* Counts by the values of a facet, and how answers are explained: exact, and no more than is seen.
 */
#include "daemon/registry/buckets.h"

#include "daemon/registry/page.h"
#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VERB(name)  PLENARY__V1__REQUEST__VERB_##name
#define ORDER(name) PLENARY__V1__QUERY__ORDER__##name

enum {
    TOKEN_MAX = 1024,
    TEXT_MAX = 4096,
};

static void must(const Reply *reply)
{
    if (reply->status) fail_msg("%s", reply->status->message);
}

/* --- records --- */

static void add_event(const Asker *asker, const char *start, const char *until, const char *topic,
                      Plenary__V1__Handling__Tlp tlp)
{
    Draft draft;
    char *topics[] = {ask_text(topic)};
    ask_draft(&draft, "Meeting", NULL);
    draft.schedule.start = ask_text(start);
    draft.schedule.end = ask_text(until);
    draft.event.topics = topics;
    draft.event.n_topics = topic ? 1 : 0;
    draft.handling.has_tlp = 1;
    draft.handling.tlp = tlp;
    char *audience[] = {ask_text("inner circle")};
    draft.handling.audience = audience;
    draft.handling.n_audience = tlp == PLENARY__V1__HANDLING__TLP__RED ? 1 : 0;
    draft.event.handling = &draft.handling;
    must(ask_register(asker, &draft.event));
}

static void add_involved(const Asker *asker, const char *id, const char *name)
{
    Draft draft;
    Involvement part = PLENARY__V1__INVOLVEMENT__INIT;
    Involvement *parts[] = {&part};
    ask_draft(&draft, "Meeting", NULL);
    part.id = ask_text(id);
    part.name = ask_text(name);
    part.has_role = 1;
    part.role = PLENARY__V1__INVOLVEMENT__ROLE__HOST;
    draft.event.organisations = parts;
    draft.event.n_organisations = 1;
    must(ask_register(asker, &draft.event));
}

/* --- questions --- */

static const Reply *ask_by(const Asker *asker, Query *query, const char *by, Page *page)
{
    Plenary__V1__CountEvents body = PLENARY__V1__COUNT_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    body.by = ask_text(by);
    body.page = page;
    request.verb_case = VERB(COUNT_EVENTS);
    request.count_events = &body;
    return ask(asker, &request);
}

/* "cyber 2, transit 1", page by page. */
static void counts(const Asker *asker, Query *query, const char *by, uint32_t limit,
                   const char *expected)
{
    char text[TEXT_MAX] = "";
    uint8_t token[TOKEN_MAX];
    Page page = PLENARY__V1__PAGE__INIT;
    size_t length = 0;
    page.has_limit = limit != 0;
    page.limit = limit;
    do {
        const Reply *reply = ask_by(asker, query, by, &page);
        must(reply);
        const Plenary__V1__CountReply *count = reply->count;
        assert_true(limit == 0 || count->n_buckets <= limit);
        for (size_t i = 0; i < count->n_buckets; i++)
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%s%s %u", length ? ", " : "",
                                 count->buckets[i]->value, (unsigned)count->buckets[i]->count);
        page.has_token = count->has_next_page;
        page.token = (ProtobufCBinaryData){count->next_page.len, token};
        assert_true(page.token.len <= sizeof token);
        if (page.has_token) memcpy(token, count->next_page.data, page.token.len);
    } while (page.has_token);
    assert_string_equal(text, expected);
}

static void every_value_is_counted_once_whatever_the_pages(void **state)
{
    const Asker *asker = *state;
    const char *topics[] = {"transit", "cyber", "border", "cyber", NULL, "border", "cyber"};
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        add_event(asker, "2022-03-03", "2022-03-04", topics[i], PLENARY__V1__HANDLING__TLP__GREEN);
    for (uint32_t limit = 0; limit <= 4; limit++)
        counts(asker, NULL, "topic", limit, "border 2, cyber 3, transit 1");
    harness_fold_all(asker->harness);
    counts(asker, NULL, "topic", 1, "border 2, cyber 3, transit 1");
    must(ask_move(asker, VERB(WITHDRAW_EVENT), "1", 0));
    counts(asker, NULL, "topic", 0, "border 2, cyber 3");
}

static void an_organisation_is_counted_under_its_id_whatever_it_is_called(void **state)
{
    const Asker *asker = *state;
    must(ask_put_organisation(asker, "unodc", "Office on Drugs and Crime", NULL));
    must(ask_put_organisation(asker, "roca", "Regional Office", "unodc"));
    add_involved(asker, "unodc", NULL);
    add_involved(asker, NULL, "office on drugs AND crime");
    add_involved(asker, NULL, "UNODC");
    add_involved(asker, "roca", NULL);
    add_involved(asker, NULL, "Some other office");
    counts(asker, NULL, "org", 0, "unodc 3, roca 1, some other office 1");
    for (uint32_t limit = 1; limit <= 3; limit++)
        counts(asker, NULL, "org.host", limit, "unodc 3, roca 1, some other office 1");
    /* The only one that is left is known by its name. */
    must(ask_move(asker, VERB(WITHDRAW_EVENT), "1", 0));
    must(ask_move(asker, VERB(WITHDRAW_EVENT), "3", 0));
    counts(asker, NULL, "org", 0, "unodc 1, roca 1, some other office 1");
}

static void an_event_counts_in_every_month_and_year_that_it_touches(void **state)
{
    const Asker *asker = *state;
    Query query = PLENARY__V1__QUERY__INIT;
    add_event(asker, "2021-12-31", "2022-02-01", NULL, PLENARY__V1__HANDLING__TLP__GREEN);
    add_event(asker, "2022-02-28", "2022-02-28", NULL, PLENARY__V1__HANDLING__TLP__GREEN);
    counts(asker, NULL, "month", 0, "2021-12 1, 2022-01 1, 2022-02 2");
    counts(asker, NULL, "year", 0, "2021 1, 2022 2");
    query.from = ask_text("2022-01-15");
    counts(asker, &query, "month", 1, "2022-01 1, 2022-02 2");
    query.to = ask_text("2022-01-31");
    counts(asker, &query, "month", 0, "2022-01 1");
    counts(asker, &query, "year", 0, "2022 1");
}

/* Those over ten years long are kept by year, and there may be no other event far around. */
static void very_long_events_count_too(void **state)
{
    const Asker *asker = *state;
    Query query = PLENARY__V1__QUERY__INIT;
    add_event(asker, "2001-11-30", "2013-02-01", NULL, PLENARY__V1__HANDLING__TLP__GREEN);
    add_event(asker, "2002-01-10", "2002-01-10", NULL, PLENARY__V1__HANDLING__TLP__GREEN);
    add_event(asker, "9999-12-31", "9999-12-31", NULL, PLENARY__V1__HANDLING__TLP__GREEN);
    counts(asker, NULL, "year", 3,
           "2001 1, 2002 2, 2003 1, 2004 1, 2005 1, 2006 1, 2007 1, 2008 1, 2009 1, 2010 1, "
           "2011 1, 2012 1, 2013 1, 9999 1");
    query.to = ask_text("2002-02-10");
    counts(asker, &query, "month", 2, "2001-11 1, 2001-12 1, 2002-01 2, 2002-02 1");
    query.to = NULL;
    query.from = ask_text("2013-01-01");
    counts(asker, &query, "month", 1, "2013-01 1, 2013-02 1, 9999-12 1");
}

/* --- need to know --- */

static bool holds(const ProtobufCBinaryData *token, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= token->len; i++)
        if (memcmp(token->data + i, text, length) == 0) return true;
    return false;
}

static void what_is_not_seen_has_no_bucket_and_no_place_in_a_token(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    add_event(asker, "2022-03-03", NULL, "airports", PLENARY__V1__HANDLING__TLP__GREEN);
    add_event(asker, "2030-05-03", NULL, "hidden raid", PLENARY__V1__HANDLING__TLP__RED);
    add_event(asker, "2022-04-03", NULL, "transit", PLENARY__V1__HANDLING__TLP__GREEN);
    counts(asker, NULL, "topic", 1, "airports 1, hidden raid 1, transit 1");
    counts(&reader, NULL, "topic", 1, "airports 1, transit 1");
    counts(&reader, NULL, "month", 1, "2022-03 1, 2022-04 1");
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = 1;
    page.limit = 1;
    const Plenary__V1__CountReply *first = ask_by(&reader, NULL, "topic", &page)->count;
    assert_int_equal(first->count, 2);
    assert_true(holds(&first->next_page, "transit"));
    assert_false(holds(&first->next_page, "hidden"));
    assert_int_equal(ask_code(ask_by(&reader, NULL, "tlp", NULL)), STATUS_PERMISSION_DENIED);
    assert_int_equal(ask_code(ask_by(&reader, NULL, "audience", NULL)), STATUS_PERMISSION_DENIED);
    counts(asker, NULL, "tlp", 0, "green 2, red 1");
}

/* --- tokens --- */

static void refused(const Asker *asker, Query *query, const char *by, Page *page)
{
    const Reply *reply = ask_by(asker, query, by, page);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_string_equal(reply->status->violations[0]->field, "page.token");
}

static void a_token_is_of_one_question_alone(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    const char *topics[] = {"a", "b", "c"};
    Query query = PLENARY__V1__QUERY__INIT;
    uint8_t token[TOKEN_MAX];
    for (size_t i = 0; i < 3; i++)
        add_event(asker, "2022-03-03", "2022-05-03", topics[i], PLENARY__V1__HANDLING__TLP__GREEN);
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = 1;
    page.limit = 1;
    const char *const facets[] = {"topic", "month"};
    for (size_t f = 0; f < 2; f++) {
        page.has_token = 0;
        const Plenary__V1__CountReply *first = ask_by(asker, &query, facets[f], &page)->count;
        size_t length = first->next_page.len;
        assert_in_range(length, 1, sizeof token - 1);
        memcpy(token, first->next_page.data, length);
        page.has_token = 1;
        page.token = (ProtobufCBinaryData){length, token};
        must(ask_by(asker, &query, facets[f], &page));
        refused(asker, &query, facets[1 - f], &page);
        refused(&reader, &query, facets[f], &page);
        query.from = ask_text("2022-04-01");
        refused(asker, &query, facets[f], &page);
        query.from = NULL;
        assert_int_equal(ask_code(ask_list(asker, &query, &page)), STATUS_INVALID_ARGUMENT);
        for (page.token.len = 0; page.token.len <= QUERY_VIEW_HASH_BYTES + 1; page.token.len++)
            refused(asker, &query, facets[f], &page);
        token[length] = '\0'; /* no value has one */
        page.token.len = length + 1;
        refused(asker, &query, facets[f], &page);
        page.token.len = length;
        for (size_t i = 0; i < length; i++) {
            token[i] ^= 0xff;
            const Reply *reply = ask_by(asker, &query, facets[f], &page);
            if (reply->status) assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
            token[i] ^= 0xff;
        }
    }
}

/* A list's token counts nothing. */
static void a_token_of_a_list_is_refused(void **state)
{
    const Asker *asker = *state;
    Query query = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    for (int i = 0; i < 2; i++)
        add_event(asker, "2022-03-03", NULL, "a", PLENARY__V1__HANDLING__TLP__GREEN);
    page.has_limit = 1;
    page.limit = 1;
    page.token = ask_list(asker, &query, &page)->events->next_page;
    page.has_token = 1;
    for (Facet facet = 0; facet < FACET_COUNT; facet++)
        if (FACETS_COUNTED & FACET_BIT(facet))
            refused(asker, &query, facet_info(facet)->name, &page);
}

/* --- explaining --- */

static const Plenary__V1__Explanation *explain(const Asker *asker, Query *query)
{
    Plenary__V1__ListEvents body = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.query = query;
    body.has_explain = body.explain = 1;
    request.verb_case = VERB(LIST_EVENTS);
    request.list_events = &body;
    const Reply *reply = ask(asker, &request);
    must(reply);
    assert_non_null(reply->events->explanation);
    return reply->events->explanation;
}

static void step_is(const Plenary__V1__Explanation *explanation, size_t i, const char *expression,
                    uint64_t size, uint64_t left)
{
    assert_true(i < explanation->n_steps);
    assert_string_equal(explanation->steps[i]->expression, expression);
    assert_int_equal(explanation->steps[i]->size, size);
    assert_int_equal(explanation->steps[i]->left, left);
}

static void steps_go_from_the_smallest_on_and_end_where_nothing_is_left(void **state)
{
    const Asker *asker = *state;
    char *meeting[] = {ask_text("meeting")};
    char *rare[] = {ask_text("rare")};
    char *none[] = {ask_text("none at all")};
    Term terms[] = {PLENARY__V1__TERM__INIT, PLENARY__V1__TERM__INIT, PLENARY__V1__TERM__INIT};
    Term *pointers[] = {&terms[0], &terms[1], &terms[2]};
    Query query = PLENARY__V1__QUERY__INIT;
    for (int i = 0; i < 5; i++)
        add_event(asker, "2022-03-03", NULL, i == 4 ? "rare" : "usual",
                  PLENARY__V1__HANDLING__TLP__GREEN);
    terms[0] = (Term){.base = terms[0].base, .facet = ask_text("kind"), .n_values = 1};
    terms[0].values = meeting;
    terms[1] = (Term){.base = terms[1].base, .facet = ask_text("topic"), .n_values = 1};
    terms[1].values = rare;
    query.terms = pointers;
    query.n_terms = 2;
    query.from = ask_text("2022-03-01");
    const Plenary__V1__Explanation *explanation = explain(asker, &query);
    step_is(explanation, 0, "topic=rare", 1, 1);
    step_is(explanation, 1, "kind=meeting", 5, 1);
    step_is(explanation, 2, "touches 2022-03-01 and after, event by event", 1, 1);
    assert_int_equal(explanation->n_steps, 3);
    assert_int_equal(explanation->steps[1]->on_disk + explanation->steps[1]->in_memory, 5);
    assert_int_equal(explanation->loaded, 1);

    terms[1].has_negated = terms[1].negated = 1;
    explanation = explain(asker, &query);
    step_is(explanation, 0, "kind=meeting", 5, 5);
    step_is(explanation, 1, "not topic=rare", 1, 4);

    terms[2] = (Term){.base = terms[2].base, .facet = ask_text("topic"), .n_values = 1};
    terms[2].values = none;
    query.n_terms = 3;
    explanation = explain(asker, &query);
    step_is(explanation, 0, "topic=none at all", 0, 0);
    assert_int_equal(explanation->n_steps, 1);
    assert_int_equal(explanation->loaded, 0);
}

static void an_explanation_tells_only_of_what_is_seen(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    char *values[] = {ask_text("talks")};
    Term term = PLENARY__V1__TERM__INIT;
    Term *terms[] = {&term};
    Query query = PLENARY__V1__QUERY__INIT;
    for (int i = 0; i < 5; i++)
        add_event(asker, "2022-03-03", NULL, "talks",
                  i < 2 ? PLENARY__V1__HANDLING__TLP__GREEN : PLENARY__V1__HANDLING__TLP__RED);
    term.facet = ask_text("topic");
    term.values = values;
    term.n_values = 1;
    query.terms = terms;
    query.n_terms = 1;
    const Plenary__V1__Explanation *explanation = explain(&reader, &query);
    step_is(explanation, 0, "visible", 2, 2);
    step_is(explanation, 1, "topic=talks", 2, 2);
    for (size_t i = 0; i < explanation->n_steps; i++) {
        assert_false(explanation->steps[i]->has_on_disk);
        assert_false(explanation->steps[i]->has_in_memory);
    }
    term.has_negated = term.negated = 1;
    step_is(explain(&reader, &query), 1, "not topic=talks", 2, 0);
    step_is(explain(asker, &query), 1, "not topic=talks", 5, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ask_begin, ask_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_value_is_counted_once_whatever_the_pages),
        TEST(an_organisation_is_counted_under_its_id_whatever_it_is_called),
        TEST(an_event_counts_in_every_month_and_year_that_it_touches),
        TEST(very_long_events_count_too),
        TEST(what_is_not_seen_has_no_bucket_and_no_place_in_a_token),
        TEST(a_token_is_of_one_question_alone),
        TEST(a_token_of_a_list_is_refused),
        TEST(steps_go_from_the_smallest_on_and_end_where_nothing_is_left),
        TEST(an_explanation_tells_only_of_what_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
