#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bench/generate.h"
#include "proto/validate.h"

#include <string.h>

enum {
    EVENTS = 3000,
    MEAN_BYTES_MIN = 1000,
    MEAN_BYTES_MAX = 1500,
    DAY_S = 24 * 3600,
};

static void test_every_event_is_valid_and_of_a_real_size(void **state)
{
    (void)state;
    Arena *arena = arena_new(GENERATE_ARENA_BYTES);
    Zones *zones = zones_new();
    Problem problem;
    size_t bytes = 0;
    size_t most = 0;
    size_t without = 0;
    assert_non_null(arena);
    assert_non_null(zones);
    for (uint64_t i = 0; i < EVENTS; i++) {
        arena_reset(arena);
        problem_clear(&problem);
        const Event *event = generate_event(1, i, arena);
        assert_non_null(event);
        if (validate_event(event, zones, &problem) != STATUS_OK)
            fail_msg("event %d: %s", (int)i, problem.message);
        bytes += plenary__v1__event__get_packed_size(event);
        if (event->n_participants > most) most = event->n_participants;
        if (event->n_participants == 0) without++;
    }
    assert_in_range(bytes / EVENTS, MEAN_BYTES_MIN, MEAN_BYTES_MAX);
    assert_int_equal(most, GENERATE_PARTICIPANTS_MAX);
    assert_in_range(without, EVENTS / 20, EVENTS / 3);
    zones_destroy(&zones);
    arena_destroy(&arena);
}

static void test_varied_events_are_valid_and_of_each_sort(void **state)
{
    (void)state;
    Arena *arena = arena_new(GENERATE_ARENA_BYTES);
    Arena *other = arena_new(GENERATE_ARENA_BYTES);
    Zones *zones = zones_new();
    Problem problem;
    size_t recurring = 0;
    size_t without_end = 0;
    size_t of_years = 0;
    size_t crowded = 0;
    size_t the_same = 0;
    for (uint64_t i = 0; i < EVENTS; i++) {
        Span span;
        arena_reset(arena);
        arena_reset(other);
        problem_clear(&problem);
        const Event *event = generate_event_varied(1, i, arena);
        const Event *plain = generate_event(1, i, other);
        if (validate_event(event, zones, &problem) != STATUS_OK)
            fail_msg("event %d: %s", (int)i, problem.message);
        assert_true(schedule_span(zones, event->schedule, &span));
        bool is_crowded = strncmp(event->schedule->start, "2017-06", 7) == 0;
        bool is_of_years = span.local_end_s - span.local_start_s > 360 * DAY_S;
        if (event->recurrence) recurring++;
        if (event->recurrence && !strchr(event->recurrence->rrule, '=')) fail();
        if (event->recurrence && !strstr(event->recurrence->rrule, "COUNT") &&
            !strstr(event->recurrence->rrule, "UNTIL"))
            without_end++;
        of_years += is_of_years;
        crowded += is_crowded;
        if (!event->recurrence && !is_of_years && !is_crowded) {
            assert_string_equal(event->schedule->start, plain->schedule->start);
            assert_string_equal(event->title, plain->title);
            the_same++;
        }
    }
    assert_in_range(recurring, EVENTS / 100, EVENTS / 33);
    assert_in_range(without_end, 1, recurring / 2);
    assert_in_range(of_years, EVENTS / 200, EVENTS / 50);
    assert_in_range(crowded, EVENTS / 25, EVENTS / 14);
    assert_in_range(the_same, EVENTS * 88 / 100, EVENTS * 94 / 100);
    zones_destroy(&zones);
    arena_destroy(&arena);
    arena_destroy(&other);
}

static void test_every_organisation_is_valid(void **state)
{
    (void)state;
    Arena *arena = arena_new(GENERATE_ARENA_BYTES);
    Zones *zones = zones_new();
    Problem problem;
    for (size_t i = 0; i < atlas_body_count; i++) {
        problem_clear(&problem);
        const Organisation *organisation = generate_organisation(i, arena);
        assert_non_null(organisation);
        if (validate_organisation(organisation, zones, &problem) != STATUS_OK)
            fail_msg("%s: %s", organisation->id, problem.message);
    }
    zones_destroy(&zones);
    arena_destroy(&arena);
}

static void test_every_city_has_a_zone_and_a_country_that_are_known(void **state)
{
    (void)state;
    Zones *zones = zones_new();
    for (size_t i = 0; i < atlas_city_count; i++) {
        assert_true(zones_have(zones, atlas_cities[i].zone));
        assert_true(validate_is_country(atlas_cities[i].country));
    }
    zones_destroy(&zones);
}

static void test_an_arena_too_small_gives_nothing(void **state)
{
    (void)state;
    for (size_t bytes = 64; bytes < 4096; bytes += 64) {
        Arena *arena = arena_new(bytes);
        (void)generate_event(1, 3, arena); /* must not touch what it did not get */
        arena_destroy(&arena);
    }
    Arena *arena = arena_new(256);
    assert_null(generate_event(1, 3, arena));
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_event_is_valid_and_of_a_real_size),
        cmocka_unit_test(test_varied_events_are_valid_and_of_each_sort),
        cmocka_unit_test(test_every_organisation_is_valid),
        cmocka_unit_test(test_every_city_has_a_zone_and_a_country_that_are_known),
        cmocka_unit_test(test_an_arena_too_small_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
