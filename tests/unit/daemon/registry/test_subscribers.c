/* How far named subscribers have come, within bounds, and who of them was told of a change. */
#include "daemon/registry/subscribers.h"

#include "tests/support/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    MEMORY = 16 * 1024 * 1024,
    NOW_US = 1700000000,
};

typedef struct Room {
    Subscribers *subscribers;
    Arena *arena;
} Room;

static int begin(void **state)
{
    Room *room = test_calloc(1, sizeof *room);
    *room = (Room){subscribers_new(), arena_new(MEMORY)};
    *state = room;
    return 0;
}

static int end(void **state)
{
    Room *room = *state;
    subscribers_destroy(&room->subscribers);
    arena_destroy(&room->arena);
    test_free(room);
    return 0;
}

static SubscribersArrival arrival_of(const char *name, const char *query, uint64_t position)
{
    return (SubscribersArrival){.name = name,
                                .query = (const uint8_t *)query,
                                .query_bytes = query ? strlen(query) : 0,
                                .position = position};
}

static void come(const Room *room, const char *name, const char *query, uint64_t position)
{
    const SubscribersArrival arrival = arrival_of(name, query, position);
    subscribers_come(room->subscribers, &arrival, NOW_US);
}

static const Subscriber *find(const Room *room, const char *name)
{
    Subscriber **list;
    size_t count;
    assert_true(subscribers_list(room->subscribers, room->arena, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i]->name, name) == 0) return list[i];
    return NULL;
}

/* A packed query: the text "a" (field 2). */
static const char query_a[] = "\x12\x01"
                              "a";
static const char query_b[] = "\x12\x01"
                              "b";

static void who_goes_on_keeps_what_was_acknowledged(void **state)
{
    const Room *room = *state;
    come(room, "desk", query_a, 5);
    subscribers_acknowledge(room->subscribers, "desk", 9, NOW_US);
    subscribers_go(room->subscribers, "desk", NOW_US + 1);
    assert_false(find(room, "desk")->connected);
    come(room, "desk", query_a, 7);
    subscribers_acknowledge(room->subscribers, "desk", 8, NOW_US);
    const Subscriber *desk = find(room, "desk");
    assert_true(desk->connected);
    assert_int_equal(desk->since_sequence, 5);
    assert_int_equal(desk->acknowledged_sequence, 9);
    assert_string_equal(desk->query->text, "a");
}

static void who_leaps_or_asks_for_something_else_begins_anew(void **state)
{
    const Room *room = *state;
    come(room, "desk", query_a, 5);
    come(room, "desk", query_a, 6);
    assert_int_equal(find(room, "desk")->since_sequence, 6);
    come(room, "desk", query_b, 6);
    assert_string_equal(find(room, "desk")->query->text, "b");
    come(room, "desk", query_b, 2);
    assert_int_equal(find(room, "desk")->since_sequence, 2);
    assert_int_equal(find(room, "desk")->acknowledged_sequence, 2);
}

static void the_one_away_for_longest_makes_room_and_the_connected_stay(void **state)
{
    const Room *room = *state;
    char name[16];
    for (int i = 0; i < SUBSCRIBERS_MAX; i++) {
        (void)snprintf(name, sizeof name, "s%d", i);
        come(room, name, NULL, 0);
    }
    come(room, "one too many", NULL, 0);
    assert_null(find(room, "one too many"));
    subscribers_go(room->subscribers, "s7", NOW_US + 1);
    subscribers_go(room->subscribers, "s3", NOW_US + 2);
    come(room, "one more", NULL, 0);
    assert_non_null(find(room, "one more"));
    assert_null(find(room, "s7"));
    assert_non_null(find(room, "s3"));
}

static void a_query_that_is_too_large_is_said_to_be_unknown(void **state)
{
    const Room *room = *state;
    char *query = test_calloc(1, SUBSCRIBERS_QUERY_BYTES_MAX + 2);
    memset(query, 'x', SUBSCRIBERS_QUERY_BYTES_MAX + 1);
    come(room, "desk", query, 0);
    test_free(query);
    assert_true(find(room, "desk")->query_unknown);
    assert_null(find(room, "desk")->query);
}

static void what_was_listed_is_taken_back_and_what_is_wrong_is_left_out(void **state)
{
    const Room *room = *state;
    Subscriber **list;
    size_t count;
    come(room, "desk", query_a, 5);
    come(room, "nameless", NULL, 0);
    come(room, "timeless", NULL, 0);
    subscribers_acknowledge(room->subscribers, "desk", 9, NOW_US);
    assert_true(subscribers_list(room->subscribers, room->arena, &list, &count));
    list[1]->name = NULL;
    list[2]->time = ask_text("then");

    const Room other = {subscribers_new(), room->arena};
    subscribers_restore(other.subscribers, list, count);
    const Subscriber *desk = find(&other, "desk");
    assert_false(desk->connected);
    assert_int_equal(desk->since_sequence, 5);
    assert_int_equal(desk->acknowledged_sequence, 9);
    assert_string_equal(desk->query->text, "a");
    assert_null(find(&other, "timeless"));
    Subscribers *restored = other.subscribers;
    subscribers_destroy(&restored);
}

/* --- who was told --- */

static const Reply *ask_told(const Asker *asker, const char *name)
{
    Plenary__V1__EventHistory body = PLENARY__V1__EVENT_HISTORY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.event_id = ask_text(name);
    body.has_told = body.told = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_EVENT_HISTORY;
    request.event_history = &body;
    return ask(asker, &request);
}

/* A packed query: the facet (field 1) "person" or "kind", with the value (field 2) "jane". */
static const char query_person[] = "\x0a\x0e\x0a\x06person\x12\x04jane";
static const char query_kind[] = "\x0a\x0c\x0a\x04kind\x12\x04jane";

static void after_an_erasure_no_query_names_anybody(void **state)
{
    const Room *room = *state;
    come(room, "everything", NULL, 5);
    come(room, "words", query_a, 5);
    come(room, "people", query_person, 5);
    come(room, "kinds", query_kind, 5);
    uint64_t version = subscribers_version(room->subscribers);
    subscribers_forget_names(room->subscribers);
    assert_int_equal(subscribers_version(room->subscribers), version + 2);
    assert_true(find(room, "words")->query_unknown);
    assert_true(find(room, "people")->query_unknown);
    assert_null(find(room, "people")->query);
    assert_false(find(room, "kinds")->query_unknown);
    assert_non_null(find(room, "kinds")->query);
    assert_false(find(room, "everything")->query_unknown);
}

static void told_are_those_who_hear_a_change_and_had_acknowledged_it(void **state)
{
    (void)state;
    const Asker asker = {harness_new(&(HarnessOptions){.seed = 23}), access_local()};
    Subscribers *subscribers = registry_state(harness_registry(asker.harness))->subscribers;
    const SubscribersArrival arrivals[] = {arrival_of("all", NULL, 0), arrival_of("a", query_a, 0),
                                           arrival_of("late", NULL, 1)};
    Draft draft;
    ask_draft(&draft, "A", NULL);
    ask_register(&asker, &draft.event);
    ask_draft(&draft, "B", NULL);
    ask_revise(&asker, "1", &draft.event, 0);
    ask_draft(&draft, "C", NULL);
    ask_revise(&asker, "1", &draft.event, 0);
    for (size_t i = 0; i < 3; i++) {
        subscribers_come(subscribers, &arrivals[i], NOW_US);
        subscribers_acknowledge(subscribers, arrivals[i].name, i == 2 ? 2 : 3, NOW_US);
    }
    const Plenary__V1__ChangesReply *changes = ask_told(&asker, "1")->changes;
    assert_int_equal(changes->n_told, 3);
    assert_int_equal(changes->told[0]->sequence, 3);
    assert_int_equal(changes->told[0]->n_subscribers, 1);
    /* The second change took the word away: who asks for it heard that. */
    assert_int_equal(changes->told[1]->n_subscribers, 3);
    assert_int_equal(changes->told[2]->n_subscribers, 2);
    assert_string_equal(changes->told[2]->subscribers[0], "all");
    assert_string_equal(changes->told[2]->subscribers[1], "a");

    Asker reader = asker;
    reader.caller.role = PLENARY__V1__PRINCIPAL__ROLE__READER;
    assert_int_equal(ask_code(ask_told(&reader, "1")), STATUS_PERMISSION_DENIED);
    assert_int_equal(ask_status(&reader)->daemon->n_subscribers, 0);
    assert_int_equal(ask_status(&asker)->daemon->n_subscribers, 3);
    Harness *harness = asker.harness;
    harness_destroy(&harness);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_goes_on_keeps_what_was_acknowledged),
        TEST(who_leaps_or_asks_for_something_else_begins_anew),
        TEST(the_one_away_for_longest_makes_room_and_the_connected_stay),
        TEST(a_query_that_is_too_large_is_said_to_be_unknown),
        TEST(what_was_listed_is_taken_back_and_what_is_wrong_is_left_out),
        TEST(after_an_erasure_no_query_names_anybody),
        cmocka_unit_test(told_are_those_who_hear_a_change_and_had_acknowledged_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
