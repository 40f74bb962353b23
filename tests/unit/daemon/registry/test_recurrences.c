/* What replaces an instance of a series, for whom, and in whatever order the records come. */
#include "daemon/registry/recurrences.h"

#include "tests/unit/daemon/registry/series_fixture.h"

#define WEEKLY                                                                                     \
    (Row)                                                                                          \
    {                                                                                              \
        "series@example", "2022-03-03T09:00:00", "2022-03-03T10:00:00", "FREQ=WEEKLY;COUNT=4"      \
    }
#define MOVED                                                                                      \
    (Row)                                                                                          \
    {                                                                                              \
        "series@example", "2022-05-05T09:00:00", "2022-05-05T10:00:00", NULL                       \
    }

static void a_replaced_instance_finds_its_series_no_more(void **state)
{
    const Asker *asker = *state;
    add_series(asker, WEEKLY);
    assert_int_equal(count_on(asker, "2022-03-10"), 1);
    add_override(asker, MOVED, "2022-03-10T09:00:00", NULL);
    assert_int_equal(count_on(asker, "2022-03-10"), 0);
    assert_int_equal(count_on(asker, "2022-03-17"), 1);
    assert_int_equal(count_on(asker, "2022-05-05"), 1);
}

static void what_came_before_its_series_replaces_as_well(void **state)
{
    const Asker *asker = *state;
    add_override(asker, MOVED, "2022-03-10T09:00:00", NULL);
    add_series(asker, WEEKLY);
    assert_int_equal(count_on(asker, "2022-03-10"), 0);
    assert_int_equal(count_on(asker, "2022-03-17"), 1);
}

/* Need to know: for whom the record is not there, the series is as it says. */
static void what_is_not_seen_replaces_nothing(void **state)
{
    const Asker *asker = *state;
    const Asker reader = ask_reader(asker);
    add_series(asker, WEEKLY);
    add_override(asker, MOVED, "2022-03-10T09:00:00", "unit-b");
    assert_int_equal(count_on(asker, "2022-03-10"), 0);
    assert_int_equal(count_on(&reader, "2022-03-10"), 1);
    assert_int_equal(count_on(&reader, "2022-05-05"), 0);
}

static void what_is_withdrawn_replaces_nothing_also_after_a_start(void **state)
{
    const Asker *asker = *state;
    add_series(asker, WEEKLY);
    add_override(asker, MOVED, "2022-03-10T09:00:00", NULL);
    add_override(asker, MOVED, "2022-03-17T09:00:00", NULL);
    must(ask_move(asker, PLENARY__V1__REQUEST__VERB_WITHDRAW_EVENT, "2", 0));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(count_on(asker, "2022-03-10"), 1);
        assert_int_equal(count_on(asker, "2022-03-17"), 0);
        if (i == 0) harness_crash(asker->harness, 0);
        if (i == 1) harness_fold_all(asker->harness);
        if (i == 1) harness_crash(asker->harness, 0);
    }
    harness_check(asker->harness);
}

static void a_series_that_ceases_to_recur_is_one_event(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    add_series(asker, WEEKLY);
    ask_draft(&draft, "Once", NULL);
    must(ask_revise(asker, "1", &draft.event, 0));
    assert_int_equal(count_on(asker, "2022-03-03"), 1);
    assert_int_equal(count_on(asker, "2022-03-10"), 0);
}

static void what_replaces_an_instance_is_given_no_recurrence(void **state)
{
    const Asker *asker = *state;
    Draft draft;
    Plenary__V1__Recurrence recurrence = PLENARY__V1__RECURRENCE__INIT;
    add_series(asker, WEEKLY);
    add_override(asker, MOVED, "2022-03-10T09:00:00", NULL);
    ask_draft(&draft, "Moved", NULL);
    recurrence.rrule = ask_text("FREQ=DAILY");
    draft.event.recurrence = &recurrence;
    const Reply *reply = ask_revise(asker, "2", &draft.event, 0);
    assert_int_equal(ask_code(reply), STATUS_INVALID_ARGUMENT);
    assert_string_equal(reply->status->violations[0]->field, "recurrence");
}

/* Facets tell of ten years; beyond them each series is looked at. */
static void a_series_without_an_end_is_found_in_any_year(void **state)
{
    const Asker *asker = *state;
    add_series(asker, (Row){"endless@example", "2022-03-03", "2022-03-04", "FREQ=YEARLY"});
    assert_int_equal(count_on(asker, "2032-03-04"), 1);
    assert_int_equal(count_on(asker, "2032-04-04"), 0);
    assert_int_equal(count_on(asker, "2999-03-04"), 1);
    assert_int_equal(count_on(asker, "2999-03-05"), 0);
    assert_int_equal(count_on(asker, "2021-03-03"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(a_replaced_instance_finds_its_series_no_more),
        TEST(what_came_before_its_series_replaces_as_well),
        TEST(what_is_not_seen_replaces_nothing),
        TEST(what_is_withdrawn_replaces_nothing_also_after_a_start),
        TEST(a_series_that_ceases_to_recur_is_one_event),
        TEST(what_replaces_an_instance_is_given_no_recurrence),
        TEST(a_series_without_an_end_is_found_in_any_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
