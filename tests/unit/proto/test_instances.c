/* A series as it is seen: without what is replaced, and never for ever. */
#include "proto/instances.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ARENA_BYTES = 64 * 1024,
};

static Zones *zones;
static Arena *arena;

static int set_up(void **state)
{
    (void)state;
    zones = zones_new();
    arena = arena_new(ARENA_BYTES);
    return zones && arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    zones_destroy(&zones);
    arena_destroy(&arena);
    return 0;
}

static int64_t seconds(const char *moment)
{
    Moment parsed;
    assert_true(moment_parse(moment, &parsed));
    return moment_local_s(&parsed);
}

/* From 3 March 2022, 9:00; a meeting of two hours, or (end NULL) of no length. */
static const Series *recur_until(const char *rule, char *end)
{
    Event event = PLENARY__V1__EVENT__INIT;
    Schedule schedule = PLENARY__V1__SCHEDULE__INIT;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    char start[] = "2022-03-03T09:00:00";
    schedule.start = start;
    schedule.end = end;
    recurrence.rrule = (char *)(uintptr_t)rule;
    event.schedule = &schedule;
    event.recurrence = &recurrence;
    arena_reset(arena);
    const Series *series = series_compile(&event, zones, arena);
    assert_non_null(series);
    return series;
}

static const Series *recur(const char *rule)
{
    char end[] = "2022-03-03T11:00:00";
    return recur_until(rule, end);
}

/* All that lie within a stretch of time. */
static bool is_within(void *context, int64_t local_start_s)
{
    const int64_t *ends = context;
    return local_start_s >= ends[0] && local_start_s < ends[1];
}

static bool touches(const char *rule, const char *from, const char *to)
{
    InstanceWalk walk = {.is_replaced = NULL};
    return instances_touch(&walk, recur(rule), seconds(from), seconds(to));
}

static void a_stretch_is_touched_up_to_its_ends(void **state)
{
    (void)state;
    assert_true(touches("FREQ=WEEKLY", "2022-03-10T10:59:59", "2022-03-10T11:00:00"));
    assert_false(touches("FREQ=WEEKLY", "2022-03-10T11:00:00", "2022-03-17T09:00:00"));
    assert_true(touches("FREQ=WEEKLY", "2022-03-10T11:00:00", "2022-03-17T09:00:01"));
    assert_false(touches("FREQ=WEEKLY", "2021-01-01", "2022-03-03T09:00:00"));
    assert_false(touches("FREQ=WEEKLY;COUNT=2", "2022-03-10T11:00:00", "2999-01-01"));
}

static void what_is_replaced_is_passed_over(void **state)
{
    int64_t ends[] = {seconds("2022-03-10"), seconds("2022-03-24")};
    InstanceWalk walk = {.is_replaced = is_within, .context = ends};
    Instance instance;
    (void)state;
    instances_seek(&walk, recur("FREQ=WEEKLY"), seconds("2022-03-09"));
    assert_true(instances_next(&walk, &instance));
    assert_int_equal(instance.local_start_s, seconds("2022-03-24T09:00:00"));
    assert_false(instances_touch(&walk, recur("FREQ=WEEKLY"), seconds("2022-03-09"), ends[1]));
}

/* As an event does that does not recur: it counts as a second long. */
static void what_has_no_length_touches_the_second_it_is_in(void **state)
{
    (void)state;
    const Series *series = recur_until("FREQ=DAILY;COUNT=3", NULL);
    const int64_t last_s = seconds("2022-03-05T09:00:00");
    InstanceWalk walk = {.is_replaced = NULL};
    assert_true(instances_touch(&walk, series, last_s, last_s + 60));
    assert_true(instances_touch(&walk, series, last_s - 60, last_s + 1));
    assert_false(instances_touch(&walk, series, last_s + 1, last_s + 60));
    assert_false(instances_touch(&walk, series, last_s - 60, last_s));
}

/* The 30th of February: the walk ends although the rule never says so. */
static void a_rule_without_instances_ends(void **state)
{
    InstanceWalk walk = {.is_replaced = NULL};
    Instance instance;
    (void)state;
    instances_seek(&walk, recur("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), seconds("2022-03-04"));
    assert_false(instances_next(&walk, &instance));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stretch_is_touched_up_to_its_ends),
        cmocka_unit_test(what_has_no_length_touches_the_second_it_is_in),
        cmocka_unit_test(what_is_replaced_is_passed_over),
        cmocka_unit_test(a_rule_without_instances_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
