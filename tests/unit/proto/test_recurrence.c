/* Instances of rules, against those that RFC 5545 and the tables of other programs give. */
#include "proto/recurrence.h"
#include "tests/unit/proto/rules_told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    ARENA_BYTES = 64 * 1024,
    LIST_MAX = 300,
    LIST_BYTES = LIST_MAX * (MOMENT_TEXT_SIZE + 1),
    TIRED_MAX = 2000,
    DAY_S = 24 * 3600,
};

static const int64_t long_ago_s = INT64_MIN;

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

/* --- asking --- */

typedef struct Recurring {
    Event event;
    Schedule schedule;
    Plenary__V1__Recurrence recurrence;
    char *rdates[4];
    char *exdates[4];
} Recurring;

static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

static void recur(Recurring *self, const char *rule, const char *start)
{
    *self = (Recurring){.event = PLENARY__V1__EVENT__INIT,
                        .schedule = PLENARY__V1__SCHEDULE__INIT,
                        .recurrence = PLENARY__V1__RECURRENCE__INIT};
    self->event.schedule = &self->schedule;
    self->event.recurrence = &self->recurrence;
    self->schedule.start = text(start);
    self->recurrence.rrule = text(rule);
    self->recurrence.rdate = self->rdates;
    self->recurrence.exdate = self->exdates;
}

static void add_rdate(Recurring *self, const char *moment)
{
    self->rdates[self->recurrence.n_rdate++] = text(moment);
}

static void add_exdate(Recurring *self, const char *moment)
{
    self->exdates[self->recurrence.n_exdate++] = text(moment);
}

static const Series *series_of(const Recurring *self)
{
    arena_reset(arena);
    const Series *series = series_compile(&self->event, zones, arena);
    assert_non_null(series);
    return series;
}

/* The next one, however tired the walk becomes. */
static bool next(SeriesWalk *walk, Instance *instance)
{
    for (int i = 0; i < TIRED_MAX; i++) {
        SeriesStep step = series_next(walk, instance);
        if (step != SERIES_TIRED) return step == SERIES_INSTANCE;
    }
    fail();
    return false;
}

/* Starts from `local_s` on, with blanks between; of those with the time of day `time` only the
 * date. Gives how many there are, `most` at most. */
static size_t list(const Series *series, int64_t local_s, const char *time, size_t most,
                   char instances[static LIST_BYTES])
{
    SeriesWalk walk;
    Instance instance;
    size_t count = 0;
    *instances = '\0';
    series_seek(series, local_s, &walk);
    for (char *at = instances; count < most && next(&walk, &instance); count++) {
        char start[MOMENT_TEXT_SIZE];
        Moment moment = moment_from_local_s(instance.local_start_s, !*time);
        moment_print(&moment, start);
        int date = strcmp(start + strcspn(start, "T"), time) == 0 ? 10 : MOMENT_TEXT_SIZE;
        at += sprintf(at, "%s%.*s", count > 0 ? " " : "", date, start);
    }
    return count;
}

static const char *time_of(const char *start)
{
    return start + strcspn(start, "T");
}

static void check(const Recurring *self, const char *instances)
{
    char found[LIST_BYTES];
    const char *start = self->schedule.start;
    (void)list(series_of(self), long_ago_s, time_of(start), 10, found);
    assert_string_equal(found, instances);
}

static int64_t local_s(const char *moment_text)
{
    Moment moment;
    assert_true(moment_parse(moment_text, &moment));
    return moment_local_s(&moment);
}

/* --- tables --- */

static void check_case(const Case *row)
{
    Recurring event;
    char found[LIST_BYTES];
    recur(&event, row->rule, row->start);
    check(&event, row->instances);
    if (row->total == 0) return;
    const Series *series = series_of(&event);
    assert_int_equal(list(series, long_ago_s, time_of(row->start), LIST_MAX, found), row->total);
    SeriesWalk walk;
    Instance instance;
    int64_t first_s;
    int64_t end_s;
    series_bounds(series, &first_s, &end_s);
    series_seek(series, local_s(row->last), &walk);
    assert_true(next(&walk, &instance));
    assert_int_equal(instance.local_start_s, local_s(row->last));
    assert_false(next(&walk, &instance));
    assert_int_equal(first_s, local_s(row->start));
    assert_true(end_s >= instance.local_end_s && end_s < INT64_MAX);
}

static void the_examples_of_the_rfc_give_their_instances(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_the_rfc / sizeof *of_the_rfc; i++) {
        print_message("%s\n", of_the_rfc[i].name);
        check_case(&of_the_rfc[i]);
    }
}

static void rules_that_others_stumbled_over_give_their_instances(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        print_message("%s\n", others[i].name);
        check_case(&others[i]);
    }
}

static void check_seeks(const Case *row)
{
    Recurring event;
    recur(&event, row->rule, row->start);
    const Series *series = series_of(&event);
    SeriesWalk all;
    SeriesWalk walk;
    Instance instance;
    Instance sought;
    series_seek(series, long_ago_s, &all);
    int64_t before_s = long_ago_s;
    for (int i = 0; i < LIST_MAX && next(&all, &instance); i++) {
        int64_t end_s = instance.local_end_s + (instance.local_end_s == instance.local_start_s);
        const int64_t places[] = {before_s, before_s + 1, instance.local_start_s - 1,
                                  instance.local_start_s, instance.local_end_s - 1};
        for (size_t j = i == 0 ? 2 : 0; j < sizeof places / sizeof *places; j++) {
            if (places[j] < before_s || places[j] >= end_s) continue;
            series_seek(series, places[j], &walk);
            assert_true(next(&walk, &sought));
            assert_int_equal(sought.local_start_s, instance.local_start_s);
        }
        before_s = end_s;
    }
}

static void a_seek_finds_what_walking_finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof of_the_rfc / sizeof *of_the_rfc; i++)
        check_seeks(&of_the_rfc[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        check_seeks(&others[i]);
}

/* --- the first one --- */

static void the_start_is_the_first_instance_even_where_the_rule_does_not_say_so(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4", "1997-09-02T09:00:00");
    check(&event, "1997-09-02 1998-02-13 1998-03-13 1998-11-13");
    add_exdate(&event, "1997-09-02T09:00:00"); /* as the RFC's own example has it */
    check(&event, "1998-02-13 1998-03-13 1998-11-13");
    recur(&event, "FREQ=WEEKLY;BYDAY=MO;COUNT=1", "2022-03-03");
    check(&event, "2022-03-03");
    recur(&event, "FREQ=WEEKLY;UNTIL=20220101", "2022-03-03");
    check(&event, "2022-03-03");
}

static void an_event_that_does_not_recur_is_a_series_of_one(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, NULL, "2022-03-03");
    event.event.recurrence = NULL;
    check(&event, "2022-03-03");
}

/* --- rdates and exdates --- */

static void rdates_come_in_order_and_once(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, "FREQ=WEEKLY;COUNT=3", "2022-03-03T09:00:00");
    add_rdate(&event, "2022-03-12T15:00:00");
    add_rdate(&event, "2022-03-10T09:00:00"); /* the rule has it, too */
    add_rdate(&event, "2022-03-01");          /* before the start, at its time of day */
    check(&event, "2022-03-01 2022-03-03 2022-03-10 2022-03-12T15:00:00 2022-03-17");
    event.recurrence.rrule = NULL;
    check(&event, "2022-03-01 2022-03-03 2022-03-10 2022-03-12T15:00:00");
    recur(&event, NULL, "2022-03-03");
    add_rdate(&event, "2022-04-01T09:00:00");
    check(&event, "2022-03-03 2022-04-01");
}

static void exdates_leave_out_a_start_or_a_day(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, "FREQ=DAILY;BYHOUR=9,15;COUNT=8", "2022-03-03T09:00:00");
    add_exdate(&event, "2022-03-04");
    add_exdate(&event, "2022-03-05T09:00:00");
    add_exdate(&event, "2022-03-06T10:00:00"); /* nothing starts then */
    check(&event, "2022-03-03 2022-03-03T15:00:00 2022-03-05T15:00:00 2022-03-06 "
                  "2022-03-06T15:00:00");
    recur(&event, "FREQ=DAILY;COUNT=3", "2022-03-03");
    add_exdate(&event, "2022-03-04T00:00:00");
    check(&event, "2022-03-03 2022-03-05");
}

/* --- until --- */

static void until_is_inclusive_in_each_of_its_forms(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, "FREQ=DAILY;UNTIL=20220305", "2022-03-03T22:00:00"); /* the whole day */
    check(&event, "2022-03-03 2022-03-04 2022-03-05");
    recur(&event, "FREQ=DAILY;UNTIL=20220305T220000", "2022-03-03T22:00:00");
    check(&event, "2022-03-03 2022-03-04 2022-03-05");
    recur(&event, "FREQ=DAILY;UNTIL=20220305T215959", "2022-03-03T22:00:00");
    check(&event, "2022-03-03 2022-03-04");
    recur(&event, "FREQ=DAILY;UNTIL=20220305T170000Z", "2022-03-03T22:00:00");
    event.schedule.time_zone = text("Asia/Tashkent"); /* five hours before UTC */
    check(&event, "2022-03-03 2022-03-04 2022-03-05");
    event.recurrence.rrule = text("FREQ=DAILY;UNTIL=20220305T165959Z");
    check(&event, "2022-03-03 2022-03-04");
    recur(&event, "FREQ=DAILY;UNTIL=20220305T000000Z", "2022-03-03");
    check(&event, "2022-03-03 2022-03-04 2022-03-05");
}

static void until_in_utc_is_exact_in_the_hour_that_clocks_repeat(void **state)
{
    (void)state;
    Recurring event;
    /* On 2024-10-27 clocks in Berlin go from 03:00, which is 01:00 UTC, back to 02:00. */
    recur(&event, "FREQ=DAILY;UNTIL=20241027T003000Z", "2024-10-26T02:30:00");
    event.schedule.time_zone = text("Europe/Berlin");
    check(&event, "2024-10-26 2024-10-27");
    event.recurrence.rrule = text("FREQ=DAILY;UNTIL=20241027T002959Z");
    check(&event, "2024-10-26");
    /* The second 02:10 is after the first 02:30, which the instance means. */
    event.recurrence.rrule = text("FREQ=DAILY;UNTIL=20241027T011000Z");
    check(&event, "2024-10-26 2024-10-27");
}

/* --- zones --- */

static int64_t utc_of_nth(const Series *series, int n, const char *zone)
{
    SeriesWalk walk;
    Instance instance;
    series_seek(series, long_ago_s, &walk);
    do
        assert_true(next(&walk, &instance));
    while (n-- > 0);
    Moment moment = moment_from_local_s(instance.local_start_s, false);
    return moment_utc_s(zones, &moment, zone);
}

static void an_instance_keeps_its_time_on_the_wall_across_daylight_saving(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, "FREQ=WEEKLY", "2024-03-24T02:30:00");
    event.schedule.time_zone = text("Europe/Berlin");
    const Series *series = series_of(&event);
    assert_int_equal(utc_of_nth(series, 0, "Europe/Berlin"), local_s("2024-03-24T01:30:00"));
    /* In the gap the offset before it counts; in the overlap the first of the two. */
    assert_int_equal(utc_of_nth(series, 1, "Europe/Berlin"), local_s("2024-03-31T01:30:00"));
    assert_int_equal(utc_of_nth(series, 2, "Europe/Berlin"), local_s("2024-04-07T00:30:00"));
    assert_int_equal(utc_of_nth(series, 31, "Europe/Berlin"), local_s("2024-10-27T00:30:00"));
    assert_int_equal(utc_of_nth(series, 32, "Europe/Berlin"), local_s("2024-11-03T01:30:00"));
}

/* --- lengths and bounds --- */

static void instances_are_as_long_as_the_first_and_are_found_while_they_last(void **state)
{
    (void)state;
    Recurring event;
    SeriesWalk walk;
    Instance instance;
    recur(&event, "FREQ=MONTHLY;COUNT=3", "2022-01-30");
    event.schedule.end = text("2022-02-01"); /* the last day is included */
    const Series *series = series_of(&event);
    int64_t first_s;
    int64_t end_s;
    series_bounds(series, &first_s, &end_s);
    assert_int_equal(first_s, local_s("2022-01-30"));
    assert_int_equal(end_s, local_s("2022-05-03"));
    series_seek(series, local_s("2022-04-02") - 1, &walk);
    assert_true(next(&walk, &instance));
    assert_int_equal(instance.local_start_s, local_s("2022-03-30"));
    assert_int_equal(instance.local_end_s, local_s("2022-04-02"));
    series_seek(series, local_s("2022-04-02"), &walk);
    assert_true(next(&walk, &instance));
    assert_int_equal(instance.local_start_s, local_s("2022-04-30"));
}

static void an_endless_series_ends_with_the_year_9999(void **state)
{
    (void)state;
    Recurring event;
    char found[LIST_BYTES];
    recur(&event, "FREQ=DAILY;INTERVAL=2", "9999-12-20");
    event.schedule.end = text("9999-12-21");
    check(&event, "9999-12-20 9999-12-22 9999-12-24 9999-12-26 9999-12-28 9999-12-30");
    recur(&event, "FREQ=YEARLY", "2024-02-29");
    const Series *series = series_of(&event);
    (void)list(series, local_s("9990-01-01"), "", LIST_MAX, found);
    assert_string_equal(found, "9992-02-29 9996-02-29");
    int64_t first_s;
    int64_t end_s;
    series_bounds(series, &first_s, &end_s);
    assert_int_equal(end_s, INT64_MAX);
}

/* Every one of these kept libical 3.0.16 for seconds, or for ever. */
static void a_rule_that_gives_nothing_is_soon_tired_and_never_loops(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=99999999",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYDAY=1TH;BYSETPOS=2",
        "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1;BYMONTH=4",
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        Recurring event;
        SeriesWalk walk;
        Instance instance;
        recur(&event, rules[i], "2022-03-03T09:00:00");
        series_seek(series_of(&event), long_ago_s, &walk);
        assert_int_equal(series_next(&walk, &instance), SERIES_INSTANCE); /* the start, at once */
        assert_int_equal(series_next(&walk, &instance), SERIES_TIRED);
        if (i < 8) assert_false(next(&walk, &instance));
        if (i < 8) assert_int_equal(series_next(&walk, &instance), SERIES_END);
    }
}

static void a_count_too_high_to_be_resolved_is_counted_by_the_walk(void **state)
{
    (void)state;
    enum { COUNT = 30000 };
    Recurring event;
    SeriesWalk walk;
    Instance instance;
    /* Two steps for each, so that not all are found when the series is made. */
    recur(&event, "FREQ=MINUTELY;BYSECOND=0;COUNT=30000", "2022-03-03T09:00:00");
    const Series *series = series_of(&event);
    int64_t last_s = local_s("2022-03-03T09:00:00") + (COUNT - INT64_C(1)) * 60;
    int64_t first_s;
    int64_t end_s;
    series_bounds(series, &first_s, &end_s);
    assert_int_equal(end_s, INT64_MAX);
    series_seek(series, last_s - 60, &walk);
    assert_true(next(&walk, &instance));
    assert_int_equal(instance.local_start_s, last_s - 60);
    assert_true(next(&walk, &instance));
    assert_int_equal(instance.local_start_s, last_s);
    assert_false(next(&walk, &instance));
    series_seek(series, last_s + 1, &walk);
    assert_false(next(&walk, &instance));
}

/* --- memory --- */

static void a_series_is_one_block_that_can_be_kept_elsewhere(void **state)
{
    (void)state;
    Recurring event;
    char found[LIST_BYTES];
    recur(&event, "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=5", "2022-11-24T09:00:00");
    add_rdate(&event, "2023-01-01T10:00:00");
    add_exdate(&event, "2024-11-28");
    const Series *series = series_of(&event);
    size_t bytes = series_size_bytes(series);
    Series *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, series, bytes);
    arena_reset(arena);
    (void)memset(arena_alloc(arena, ARENA_BYTES / 2), 0xff, ARENA_BYTES / 2);
    (void)list(copy, long_ago_s, "T09:00:00", LIST_MAX, found);
    assert_string_equal(found, "2022-11-24 2023-01-01T10:00:00 2023-11-23 2025-11-27 2026-11-26");
    free(copy);
    recur(&event, "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=500", "2022-03-03T09:00:00");
    assert_true(series_size_bytes(series_of(&event)) <= 160);
}

static void an_arena_that_is_full_gives_no_series(void **state)
{
    (void)state;
    Recurring event;
    recur(&event, "FREQ=WEEKLY", "2022-03-03");
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, ARENA_BYTES));
    assert_null(series_compile(&event.event, zones, arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_give_their_instances),
        cmocka_unit_test(rules_that_others_stumbled_over_give_their_instances),
        cmocka_unit_test(a_seek_finds_what_walking_finds),
        cmocka_unit_test(the_start_is_the_first_instance_even_where_the_rule_does_not_say_so),
        cmocka_unit_test(an_event_that_does_not_recur_is_a_series_of_one),
        cmocka_unit_test(rdates_come_in_order_and_once),
        cmocka_unit_test(exdates_leave_out_a_start_or_a_day),
        cmocka_unit_test(until_is_inclusive_in_each_of_its_forms),
        cmocka_unit_test(until_in_utc_is_exact_in_the_hour_that_clocks_repeat),
        cmocka_unit_test(an_instance_keeps_its_time_on_the_wall_across_daylight_saving),
        cmocka_unit_test(instances_are_as_long_as_the_first_and_are_found_while_they_last),
        cmocka_unit_test(an_endless_series_ends_with_the_year_9999),
        cmocka_unit_test(a_rule_that_gives_nothing_is_soon_tired_and_never_loops),
        cmocka_unit_test(a_count_too_high_to_be_resolved_is_counted_by_the_walk),
        cmocka_unit_test(a_series_is_one_block_that_can_be_kept_elsewhere),
        cmocka_unit_test(an_arena_that_is_full_gives_no_series),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
