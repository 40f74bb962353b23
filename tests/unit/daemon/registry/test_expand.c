/* Pages of instances: what is on them, in which order, and at which cost. */
#include "daemon/registry/expand.h"

#include "tests/unit/daemon/registry/series_fixture.h"

enum {
    TOKEN_BYTES_MAX = 64,
    INSTANCES_MAX = 4096,
};

typedef struct Walk {
    char starts[INSTANCES_MAX][24];
    uint32_t numbers[INSTANCES_MAX];
    size_t count;
    size_t pages;
} Walk;

typedef struct Asked {
    const char *from;
    const char *to;
    bool descending;
    uint32_t limit;
    size_t most; /* instances, then the walk ends; 0: all */
} Asked;

static const Reply *ask_page(const Asker *asker, const Asked *asked, Page *page)
{
    Query query = PLENARY__V1__QUERY__INIT;
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    query.from = ask_text(asked->from);
    query.to = ask_text(asked->to);
    query.descending = query.has_descending = asked->descending;
    list.query = &query;
    list.page = page;
    list.has_expand = list.expand = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    return ask(asker, &request);
}

static void take(Walk *walk, const Plenary__V1__EventsReply *reply)
{
    for (size_t i = 0; i < reply->n_instances && walk->count < INSTANCES_MAX; i++) {
        const Plenary__V1__EventsReply__Instance *instance = reply->instances[i];
        const Event *event = reply->events[instance->event];
        (void)snprintf(walk->starts[walk->count], sizeof *walk->starts, "%s",
                       instance->start ? instance->start : event->schedule->start);
        walk->numbers[walk->count++] = event->number;
    }
}

/* `between` may be NULL; it is called after each page. */
static Walk *walk_pages(const Asker *asker, const Asked *asked,
                        void (*between)(const Asker *asker, size_t page))
{
    static uint8_t token[TOKEN_BYTES_MAX];
    Walk *walk = test_calloc(1, sizeof *walk);
    Page page = PLENARY__V1__PAGE__INIT;
    page.has_limit = asked->limit != 0;
    page.limit = asked->limit;
    do {
        const Reply *reply = ask_page(asker, asked, &page);
        must(reply);
        take(walk, reply->events);
        walk->pages++;
        page.has_token = reply->events->has_next_page;
        page.token = (ProtobufCBinaryData){reply->events->next_page.len, token};
        assert_true(page.token.len <= sizeof token);
        if (page.has_token) memcpy(token, reply->events->next_page.data, page.token.len);
        if (between && page.has_token) between(asker, walk->pages);
    } while (page.has_token && (!asked->most || walk->count < asked->most));
    return walk;
}

static void instances_come_among_events_in_order_up_and_down(void **state)
{
    static const char *const wanted[] = {"2022-03-01", "2022-03-03T09:00:00", "2022-03-10T09:00:00",
                                         "2022-03-12", "2022-03-17T09:00:00"};
    const Asker *asker = *state;
    add_series(asker, (Row){"weekly@example", "2022-03-03T09:00:00", "2022-03-03T10:00:00",
                            "FREQ=WEEKLY;COUNT=3"});
    add_series(asker, (Row){"one@example", "2022-03-12", "2022-03-13", NULL});
    add_series(asker, (Row){"long@example", "2022-03-01", "2022-03-20", NULL});
    for (uint32_t limit = 1; limit < 7; limit++) {
        Walk *up = walk_pages(asker, &(Asked){"2022-03-02", "2022-03-31", .limit = limit}, NULL);
        Walk *down = walk_pages(asker, &(Asked){"2022-03-02", "2022-03-31", true, limit, 0}, NULL);
        assert_int_equal(up->count, 5);
        assert_int_equal(down->count, 5);
        for (size_t i = 0; i < 5; i++) {
            assert_string_equal(up->starts[i], wanted[i]);
            assert_string_equal(down->starts[4 - i], wanted[i]);
        }
        test_free(up);
        test_free(down);
    }
}

static void an_instance_that_began_before_the_range_is_listed(void **state)
{
    const Asker *asker = *state;
    add_series(asker, (Row){"long@example", "2022-01-10", "2022-02-20", "FREQ=MONTHLY;COUNT=3"});
    Walk *walk = walk_pages(asker, &(Asked){"2022-02-15", "2022-02-28"}, NULL);
    assert_int_equal(walk->count, 2);
    assert_string_equal(walk->starts[0], "2022-01-10");
    assert_string_equal(walk->starts[1], "2022-02-10");
    test_free(walk);
}

/* An event between two pages comes before and behind them. */
static void add_between(const Asker *asker, size_t page)
{
    char uid[32];
    (void)snprintf(uid, sizeof uid, "between-%zu@example", page);
    add_series(asker, (Row){uid, page % 2 ? "2022-01-01" : "2022-12-31",
                            page % 2 ? "2022-01-01" : "2022-12-31", NULL});
}

static void what_does_not_move_is_on_one_page_while_others_write(void **state)
{
    const Asker *asker = *state;
    add_series(asker, (Row){"weekly@example", "2022-02-03", "2022-02-03", "FREQ=WEEKLY;COUNT=40"});
    Walk *walk = walk_pages(asker, &(Asked){"2022-01-01", "2022-12-31", .limit = 7}, add_between);
    size_t instances = 0;
    for (size_t i = 0; i < walk->count; i++)
        instances += walk->numbers[i] == 1;
    assert_int_equal(instances, 40);
    assert_true(walk->pages > 5);
    test_free(walk);
}

static void what_is_not_seen_replaces_no_instance(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    const Asked march = {"2022-03-01", "2022-03-31"};
    add_series(asker, (Row){"weekly@example", "2022-03-03", "2022-03-03", "FREQ=WEEKLY;COUNT=3"});
    add_override(asker, (Row){"weekly@example", "2022-03-11", "2022-03-11", NULL}, "2022-03-10",
                 "unit-b");
    Walk *seen = walk_pages(asker, &march, NULL);
    Walk *unseen = walk_pages(&reader, &march, NULL);
    assert_int_equal(seen->count, 3);
    assert_string_equal(seen->starts[1], "2022-03-11");
    assert_int_equal(unseen->count, 3);
    assert_string_equal(unseen->starts[1], "2022-03-10");
    test_free(seen);
    test_free(unseen);
}

/* A rule with an instance each second would fill a month's page with two millions of them. */
static void a_crowded_month_is_taken_in_parts(void **state)
{
    const Asker *asker = *state;
    for (int i = 0; i < 3; i++) {
        char uid[32];
        (void)snprintf(uid, sizeof uid, "dense-%d@example", i);
        add_series(asker,
                   (Row){uid, "2022-03-03T09:00:00", "2022-03-03T09:00:00", "FREQ=SECONDLY"});
    }
    Walk *up = walk_pages(asker, &(Asked){"2022-04-01", "2022-04-30", false, 100, 1000}, NULL);
    Walk *down = walk_pages(asker, &(Asked){"2022-04-01", "2022-04-30", true, 100, 1000}, NULL);
    assert_string_equal(up->starts[0], "2022-04-01T00:00:00");
    assert_string_equal(up->starts[3], "2022-04-01T00:00:01");
    assert_string_equal(down->starts[0], "2022-04-30T23:59:59");
    assert_string_equal(down->starts[999], "2022-04-30T23:54:26");
    test_free(up);
    test_free(down);
}

static void refused(const Reply *reply, const char *field)
{
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_string_equal(reply->status->violations[0]->field, field);
}

static void tokens_of_other_questions_and_forged_ones_are_refused(void **state)
{
    const Asker *asker = *state;
    uint8_t token[TOKEN_BYTES_MAX];
    Page page = PLENARY__V1__PAGE__INIT;
    Query query = PLENARY__V1__QUERY__INIT;
    const Asked asked = {"2022-03-01", "2022-03-31"};
    add_series(asker, (Row){"weekly@example", "2022-03-03", "2022-03-03", "FREQ=WEEKLY;COUNT=3"});
    add_series(asker, (Row){"other@example", "2022-03-03", "2022-03-03", "FREQ=WEEKLY;COUNT=3"});
    page.has_limit = 1;
    page.limit = 1;
    query.from = ask_text(asked.from);
    query.to = ask_text(asked.to);
    const Reply *plain = ask_list(asker, &query, &page);
    must(plain);
    page.has_token = 1;
    page.token = plain->events->next_page;
    assert_true(page.token.len > 0);
    refused(ask_page(asker, &asked, &page), "page.token");

    page.has_token = 0;
    const Reply *first = ask_page(asker, &asked, &page);
    must(first);
    page.has_token = 1;
    page.token = (ProtobufCBinaryData){first->events->next_page.len, token};
    memcpy(token, first->events->next_page.data, page.token.len);
    refused(ask_list(asker, &query, &page), "page.token");
    refused(ask_page(asker, &(Asked){"2022-03-01", "2022-04-30"}, &page), "page.token");
    token[0] ^= 1U;
    refused(ask_page(asker, &asked, &page), "page.token");
    token[0] ^= 1U;
    memset(token + page.token.len - 16, 0xff, 16); /* a place that is none, and is harmless */
    assert_int_equal(ask_code(ask_page(asker, &asked, &page)), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(instances_come_among_events_in_order_up_and_down),
        TEST(an_instance_that_began_before_the_range_is_listed),
        TEST(what_does_not_move_is_on_one_page_while_others_write),
        TEST(what_is_not_seen_replaces_no_instance),
        TEST(a_crowded_month_is_taken_in_parts),
        TEST(tokens_of_other_questions_and_forged_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
