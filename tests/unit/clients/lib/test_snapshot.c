/* A snapshot has all pages, whatever their size must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clients/lib/snapshot.h"
#include "fake_lists.h"

enum {
    EVENTS = 50,
};

typedef struct Fixture {
    Fake fake;
    FakeLists lists;
    PlenaryClient *client;
    Mirror *mirror;
    Problem problem;
    bool stops;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = calloc(1, sizeof *fixture);
    PlenaryError error;
    assert_non_null(fixture);
    problem_clear(&fixture->problem);
    fake_init(&fixture->fake, "requests", lists_script, &fixture->lists);
    fixture->lists.events = EVENTS;
    fixture->lists.revision = 1;
    PlenaryOptions options = {.home = fixture->fake.home};
    fixture->client = plenary_client_new(&options, &error);
    assert_non_null(fixture->client);
    *state = fixture;
    return mirror_open(fixture->fake.home, &fixture->mirror, &fixture->problem) == STATUS_OK ? 0
                                                                                             : -1;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    mirror_close(&fixture->mirror);
    plenary_client_destroy(&fixture->client);
    fake_remove(&fixture->fake);
    free(fixture);
    return 0;
}

static bool asks_to_stop(void *context)
{
    const Fixture *fixture = context;
    return fixture->stops;
}

static StatusCode take(Fixture *fixture)
{
    fake_start(&fixture->fake);
    StatusCode code = snapshot_take(fixture->client, NULL, fixture->mirror, asks_to_stop, fixture,
                                    &fixture->problem);
    fake_stop(&fixture->fake);
    return code;
}

static void expect_whole(Fixture *fixture)
{
    assert_int_equal(mirror_snapshot_end(fixture->mirror, 9, NULL, 0, &fixture->problem),
                     STATUS_OK);
    assert_int_equal(mirror_event_count(fixture->mirror), EVENTS);
    assert_non_null(mirror_organisation(fixture->mirror, "unodc"));
    assert_true(fixture->lists.was_in_number_order);
}

static void a_snapshot_has_events_and_organisations(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(take(fixture), STATUS_OK);
    expect_whole(fixture);
    assert_int_equal(fixture->lists.asked, 2);
}

static void pages_that_are_too_large_are_asked_for_in_halves(void **state)
{
    Fixture *fixture = *state;
    fixture->lists.limit_allowed = 20; /* 500, 250, 125, 62, 31, then pages of 15 */
    assert_int_equal(take(fixture), STATUS_OK);
    expect_whole(fixture);
    assert_int_equal(fixture->lists.asked, 5 + 4 + 1);
}

static void a_refusal_is_told_and_nothing_takes_the_place_of_what_was_there(void **state)
{
    Fixture *fixture = *state;
    fixture->lists.refusal = PLENARY__V1__STATUS_CODE__PERMISSION_DENIED;
    assert_int_equal(take(fixture), STATUS_PERMISSION_DENIED);
    assert_string_equal(fixture->problem.message, "said no");
    assert_true(mirror_is_new(fixture->mirror));
}

static void a_page_of_one_event_that_is_too_large_is_a_failure(void **state)
{
    Fixture *fixture = *state;
    fixture->lists.refusal = PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED;
    assert_int_equal(take(fixture), STATUS_RESOURCE_EXHAUSTED);
}

static void it_stops_where_it_is_asked_to(void **state)
{
    Fixture *fixture = *state;
    fixture->stops = true;
    assert_int_equal(take(fixture), STATUS_ABORTED);
    assert_int_equal(fixture->lists.asked, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_snapshot_has_events_and_organisations),
        TEST(pages_that_are_too_large_are_asked_for_in_halves),
        TEST(a_refusal_is_told_and_nothing_takes_the_place_of_what_was_there),
        TEST(a_page_of_one_event_that_is_too_large_is_a_failure),
        TEST(it_stops_where_it_is_asked_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
